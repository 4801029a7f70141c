"""What a bank file is and what came of it, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.statements.tables.banks import PROFILES

_KINDS: Final[dict[str, str | Promise]] = {
    "pdf": gettext_lazy("PDF document"),
    "html": gettext_lazy("web page"),
    "json": gettext_lazy("JSON data"),
    "xml": gettext_lazy("XML file of another kind"),
    "gzip": gettext_lazy("packed file (gzip)"),
    "empty": gettext_lazy("empty file"),
    "zip": gettext_lazy("ZIP archive"),
    "csv": gettext_lazy("table (CSV)"),
    "unknown": gettext_lazy("not recognised"),
    "mixed": gettext_lazy("several formats"),
}


def format_words(name: str) -> str:
    """A format such as ``camt.053.001.08``, ``csv:dkb`` or ``zip:mt940`` in words."""
    if name.startswith("zip:"):
        return _("ZIP archive: %(format)s") % {"format": format_words(name.removeprefix("zip:"))}
    if name.startswith("camt."):
        message, version = name[:8].upper(), name.rpartition(".")[2]
        return _("%(format)s, version %(n)s") % {"format": message, "n": int(version)} if len(name) > 8 else message
    if name.startswith("csv:"):
        bank = next((profile.bank for profile in PROFILES if profile.format == name), "")
        return _("table (CSV) of %(bank)s") % {"bank": bank or name.removeprefix("csv:")}
    if name in _KINDS:
        return str(_KINDS[name])
    return name.upper() if name in ("mt940", "mt942") else name
