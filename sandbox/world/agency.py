"""The design agency: bookkeeping client with one bank account, a company card, a cash box."""

from __future__ import annotations

from decimal import Decimal

from sandbox.world.model import Terms
from sandbox.world.names import NORTH
from sandbox.world.profiles import NET_14, NET_30, SKONTO_2, BankProfile, Profile, Supply

AGENCY = Profile(
    slug="agency",
    about="bookkeeping client: design agency, one bank account, some paid by company card, cash or privately",
    name="Kranichfeder Kommunikation GmbH",
    street="Uferweg 7",
    zip="20357",
    city="Hamburg",
    email="kranich@kranichfeder.example",
    user="Herr Sönke Kranich",
    since=(3, 14),
    prefix="K-",
    goods=(
        ("Gestaltung Geschäftsausstattung", "psch.", 1800, 3900),
        ("Webseite, Konzept und Umsetzung", "psch.", 3900, 8900),
        ("Text und Redaktion", "Std.", 85, 110),
        ("Fotoaufnahmen vor Ort", "Tag", 780, 1150),
        ("Druckvorlagenherstellung", "Std.", 78, 95),
        ("Anzeigengestaltung", "Stück", 240, 480),
    ),
    terms=(NET_14, Terms(10), NET_30),
    banks=(BankProfile("Hansekontor Bank AG", "HAKODEHHXXX", "20039985", "08", "hanse", Decimal("15877.40")),),
    supplies=(
        Supply(
            "material",
            "Druckhaus Seeblick GmbH",
            ("Broschüren, 1.000 Stück", "Plakate A1", "Visitenkarten"),
            140,
            1900,
            "RE-{y}-{n}",
            terms=SKONTO_2,
        ),
        Supply(
            "service",
            "Fotostudio Wüstefeld GbR",
            ("Bildbearbeitung", "Nutzungsrechte Bilder"),
            180,
            1400,
            "{yy}-{n}",
            rate=19,
        ),
        Supply(
            "service", "Anna Trautwein Lektorat", ("Korrektorat", "Lektorat Geschäftsbericht"), 120, 760, "AT {n}/{yy}"
        ),
        Supply("debit", "Nordkraft Energie GmbH", ("Strom Büro, Abschlag Quartal",), 288, 340, "NK{n}", per_year=4),
        Supply("subscription", "Rechenwolke Hosting AG", ("Serverpaket, zwei Monate",), 98, 98, "RW-{n}", per_year=6),
        Supply(
            "card",
            "Bahnreisen Fernverkehr",
            ("Fahrkarte 2. Klasse",),
            29,
            159,
            "{n}",
            rate=7,
            card_text="BAHNREISEN FERNV 88301 FRANKFURT",
        ),
        Supply(
            "card",
            "Bürobedarf Immenkamp",
            ("Toner", "Kopierpapier", "Moderationskarten"),
            18,
            190,
            "{n}",
            card_text="IMMENKAMP BUERO HH 0044 KARTE 5512",
        ),
        Supply("cash", "Bäckerei Lüttmann", ("Bewirtung Besprechung",), 9, 42, "{n}", rate=7),
        Supply("private", "Taxi Röttger", ("Taxifahrt",), 12, 46, "{n}", rate=7),
        Supply("unconnected", "Schriftenkontor Tönnies", ("Schriftlizenz",), 39, 240, "SK{n}"),
        Supply("unconnected", "Bildarchiv Horizont AG", ("Bildlizenzen",), 25, 320, "H-{n}"),
        Supply(
            "foreign", "Pixelforge Ireland Ltd.", ("Design suite, six months",), 396, 396, "IE{n}", rate=0, per_year=2
        ),
    ),
    deals={
        "transfer": 7,
        "retainer": 6,
        "skonto": 1,
        "parts": 1,
        "pair": 1,
        "reduced": 1,
        "goodwill": 1,
        "cash_sale": 1,
        "shop_sale": 1,
        "late": 1,
        "void": 1,
        "draft": 1,
        "quotation": 2,
        "bill": 3,
        "bill_skonto": 1,
        "card": 3,
        "cash_receipt": 2,
        "private_receipt": 2,
        "unconnected": 3,
        "batch": 1,
        "supplier_credit": 1,
        "unpaid_bill": 1,
        "unchecked": 1,
        "decoy": 1,
    },
    salaries=(("Leyla Aydin-Merz", 1180),),
    region=NORTH,
    retainer=("Betreuung Webseite, Monatspauschale", "psch.", 1290),
    fund="Nordkasse Gesundheit",
    rent=690,
    owner_draw=1600,
    companies=9,
    people=3,
)
