"""Wise: the statement of a balance, one currency in each file as a rule (reference: bank feeds 4).

The amount is what the balance moved by, fee included; the fee of some rows stands in a row of its own besides.
"""

from collections.abc import Sequence
from typing import Final

from integrations.statements.tables.columns import Columns, normal_name
from integrations.statements.tables.profile import Cells, Certainty, Profile

_TRANSFERS: Final = frozenset(
    map(normal_name, ("Direction", "Source amount (after fees)", "Source fee amount", "Target amount (after fees)"))
)


def is_list_of_transfers(header: Sequence[str]) -> bool:
    """Whether this is the list of all transfers: two amounts and two currencies in a row, and fees beside them."""
    return set(map(normal_name, header)) >= _TRANSFERS


def _finish(cells: Cells) -> None:
    if cells.amount > 0:
        cells.text["iban"] = ""  # it is the payee's
    fee = cells.every().get("totalfees", "")
    if fee:
        cells.more["Total fees"] = fee


WISE = Profile(
    name="wise",
    bank="Wise",
    certainty=Certainty.REPORTED,
    marks=(("TransferWise ID", "ID"), ("Date",), ("Amount",), ("Currency",), ("Running Balance", "Exchange To")),
    columns=Columns(
        booking_date=("Date",),
        amount=("Amount",),
        currency=("Currency",),
        counterparty=("Merchant",),
        payer=("Payer Name",),
        payee=("Payee Name",),
        iban=("Payee Account Number",),
        booking_text=("Transaction Details Type",),
        reference=("TransferWise ID", "ID"),
        balance=("Running Balance",),
        original_amount=("Exchange To Amount",),
        original_currency=("Exchange To",),
        exchange_rate=("Exchange Rate",),
        purpose=("Description", "Payment Reference", "Note"),
    ),
    dates=("D-M-Y", "Y-M-D"),
    decimal=".",
    finish=_finish,
)
