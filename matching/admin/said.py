"""Everything that the bank said about a line, in groups of facts: names, words and codes in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.display import NO_BREAK, day, grouped, money
from matching.admin.detail_words import PURPOSE_CODES, SEPA_FIELDS, detail_name
from matching.booking_codes import booking_words, return_words
from matching.models import Transaction

# What stands at its own place on the page.
PLACED: Final = frozenset(
    {"purpose_lines", "exchange_currencies", "charges_currency", "purpose_code", "proprietary_code", *SEPA_FIELDS}
)
UNKNOWN: Final = gettext_lazy("Kontor has no words for this code.")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the bank said: what it is, its words, and the code or the exact writing beside them."""

    name: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


def said_groups(line: Transaction) -> list[Group]:
    """The facts of a line by subject; what the bank did not say is left out."""
    groups = (
        (_("Booking"), _booking(line)),
        (_("Counterparty"), _party(line)),
        (_("References"), _references(line)),
        (_("Currency and charges"), _money(line)),
        (_("What the bank said besides"), _besides(line.details)),
    )
    found = [(title, tuple(fact for fact in facts if fact.words or fact.note)) for title, facts in groups]
    return [Group(title, facts) for title, facts in found if facts]


def purpose_lines(line: Transaction) -> str:
    """The purpose as the bank wrote it, with its own line breaks where they are known."""
    lines = line.details.get("purpose_lines")
    return "\n".join(map(str, lines)) if isinstance(lines, list) and lines else line.purpose


def purpose_fields(line: Transaction) -> tuple[Fact, ...]:
    """The SEPA fields that the bank wrote into the purpose, each under its name."""
    return tuple(
        Fact(capfirst(str(words)), _sepa_value(name, str(line.details[name])), "" if name == str(words) else name)
        for name, words in SEPA_FIELDS.items()
        if line.details.get(name)
    )


def original(line: Transaction) -> str:
    """Amount and currency before the bank exchanged them; empty where they are those of the booking."""
    if line.original_amount is None:
        return ""
    currency = line.original_currency or line.currency
    if currency == line.currency and abs(line.original_amount) == abs(line.amount):
        return ""
    return money(_short(line.original_amount, 2), currency)


def _booking(line: Transaction) -> Iterable[Fact]:
    details = line.details
    yield Fact(_("Booked"), day(line.booking_date))
    yield Fact(_("Value date"), day(line.value_date))
    if line.gvc:
        yield Fact(_("Kind of booking"), booking_words("", line.gvc) or str(UNKNOWN), f"GVC{NO_BREAK}{line.gvc}")
    if line.code and line.code != line.gvc:
        iso = booking_words(line.code)
        name = _("By ISO 20022") if iso else _("Code of the booking")
        yield Fact(name, iso, line.code)
    proprietary = str(details.get("proprietary_code", ""))
    if proprietary not in (line.code, line.gvc):
        yield Fact(_("The bank's own code"), "", proprietary)
    yield Fact(_("Booking text"), line.booking_text)
    if line.return_reason:
        words = return_words(line.return_reason)
        yield Fact(_("Returned because"), words or line.return_reason, line.return_reason if words else "")
    if line.is_reversal:
        yield Fact(_("Reversal"), _("The bank took a booking back."))


def _party(line: Transaction) -> Iterable[Fact]:
    details = line.details
    yield Fact(_("Name"), line.counterparty)
    yield Fact(_("IBAN"), grouped(line.counterparty_iban))
    bank = str(details.get("counterparty_bank", ""))
    yield Fact(_("Bank"), bank or line.counterparty_bic, line.counterparty_bic if bank else "")
    named = {line.counterparty, str(details.get("ultimate_debtor", "")), str(details.get("ultimate_creditor", ""))}
    if line.ultimate_party not in named:
        yield Fact(_("Ultimate party"), line.ultimate_party)
    yield Fact(_("Ultimate debtor"), str(details.get("ultimate_debtor", "")))
    yield Fact(_("Ultimate creditor"), str(details.get("ultimate_creditor", "")))


def _references(line: Transaction) -> Iterable[Fact]:
    yield Fact(_("End-to-end id"), line.end_to_end_id)
    yield Fact(_("Mandate"), line.mandate_id)
    yield Fact(_("Creditor id"), line.creditor_id)
    yield Fact(_("Structured reference"), line.structured_reference)
    yield Fact(_("The bank's reference"), line.bank_reference)
    code = str(line.details.get("purpose_code", ""))
    if code:
        words = str(PURPOSE_CODES.get(code, ""))
        yield Fact(_("Purpose code"), words or code, code if words else "")


def _money(line: Transaction) -> Iterable[Fact]:
    before = original(line)
    yield Fact(_("Original amount"), before)
    if line.exchange_rate:
        rate = _short(line.exchange_rate, 2)
        places = max(2, -int(rate.as_tuple().exponent))
        words = formats.number_format(rate, decimal_pos=places, use_l10n=True)
        yield Fact(_("Exchange rate"), words, str(line.details.get("exchange_currencies", "")))
    if line.charges:
        yield Fact(_("Charges"), money(line.charges, str(line.details.get("charges_currency") or line.currency)))


def _besides(details: Mapping[str, Any]) -> Iterable[Fact]:
    for name, value in details.items():
        if name in PLACED or name in ("counterparty_bank", "ultimate_debtor", "ultimate_creditor"):
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield Fact(capfirst(str(detail_name(name) or name)), text)


def _short(figure: Decimal, places: int) -> Decimal:
    """Without the zeros that only the column added, but with at least ``places`` decimals."""
    exponent = figure.normalize().as_tuple().exponent
    return round(figure, max(places, -exponent if isinstance(exponent, int) else places))


def _sepa_value(name: str, value: str) -> str:
    return grouped(value.replace(" ", "")) if name == "IBAN" else value
