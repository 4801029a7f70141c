"""Names for what banks say besides: the SEPA fields of a purpose, purpose codes, and what has no column of its own."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SEPA_FIELDS: Final[dict[str, Promise]] = {
    "SVWZ": _("purpose"),
    "EREF": _("end-to-end id"),
    "KREF": _("customer's reference"),
    "MREF": _("mandate"),
    "CRED": _("creditor id"),
    "DEBT": _("debtor's id"),
    "COAM": _("compensation for interest"),
    "OAMT": _("original amount"),
    "ABWA": _("ultimate debtor"),
    "ABWE": _("ultimate creditor"),
    "IBAN": _("IBAN"),
    "BIC": _("BIC"),
    "PURP": _("purpose code"),
}
"""The fields of the DFÜ agreement, annex 3, in the order in which people want to read them."""

PURPOSE_CODES: Final[dict[str, Promise]] = {
    "BENE": _("unemployment benefit"),
    "BONU": _("bonus payment"),
    "CBFF": _("capital-forming benefits"),
    "CHAR": _("donation"),
    "GOVT": _("payment by or to public authorities"),
    "INTC": _("payment within a group of companies"),
    "LOAN": _("loan"),
    "PENS": _("pension"),
    "RENT": _("rent"),
    "SALA": _("salary"),
    "SSBE": _("social security benefit"),
    "SUPP": _("payment of a supplier"),
    "TAXS": _("taxes"),
    "TRAD": _("payment for goods or services"),
    "VATX": _("value added tax"),
}
"""ISO 20022, external code set, ExternalPurpose1Code: those that German banks use."""

NAMES: Final[dict[str, Promise]] = {
    "additional_info": _("additional information"),
    "batch_count": _("payments in the batch"),
    "batch_message_id": _("message of the batch"),
    "batch_payment_id": _("order of the batch"),
    "charges": _("charges"),
    "clean_name": _("name as the bank shows it"),
    "customer_reference": _("customer's reference"),
    "emitted_on": _("ordered on"),
    "exchange_rate": _("exchange rate"),
    "key_extension": _("extension of the booking code"),
    "note": _("note at the bank"),
    "notification": _("advice with the details"),
    "original_amount": _("original amount"),
    "primanota": _("journal number of the bank"),
    "settled_balance": _("balance after the booking"),
    "supplement": _("additional information"),
    "type": _("type of the booking"),
    "?31": _("account number as written"),
    "Total fees": _("fees in total"),
    "Reference Txn ID": _("belongs to the transaction"),
}
"""What readers call what they found."""

ENDS: Final[tuple[tuple[str, Promise], ...]] = (
    ("Dbtr/Pty/Id/PrvtId/Othr/Id", _("id of the debtor")),
    ("Dbtr/Pty/Id/OrgId/Othr/Id", _("id of the debtor")),
    ("Dbtr/Id/PrvtId/Othr/Id", _("id of the debtor")),
    ("Dbtr/Id/OrgId/Othr/Id", _("id of the debtor")),
    ("Cdtr/Pty/Id/PrvtId/Othr/Id", _("id of the creditor")),
    ("Cdtr/Pty/Id/OrgId/Othr/Id", _("id of the creditor")),
    ("Cdtr/Id/PrvtId/Othr/Id", _("id of the creditor")),
    ("Cdtr/Id/OrgId/Othr/Id", _("id of the creditor")),
    ("Refs/MsgId", _("message")),
    ("Refs/PmtInfId", _("order")),
    ("Refs/InstrId", _("instruction")),
    ("Refs/TxId", _("transaction id")),
    ("Refs/UETR", _("id of the payment in all banks (UETR)")),
    ("Refs/ChqNb", _("number of the cheque")),
    ("Refs/ClrSysRef", _("reference of the clearing")),
    ("Refs/AcctOwnrTxId", _("account holder's reference")),
    ("RmtInf/Strd/RfrdDocInf/Nb", _("number of the document")),
    ("RmtInf/Strd/RfrdDocInf/RltdDt", _("date of the document")),
    ("RmtInf/Strd/CdtrRefInf/Ref", _("structured reference")),
    ("RmtInf/Strd/AddtlRmtInf", _("additional remittance information")),
    ("Dbtr/PstlAdr/Ctry", _("country of the debtor")),
    ("Cdtr/PstlAdr/Ctry", _("country of the creditor")),
    ("Dbtr/PstlAdr/AdrLine", _("address of the debtor")),
    ("Cdtr/PstlAdr/AdrLine", _("address of the creditor")),
    ("Dbtr/Pty/PstlAdr/Ctry", _("country of the debtor")),
    ("Cdtr/Pty/PstlAdr/Ctry", _("country of the creditor")),
    ("Dbtr/Pty/PstlAdr/AdrLine", _("address of the debtor")),
    ("Cdtr/Pty/PstlAdr/AdrLine", _("address of the creditor")),
    ("Btch/TtlAmt", _("total of the batch")),
    ("Btch/TtlAmt@Ccy", _("currency of the total")),
    ("Btch/CdtDbtInd", _("direction of the batch")),
    ("OrgnlBkTxCd/Prtry/Cd", _("code of the original booking")),
    ("RltdDts/IntrBkSttlmDt", _("settled between banks on")),
    ("RltdDts/AccptncDtTm", _("accepted on")),
    ("Tax/CdtrTaxTp", _("tax")),
)
"""The ends of ISO 20022 paths that people ask for."""


def detail_name(name: str) -> str | Promise:
    """What a fact is called, in the active language; empty where only the bank's own name is known."""
    if name in NAMES:
        return NAMES[name]
    return next((words for end, words in ENDS if name == end or name.endswith(f"/{end}")), "")
