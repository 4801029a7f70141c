"""Rows that have more or fewer cells than the header: put right where only one reading is possible."""

from integrations.statements.tables.columns import Found
from integrations.statements.tables.dates import is_date
from integrations.statements.tables.numbers import is_number

MONEY = ("amount", "debit", "credit", "balance")


def fitted(cells: tuple[str, ...], found: Found) -> tuple[tuple[str, ...] | None, bool]:
    """The cells under the columns of the header, and whether they had to be moved; None if that cannot be told.

    Empty cells at the end do not matter. Where a cell is missing, or a separator stands in a text, the row is read
    from both ends: what is left in the middle is text. Two readings that both make sense are none.
    """
    width = len(found.names)
    if len(cells) == width:
        return cells, False
    if len(cells) > width and not any(cells[width:]):
        if _makes_sense(cells[:width], found):
            return cells[:width], False
        moved = _from_both_ends(cells, found)
        return (moved, True) if moved is not None and _makes_sense(moved, found) else (cells[:width], False)
    from_left = (cells + ("",) * (width - len(cells)))[:width]
    left = len(cells) < width and _makes_sense(from_left, found)
    from_right = _from_both_ends(cells, found)
    right = from_right is not None and _makes_sense(from_right, found)
    if left and right and from_right is not None and not _same_money(from_left, from_right, found):
        return None, False
    if left:
        return from_left, False
    return (from_right, True) if right else (None, False)


def _from_both_ends(cells: tuple[str, ...], found: Found) -> tuple[str, ...] | None:
    """Days from the left, everything from the last text on from the right, the rest joined as purpose."""
    width = len(found.names)
    if not found.purpose:
        return None
    text = found.purpose[-1]
    behind = width - text - 1
    if text >= len(cells) - behind:
        # a cell is missing: what is there stands as far left as it can
        dates = [found.at[role] for role in ("booking_date", "value_date") if role in found.at]
        before = max((place for place in dates if place < text), default=-1) + 1
        middle = cells[before : len(cells) - behind]
        if len(cells) - behind < before:
            return None
        empty = ("",) * (text - before)
        return cells[:before] + empty + (" ".join(middle),) + cells[len(cells) - behind :]
    middle = cells[text : len(cells) - behind]
    return (*cells[:text], " ".join(middle), *cells[len(cells) - behind :])


def _makes_sense(cells: tuple[str, ...], found: Found) -> bool:
    money = [cells[found.at[role]] for role in MONEY if role in found.at]
    day = cells[found.at["booking_date"]] if "booking_date" in found.at else ""
    if not is_date(day) or not any(money) or not all(is_number(text) for text in money if text):
        return False
    currency = cells[found.at["currency"]] if "currency" in found.at else "EUR"
    return len(currency) == 3 and currency.isalpha()


def _same_money(one: tuple[str, ...], other: tuple[str, ...], found: Found) -> bool:
    return all(one[found.at[role]] == other[found.at[role]] for role in MONEY if role in found.at)
