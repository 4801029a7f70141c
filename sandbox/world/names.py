"""Invented people, towns and company names, and how banks write them."""

from __future__ import annotations

from random import Random

Region = tuple[tuple[str, str], ...]
FIRST_NAMES = [
    "Anke",
    "Bernd",
    "Carla",
    "Detlef",
    "Elif",
    "Friedrich",
    "Gesa",
    "Hannes",
    "Ines",
    "Jürgen",
    "Käthe",
    "Lars",
    "Mareike",
    "Nils",
    "Oliver",
    "Petra",
    "Quirin",
    "Rosemarie",
    "Sönke",
    "Tanja",
    "Ulrike",
    "Viktor",
    "Wiebke",
    "Yasmin",
    "Zoran",
]
LAST_NAMES = [
    "Ahrens",
    "Bäumler",
    "Claßen",
    "Dörfler",
    "Eggebrecht",
    "Fürstenau",
    "Grünwald",
    "Hölscher",
    "Immenkamp",
    "Jägermann",
    "Köhnlein",
    "Lüttmann",
    "Möhring",
    "Nüsken",
    "Oberländer",
    "Pöhlmann",
    "Quandel",
    "Röttger",
    "Schäfermeier",
    "Tönnies",
    "Überschär",
    "Völkner",
    "Wüstefeld",
    "Zöllner",
    "Brockhoff",
    "Kranzmayr",
    "Lindhorst",
    "Mertinat",
    "Sandvoß",
    "Trautwein",
]
STREETS = [
    "Am Mühlbach",
    "Bahnhofstraße",
    "Birkenweg",
    "Dorfanger",
    "Gartenstraße",
    "Gewerbering",
    "Hauptstraße",
    "Industriestraße",
    "Kirchgasse",
    "Lindenallee",
    "Marktplatz",
    "Schillerstraße",
    "Talstraße",
    "Uferweg",
    "Ziegeleistraße",
]
SOUTH = (("83022", "Rosenheim"), ("84453", "Mühldorf"), ("83278", "Traunstein"), ("85560", "Ebersberg"))
NORTH = (("20357", "Hamburg"), ("21335", "Lüneburg"), ("25746", "Heide"), ("28195", "Bremen"))
WEST = (("48143", "Münster"), ("48653", "Coesfeld"), ("49074", "Osnabrück"), ("33098", "Paderborn"))
TRADES = [
    "Hausverwaltung",
    "Zahnarztpraxis",
    "Steuerkanzlei",
    "Metallbau",
    "Gasthof",
    "Autohaus",
    "Bäckerei",
    "Optik",
    "Architekturbüro",
    "Gartenbau",
    "Elektrotechnik",
    "Physiotherapie",
    "Buchhandlung",
    "Spedition",
    "Ingenieurbüro",
    "Hotel",
]
FORMS = ("GmbH", "GmbH & Co. KG", "e.K.", "OHG", "UG (haftungsbeschränkt)", "GbR", "AG", "PartG mbB")
OTHER_FORMS = {
    "GmbH": ("Gesellschaft mbH", "G.m.b.H.", ""),
    "GmbH & Co. KG": ("GmbH + Co KG", "GmbH u. Co. KG", "KG"),
    "e.K.": ("e. K.", "e.Kfm.", ""),
    "OHG": ("oHG", ""),
    "UG (haftungsbeschränkt)": ("UG haftungsbeschr.", "UG"),
    "GbR": ("GBR", ""),
    "AG": ("Aktiengesellschaft", "AG"),
    "PartG mbB": ("Partnerschaft mbB", "PartGmbB"),
}
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def ascii_text(text: str) -> str:
    """Write umlauts as banks without them do."""
    return text.translate(ASCII)


def slug(text: str) -> str:
    """Return a name as part of an internet address."""
    plain = ascii_text(text).lower()
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())[:24]


def address(rng: Random, region: Region) -> tuple[str, str, str]:
    """Return street, postal code and town; ``region`` lists the towns to choose from."""
    postal, town = rng.choice(region)
    return f"{rng.choice(STREETS)} {rng.randrange(1, 120)}", postal, town


def company_name(rng: Random, surname: str) -> str:
    """Return a company name of trade, surname and legal form."""
    form = rng.choices(FORMS, (30, 14, 12, 8, 8, 12, 4, 6))[0]
    return f"{rng.choice(TRADES)} {surname} {form}"


def company_spellings(name: str) -> tuple[str, ...]:
    """Return how a company may stand in a bank statement: as is, with another legal form, without umlauts, cut."""
    spellings = [name]
    for form, others in OTHER_FORMS.items():
        if name.endswith(f" {form}"):
            stem = name.removesuffix(f" {form}")
            spellings += [f"{stem} {other}".strip() for other in others]
            break
    spellings.append(ascii_text(name).upper())
    spellings.append(name[:27].strip())
    return tuple(dict.fromkeys(spellings))


def person_spellings(first: str, last: str) -> tuple[str, ...]:
    """Return how a person may stand in a bank statement."""
    return (
        f"{first} {last}",
        f"{last}, {first}",
        f"{last.upper()}, {first.upper()}",
        f"{first[0]}. {last}",
        ascii_text(f"{first} {last}"),
        f"{first} und Kim {last}",
    )
