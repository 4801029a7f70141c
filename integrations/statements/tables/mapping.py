"""How a table that no profile knows is to be read: said once by a person, kept as JSON."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any, Final

from integrations.statements.tables.banks import PROFILES
from integrations.statements.tables.columns import Columns, column_names, normal_name
from integrations.statements.tables.dates import FORMATS
from integrations.statements.tables.profile import Certainty, Profile, Sign

SEPARATORS: Final = (";", ",", "\t", "|")
ROLES: Final = frozenset(field.name for field in fields(Columns))
# How the states of rows that are no money, or not yet, begin (as normal names), where nobody said other words.
_PENDING: Final = ("vorgemerkt", "ausstehend", "offen", "reserviert", "inbearbeitung", "pending", "processing", "open")
_VOID: Final = (
    *("storniert", "abgelehnt", "abgebrochen", "fehlgeschlagen", "zurueckgewiesen", "abgelaufen"),
    *("declined", "canceled", "cancelled", "reverted", "rejected", "failed", "expired"),
)
_REQUIRED: Final = (frozenset({"amount"}), frozenset({"debit"}), frozenset({"credit"}))


class MappingError(ValueError):
    """A mapping that cannot be used; the text says why, in English."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of a table by their names in the header (``#3`` for the third one without a name), and its forms.

    ``date_format`` is one of `dates.FORMATS`, ``decimal`` is ``,`` or ``.``; empty means: as the file shows, and asked
    again where it does not. ``skip`` lines above the table are not looked at. ``has_header``: whether a line with
    names stands above the rows. ``account`` is the own IBAN (or number) where the table has no column of it.
    ``pending`` and ``void`` are words of the status column for rows that are not booked yet, or never; empty: the usual
    ones.
    ``base`` is the format of a bank that is recognised, of which only the forms or the account had to be asked; what is
    known about it then still counts.
    """

    columns: Columns
    date_format: str = ""
    decimal: str = ""
    sign: Sign = Sign.UNKNOWN
    separator: str = ""
    skip: int = 0
    has_header: bool = True
    currency: str = "EUR"
    account: str = ""
    pending: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    name: str = ""
    base: str = ""

    def __post_init__(self) -> None:
        """Raises MappingError where something cannot be right."""
        if self.base and self.base not in {profile.format for profile in PROFILES}:
            raise MappingError(f"unknown bank {self.base}")
        given = {role for role, _ in self.columns.roles()}
        if not given & {"booking_date", "instant", "value_date"}:
            raise MappingError("no column for the booking date")
        if not any(group <= given for group in _REQUIRED):
            raise MappingError("no column for the amount")
        if self.date_format and self.date_format not in FORMATS:
            raise MappingError(f"unknown date format {self.date_format}")
        if self.decimal not in ("", ",", "."):
            raise MappingError(f"unknown decimal sign {self.decimal}")
        if self.separator and self.separator not in SEPARATORS:
            raise MappingError(f"unknown separator {self.separator}")
        if self.skip < 0:
            raise MappingError("lines to skip cannot be negative")

    @property
    def profile(self) -> Profile:
        """The mapping as a profile of its own."""
        if self.base:
            return self._based()
        return Profile(
            name="",
            bank="",
            certainty=Certainty.SEEN,
            columns=self.columns,
            marks=tuple(names for _, names in self.columns.roles()),
            dates=(self.date_format,) if self.date_format else (),
            decimal=self.decimal,
            currency=self.currency,
            pending=tuple(map(normal_name, self.pending)) or _PENDING,
            void=tuple(map(normal_name, self.void)) or _VOID,
            sign=self.sign,
            account="".join(self.account.split()).upper(),
            sure_dates=bool(self.date_format),
            sure_decimal=bool(self.decimal),
        )

    def _based(self) -> Profile:
        base = next(profile for profile in PROFILES if profile.format == self.base)
        return replace(
            base,
            dates=(self.date_format,) if self.date_format else base.dates,
            decimal=self.decimal or base.decimal,
            account="".join(self.account.split()).upper(),
            sure_dates=bool(self.date_format),
            sure_decimal=bool(self.decimal),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values only; `from_json` reads them again."""
        return {
            "columns": {role: list(names) for role, names in self.columns.roles()},
            "date_format": self.date_format,
            "decimal": self.decimal,
            "sign": self.sign.value,
            "separator": self.separator,
            "skip": self.skip,
            "has_header": self.has_header,
            "currency": self.currency,
            "account": self.account,
            "pending": list(self.pending),
            "void": list(self.void),
            "name": self.name,
            "base": self.base,
        }

    @classmethod
    def from_json(cls, data: Dict[str, Any]) -> "Mapping":
        """Read what `to_json` wrote. Raises MappingError for anything else."""
        try:
            columns = {role: _names(names) for role, names in data["columns"].items()}
            if not columns.keys() <= ROLES:
                raise MappingError(f"unknown roles: {', '.join(sorted(columns.keys() - ROLES))}")
            texts = {
                key: str(data.get(key, ""))
                for key in ("date_format", "decimal", "separator", "account", "name", "base")
            }
            return cls(
                columns=Columns(**columns),
                sign=Sign(data.get("sign", "")),
                skip=int(data.get("skip", 0)),
                has_header=bool(data.get("has_header", True)),
                currency=str(data.get("currency", "EUR")),
                pending=_names(data.get("pending", ())),
                void=_names(data.get("void", ())),
                **texts,
            )
        except MappingError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MappingError(f"not a mapping of columns: {error}") from error


def header_key(header: tuple[str, ...]) -> str:
    """What the same kind of table is known by: its column names in any order (sha256, hex)."""
    names = sorted(normal_name(name) for name in column_names(header))
    return sha256("\x1f".join(names).encode()).hexdigest()


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    names = tuple(value)
    if not all(isinstance(name, str) for name in names):
        raise TypeError(value)
    return names
