"""From what a bank file says to what the intake takes."""

from typing import Any, Final

from integrations.statements.shapes import Advice, BankLine
from matching.services.intake import TransactionData

_DOCUMENTS: Final = "RmtInf/Strd/RfrdDocInf/Nb"
"""The numbers of the invoices that a payment is for, one on each line."""


def transaction_data(line: BankLine) -> TransactionData:
    """A line of a bank file, with everything that the bank said about it."""
    purpose = line.purpose
    for number in (line.structured_reference, *line.more.get(_DOCUMENTS, "").split("\n")):
        if number and number not in purpose:
            purpose = f"{purpose} {number}".strip()
    split = line.parts > 1
    return TransactionData(
        key=f"{line.key}-{line.ordinal}",
        booking_date=line.booking_date,
        value_date=line.value_date,
        amount=line.amount,
        currency=line.currency,
        counterparty=line.counterparty or line.ultimate_party,
        counterparty_iban=line.counterparty_iban,
        counterparty_bic=line.counterparty_bic,
        ultimate_party=line.ultimate_party,
        purpose=purpose,
        end_to_end_id=line.end_to_end_id,
        mandate_id=line.mandate_id,
        creditor_id=line.creditor_id,
        code=line.code,
        gvc=line.gvc,
        booking_text=line.booking_text,
        bank_reference=line.bank_reference,
        structured_reference=line.structured_reference,
        return_reason=f"{line.return_reason} {line.return_info}".strip(),
        charges=None if line.charges is None else abs(line.charges),
        original_amount=line.instructed_amount,
        original_currency=line.instructed_currency,
        exchange_rate=line.exchange_rate,
        is_reversal=line.reversal,
        details=_details(line),
        entry_key=line.entry_key if split else "",
        part=line.part,
        parts=line.parts,
        entry_total=line.entry_total,
        notification=line.notification_id,
        pending=line.pending,
        status=line.status,
        place=str(line.place),
        raw=line.raw,
    )


def advice_data(advice: Advice) -> list[TransactionData]:
    """The payments that an advice (camt.054) tells of; they name the advice, as the booked entry does."""
    lines = []
    for line in advice.lines:
        data = transaction_data(line)
        fields: dict[str, Any] = {name: getattr(data, name) for name in TransactionData.__dataclass_fields__}
        fields |= {
            "notification": advice.message_id,
            "bank_reference": data.bank_reference or advice.bank_reference,
            "pending": False,
        }
        lines.append(TransactionData(**fields))
    return lines


def _details(line: BankLine) -> dict[str, Any]:
    """What has no column of its own; empty facts are left out."""
    found: dict[str, Any] = {
        "purpose_lines": list(line.purpose_lines) if len(line.purpose_lines) > 1 else [],
        "counterparty_bank": line.counterparty_bank,
        "ultimate_debtor": line.ultimate_debtor,
        "ultimate_creditor": line.ultimate_creditor,
        "charges_currency": line.charges_currency if line.charges is not None else "",
        "exchange_currencies": "/".join(filter(None, line.exchange_currencies)),
        "additional_info": line.additional_info if line.additional_info != line.booking_text else "",
        "purpose_code": line.purpose_code,
        "proprietary_code": line.proprietary_code,
        "batch_message_id": line.batch.message_id if line.batch else "",
        "batch_payment_id": line.batch.payment_id if line.batch else "",
        "batch_count": line.batch.count if line.batch else "",
        **dict(line.sepa),
        **dict(line.more),
    }
    return {name: value for name, value in found.items() if value}
