"""Keys that recognise an entry when it comes again, in the same file or in another one over the same days."""

import unicodedata
from datetime import date
from hashlib import sha256

from integrations.statements.shapes import Entry, EntryDetail
from integrations.statements.values import decimal_text


def entry_key(account: str, booking_date: date, entry: Entry) -> str:
    """The key of an entry: sha256 in hex.

    By the bank's own id if there is one (together with account, day, direction and amount, as banks reuse their
    counters), otherwise by the content: never by names, booking texts, status or position, which differ between
    deliveries of the same entry.
    """
    reference = bank_reference(entry)
    amount = decimal_text(entry.amount)
    if reference:
        day = booking_date.isoformat()
        return _digest("ref", account, entry.currency, day, reference, entry.direction.value, amount)
    content = ["content", account, entry.currency, booking_date.isoformat()]
    content += [entry.value_date.isoformat() if entry.value_date else "", entry.direction.value, amount]
    content.append(entry.code.gvc or next((d.code.gvc for d in entry.details if d.code.gvc), ""))
    for detail in entry.details:
        content += [detail.counterparty_iban, detail.end_to_end_id, detail.mandate_id]
        content.append(detail.purpose + detail.structured_reference)
    return _digest(*content)


def part_key(key: str, detail: EntryDetail) -> str:
    """The key of one payment of an entry that is split into several lines."""
    amount = "" if detail.amount is None else decimal_text(detail.direction.sign(detail.amount))
    own = detail.turnover_id or detail.bank_reference
    return _digest("part", key, amount, detail.end_to_end_id, own)


def bank_reference(entry: Entry) -> str:
    """The bank's id of the entry: the turnover id of Sparkassen, the entry's, or its sole payment's reference."""
    sole = entry.details[0] if len(entry.details) == 1 else None
    turnover_id = sole.turnover_id if sole else ""
    return turnover_id or entry.bank_reference or (sole.bank_reference if sole else "")


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(_normal(part) for part in parts).encode()).hexdigest()


def _normal(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split())
