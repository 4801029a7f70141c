"""Fields that German banks write into the purpose: ``EREF+…`` or ``EREF: …`` (reference: bank feeds 4)."""

import re
from typing import Final

from integrations.statements.values import meaningful

_NAMES: Final = "EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|IBAN|BIC"
_PLUS: Final = re.compile(rf"({_NAMES})\+")
_COLON: Final = re.compile(rf"(?:^|(?<=\s))({_NAMES}): ?")


def sepa_fields(text: str) -> dict[str, str]:
    """The fields in a purpose; what stands before the first of them is not in it. Placeholders are left out."""
    if "+" not in text and ": " not in text:
        return {}
    marks = list(_PLUS.finditer(text)) or list(_COLON.finditer(text))
    found: dict[str, str] = {}
    for mark, following in zip(marks, [*marks, None][1:], strict=True):
        value = text[mark.end() : following.start() if following else len(text)].strip()
        if meaningful(value):
            found.setdefault(mark.group(1), value)
    return found
