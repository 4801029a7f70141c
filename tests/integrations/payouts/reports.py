"""Payout reports as the providers write them, made by us."""

STRIPE = """automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,created,currency,gross,fee,net,\
reporting_category,charge_id,customer_email,description
po_1,2025-03-14 00:00:00,txn_1,2025-03-10 09:12:44,eur,119.00,2.03,116.97,charge,ch_1,a@kunde.example,RE-2041
po_1,2025-03-14 00:00:00,txn_2,2025-03-11 10:00:00,eur,50.00,1.00,49.00,charge,ch_2,b@kunde.example,"RE-2042, Teil"
po_1,2025-03-14 00:00:00,txn_3,2025-03-12 10:00:00,eur,-50.00,0.00,-50.00,refund,ch_2,b@kunde.example,
po_1,2025-03-14 00:00:00,txn_4,2025-03-13 00:00:00,eur,-0.97,0.00,-0.97,fee,,,Radar
po_2,2025-03-21 00:00:00,txn_5,2025-03-17 09:00:00,eur,1000.00,15.50,984.50,charge,ch_5,,
"""

SUMUP = """Email,Date,Transaction ID,Transaction type,Status,Card type,Last 4 digits,Description,Total,Net sale,\
Tax amount,Tip amount,Fee,Payout,Payout Date,Payout ID,Reference
shop@laden.example,2025-03-10,TAAA1,Sale,Successful,VISA,**** 1234,Kaffee,20.00,16.81,3.19,0.00,,,,,
shop@laden.example,2025-03-10,TAAA1,Payout,Paid out,VISA,**** 12,Kaffee,20.00,16.81,3.19,0.00,0.28,19.72,2025-03-12,77,
shop@laden.example,2025-03-10,TAAA2,Payout,Paid out,GIRO,**** 9,Kuchen,10.00,8.40,1.60,0.00,0.14,9.86,2025-03-12,77,
shop@laden.example,2025-03-11,TAAA3,Sale,Successful,VISA,**** 1,Torte,30.00,25.21,4.79,0.00,,,,,
"""

_AMAZON = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name",
    "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time",
    "order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased",
    "promotion-id",
)  # fmt: skip


def _amazon(**cells: str) -> str:
    return "\t".join(cells.get(name.replace("-", "_"), "") for name in _AMAZON)


AMAZON = "\n".join(
    [
        "\t".join(_AMAZON),
        _amazon(settlement_id="118", deposit_date="16.03.2025 01:02:03 UTC", total_amount="1.069,50", currency="EUR"),
        _amazon(settlement_id="118", transaction_type="Order", order_id="303-1", amount_type="ItemPrice",
                amount_description="Principal", amount="1.190,00", posted_date="05.03.2025"),
        _amazon(settlement_id="118", transaction_type="Order", order_id="303-1", amount_type="ItemFees",
                amount_description="Commission", amount="-89,25", posted_date="05.03.2025"),
        _amazon(settlement_id="118", transaction_type="Refund", order_id="303-0", amount_type="ItemPrice",
                amount_description="Principal", amount="-20,00", posted_date="07.03.2025"),
        _amazon(settlement_id="118", transaction_type="ServiceFee", amount_type="Cost of Advertising",
                amount_description="TransactionTotalAmount", amount="-11,25", posted_date="08.03.2025"),
    ]
)  # fmt: skip

_ROWS = (
    ("Datum", "Uhrzeit", "Zeitzone", "Name", "Typ", "Status", "Währung", "Brutto", "Gebühr", "Netto",
     "Transaktionscode", "Guthaben", "Auswirkung auf Guthaben"),
    ("10.03.2025", "09:00:00", "CET", "Kunde A", "Website-Zahlung", "Abgeschlossen", "EUR", "119,00", "-3,31", "115,69",
     "T1", "115,69", "Haben"),
    ("11.03.2025", "09:00:00", "CET", "Kunde B", "Website-Zahlung", "Abgeschlossen", "EUR", "50,00", "-1,60", "48,40",
     "T2", "164,09", "Haben"),
    ("12.03.2025", "09:00:00", "CET", "", "Allgemeine Abbuchung", "Abgeschlossen", "EUR", "-164,09", "0,00", "-164,09",
     "T3", "0,00", "Soll"),
)  # fmt: skip
PAYPAL = "\ufeff" + "\n".join(",".join(f'"{cell}"' for cell in row) for row in _ROWS)
