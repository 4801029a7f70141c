"""What went wrong with exchange rates, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "status": _("The server refused the file."),
    "no_answer": _("The server did not answer. It is asked again within the hour."),
    "too_large": _("The file is larger than any list of exchange rates."),
    "too_slow": _("The server answered too slowly. It is asked again within the hour."),
    "no_xml": _("The file is not XML, or it is cut off."),
    "document_type": _("The file declares a document type, which lists of exchange rates do not have."),
    "no_rates": _("The file holds no exchange rates of the European Central Bank."),
}


def problem_words(code: str, detail: str = "") -> str:
    """A problem in the active language, with what is known of it."""
    words = str(WORDS.get(code, code))
    return f"{words} ({detail})" if detail else words
