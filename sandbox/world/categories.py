"""Posting categories: what bookkeeping vouchers are booked to (reference: appendix A; the same in every account)."""

from __future__ import annotations

from dataclasses import dataclass

INCOME, OUTGO = "income", "outgo"


@dataclass(frozen=True, slots=True)
class Category:
    """A posting category; ``split`` allows several tax rates in one voucher, ``contact`` requires a named contact."""

    id: str
    name: str
    kind: str
    group: str
    split: bool = True
    contact: bool = False


_ALL = (
    Category("8f8664a1-fd86-11e1-a21f-0800200c9a66", "Einnahmen", INCOME, "Einnahmen"),
    Category("8f8664a0-fd86-11e1-a21f-0800200c9a66", "Dienstleistung", INCOME, "Einnahmen"),
    Category("8f8664a8-fd86-11e1-a21f-0800200c9a66", "Warenverkäufe", INCOME, "Einnahmen"),
    Category(
        "9075a4e3-66de-4795-a016-3889feca0d20",
        "Innergemeinschaftliche Lieferung",
        INCOME,
        "Einnahmen",
        split=False,
        contact=True,
    ),
    Category(
        "380a20cb-d04c-426e-b49c-84c22adfa362",
        "Fremdleistungen §13b",
        INCOME,
        "Einnahmen",
        split=False,
        contact=True,
    ),
    Category(
        "93d24c20-ea84-424e-a731-5e1b78d1e6a9",
        "Ausfuhrlieferungen an Drittländer",
        INCOME,
        "Einnahmen",
        split=False,
        contact=True,
    ),
    Category(
        "ef5b1a6e-f690-4004-9a19-91276348894f",
        "Dienstleistungen an Drittländer",
        INCOME,
        "Einnahmen",
        split=False,
        contact=True,
    ),
    Category(
        "f5c7fee8-f184-4e7a-ab04-8f7e7ad6c207", "Einnahmen als Kleinunternehmer", INCOME, "Einnahmen", split=False
    ),
    Category("7c112b66-0565-479c-bc18-5845e080880a", "Fernverkauf", INCOME, "Einnahmen"),
    Category("d73b880f-c24a-41ea-a862-18d90e1c3d82", "Elektronische Dienstleistungen", INCOME, "Einnahmen"),
    Category("4ebd965a-7126-416c-9d8c-a5c9366ee473", "Fernverkauf in EU-Land", INCOME, "Einnahmen"),
    Category("7ecea006-844c-4c98-a02d-aa3142640dd5", "Elektronische Dienstleistung in EU-Land", INCOME, "Einnahmen"),
    Category("16d04a28-fd91-11e1-a21f-0800200c9a66", "Material/Waren", OUTGO, "Material, Waren, Dienstleistungen"),
    Category("cf03a2b0-f838-474f-ac5e-67adb9b830c7", "Reise MA", OUTGO, "Reisen"),
    Category("3620798f-ae06-4492-b775-1c87eb99247c", "Fahrtkosten MA", OUTGO, "Reisen"),
    Category("efa82f49-fd85-11e1-a21f-0800200c9a66", "Reisen Selbständiger", OUTGO, "Reisen"),
    Category("b99b667f-bfee-41b9-8ec0-cee308bdacfd", "Übernachtung MA", OUTGO, "Reisen"),
    Category("f9f05694-fd89-11e1-a21f-0800200c9a66", "Übernachtung Selbständiger", OUTGO, "Reisen"),
    Category("353e8c93-5f69-4476-887f-d48734ee2cc7", "Verpflegung MA", OUTGO, "Reisen", split=False),
    Category("9fb5e4b0-94ae-47f3-804f-5ed00e4aceb6", "Verpflegung Selbständiger", OUTGO, "Reisen", split=False),
)
CATEGORIES = {category.id: category for category in _ALL}
GOODS_SOLD, GOODS_BOUGHT = "8f8664a8-fd86-11e1-a21f-0800200c9a66", "16d04a28-fd91-11e1-a21f-0800200c9a66"


def usual_category(voucher_type: str) -> str:
    """Return the id of the category that a voucher of a type is booked to unless somebody says otherwise."""
    return GOODS_SOLD if voucher_type.startswith("sales") else GOODS_BOUGHT
