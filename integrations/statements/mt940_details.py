"""The ``:86:`` of an entry: the German subfields, or free text (reference: bank feeds 3.3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from integrations.statements.mt940_fields import decode
from integrations.statements.mt940_sepa import FULL_LINE, split_purpose, with_seams
from integrations.statements.values import meaningful

LINE: Final = 65  # a line of :86: that is as long as this was cut
# Three digits, any mark, and a subfield number that comes early; a blank is no mark, letters and digits neither.
_GERMAN: Final = re.compile(r"([0-9]{3})([^0-9A-Za-z\s])(?=(?:[0126][0-9]|3[0-9]))|()(\?)(?=(?:00|10|20)[^0-9])")
_CODES: Final = "(00|10|2[0-9]|3[0-9]|6[0-9])"
_SPLIT: Final[dict[str, re.Pattern[str]]] = {}
_PURPOSE: Final = frozenset([f"2{n}" for n in range(10)] + [f"6{n}" for n in range(4)])
_NAMED: Final = frozenset(("00", "10", "30", "31", "32", "33", "34"))
# Returned payments: SEPA direct debits (108, 109), their re-credits (181, 184), transfers (159), and the older codes.
_RETURNS: Final = frozenset(("009", "059", "108", "109", "159", "181", "184"))
# What foreign banks write between slashes, and what it is called elsewhere.
_SLASHED: Final = re.compile(
    "/(EREF|PREF|MARF|CSID|CNTP|ORDP|BENM|ULTD|ULTB|NAME|ADDR|IBAN|BIC|ID|REMI|CDTRREF|ISDT|PURP|RTRN|TRTP|TRCD)/"
)
_SEPA_NAMES: Final = {"EREF": "EREF", "MARF": "MREF", "CSID": "CRED", "ULTD": "ABWA", "ULTB": "ABWE", "PURP": "PURP"}
_RETURN_WORDS: Final = re.compile(r"RETOURE|R(?:Ü|UE?)CK(?:GABE|LAST|BUCH|ÜB|UEB|RECH)|RETURN|R-TRANS", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Details:
    """What ``:86:`` says. ``german`` tells whether it had subfields; ``sepa`` holds the fields of the purpose."""

    german: bool = False
    gvc: str = ""
    booking_text: str = ""
    primanota: str = ""
    purpose_lines: tuple[str, ...] = ()
    sepa: Mapping[str, str] | None = None
    bank: str = ""
    account: str = ""
    name: str = ""
    key_extension: str = ""
    other: Mapping[str, str] | None = None

    def return_reason(self, type_code: str) -> str:
        """The reason of a return: ``?34`` of 900 and more, where the booking is one (other bookings use it too)."""
        if self.key_extension[:1] != "9" or len(self.key_extension) != 3:
            return ""
        returned = self.gvc in _RETURNS or type_code.endswith("RTI") or _RETURN_WORDS.search(self.booking_text)
        return self.key_extension if returned else ""


def read_details(lines: Sequence[bytes]) -> Details:
    """Read the lines of a ``:86:`` field."""
    text = decode(b"".join(lines))
    start = _GERMAN.match(text)
    if start is None:
        return _free(lines)
    subfields = _subfields(text, start)
    if not subfields:
        return _free(lines)
    get = subfields.get
    purpose = [value for code, value in subfields.items() if code in _PURPOSE]
    sepa, purpose_lines = split_purpose(purpose)
    first, second = get("32", ""), get("33", "")
    name = first + second if len(first) >= FULL_LINE else f"{first} {second}"
    return Details(
        german=True,
        gvc=start[1] or "",
        booking_text=get("00", "").strip(),
        primanota=get("10", "").strip(),
        purpose_lines=purpose_lines,
        sepa=sepa,
        bank=get("30", "").strip(),
        account="".join(get("31", "").split()),
        name=" ".join(name.split()),
        key_extension=get("34", "").strip(),
        other={f"?{code}": value for code, value in subfields.items() if code not in _PURPOSE and code not in _NAMED},
    )


def _subfields(text: str, start: re.Match[str]) -> dict[str, str]:
    """The subfields in their order; a number that comes again is text (``Zimmer?20 Euro``)."""
    mark = start[2] or start[4]
    pattern = _SPLIT.get(mark)
    if pattern is None:
        pattern = re.compile(re.escape(mark) + _CODES)
        if len(_SPLIT) < 100:  # bounded: a hostile file may invent marks
            _SPLIT[mark] = pattern
    parts = pattern.split(text[start.end() - 1 :])
    found: dict[str, str] = {}
    last = ""
    for code, value in zip(parts[1::2], parts[2::2], strict=True):
        if code in found:
            found[last] += f"{mark}{code}{value}"
        else:
            found[code] = value
            last = code
    return found


def _free(lines: Sequence[bytes]) -> Details:
    texts = [text for text in (decode(line) for line in lines) if text.strip()]
    seamed = with_seams(texts, LINE)
    text = "".join(seamed)
    if _SLASHED.match(text):
        return _slashed(text)
    sepa, _ = split_purpose([text])
    sepa.pop("SVWZ", None)
    return Details(purpose_lines=seamed, sepa={key: value for key, value in sepa.items() if meaningful(value)})


def _slashed(text: str) -> Details:
    """``/EREF/E-1/ORDP//NAME/Kundin/REMI/Rechnung 5`` or ``/CNTP/account/BIC/name/town/``: codes of foreign banks."""
    marks = list(_SLASHED.finditer(text))
    found: dict[str, str] = {}
    for mark, following in zip(marks, [*marks, None][1:], strict=True):
        value = text[mark.end() : following.start() if following else len(text)].strip("/ ")
        if meaningful(value):
            found.setdefault(mark[1], " ".join(value.split()))
    account, bank, name, *_ = (*found.pop("CNTP", "").split("/"), "", "", "")
    purpose = found.pop("REMI", "").removeprefix("USTD//")
    return Details(
        purpose_lines=(purpose or text,),
        sepa={other: found.pop(code) for code, other in _SEPA_NAMES.items() if code in found},
        bank=found.pop("BIC", bank),
        account="".join(found.pop("IBAN", account).split()),
        name=found.pop("NAME", name),
        other=found,
    )
