"""The bicycle workshop that is not connected yet, and the company that only the special keys open."""

from __future__ import annotations

from decimal import Decimal

from sandbox.world.model import Terms
from sandbox.world.names import WEST
from sandbox.world.profiles import AT_ONCE, NET_14, SKONTO_2, BankProfile, Profile, Supply

BIKE_SHOP = Profile(
    slug="bikes",
    about="not yet connected: bicycle workshop, one bank account, cash box",
    name="Fahrradwerkstatt Lindhorst e.K.",
    street="Lindenallee 44",
    zip="48143",
    city="Münster",
    email="werkstatt@rad-lindhorst.example",
    user="Herr Nils Lindhorst",
    since=(9, 3),
    prefix="R",
    goods=(
        ("Inspektion Pedelec", "Stück", 79, 119),
        ("Laufrad einspeichen und zentrieren", "Stück", 55, 95),
        ("Schaltung erneuern", "psch.", 140, 290),
        ("Lastenrad, Vermietung", "Tag", 35, 45),
    ),
    terms=(Terms(7), NET_14),
    banks=(BankProfile("Direktbank Westfalen AG", "DIWEDE3MXXX", "40049988", "08", "direkt", Decimal("6240.19")),),
    supplies=(
        Supply(
            "material",
            "Zweirad-Großhandel Hölscher GmbH",
            ("Ketten und Kassetten", "Reifen 28 Zoll", "Bremsbeläge"),
            120,
            900,
            "{y}{n}",
            terms=SKONTO_2,
        ),
        Supply("debit", "Stadtwerke Aatal GmbH", ("Strom und Gas, Abschlag Halbjahr",), 264, 290, "{n}", per_year=2),
        Supply(
            "subscription",
            "Kassensystem Quandel UG (haftungsbeschränkt)",
            ("Kassensoftware, Quartal",),
            87,
            87,
            "KQ{n}",
            per_year=4,
        ),
        Supply(
            "card",
            "Werkzeug Nüsken",
            ("Drehmomentschlüssel", "Montagepaste"),
            19,
            140,
            "{n}",
            card_text="WERKZEUG NUESKEN MUENSTER",
        ),
        Supply("cash", "Schreibwaren am Ludgeriplatz", ("Packmaterial",), 5, 17, "{n}"),
    ),
    deals={
        "transfer": 2,
        "shop_sale": 2,
        "till": 6,
        "cash_sale": 1,
        "late": 1,
        "bill": 2,
        "bill_skonto": 1,
        "card": 1,
        "cash_receipt": 1,
        "unpaid_bill": 1,
        "shop_refund": 1,
    },
    salaries=(),
    region=WEST,
    rent=390,
    owner_draw=450,
    cash_deposit=1100,
    hard=2,
    never=("brand_card", "same_amount"),
    gross_prices=True,
    companies=4,
    people=8,
)

SIDE = Profile(
    slug="side",
    about="opened by the special keys only",
    name="Probierstube Zöllner GbR",
    street="Marktplatz 3",
    zip="49074",
    city="Osnabrück",
    email="hallo@probierstube.example",
    user="Frau Ulrike Zöllner",
    since=(6, 2),
    prefix="RE",
    goods=(("Bewirtung", "psch.", 40, 200),),
    terms=(AT_ONCE,),
    banks=(),
    supplies=(),
    deals={},
    salaries=(),
    rent=0,
    owner_draw=0,
)
