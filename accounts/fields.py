"""The one field type that holds secrets."""

from typing import Any

import fernet_fields
from django.db.backends.base.base import BaseDatabaseWrapper


class EncryptedTextField(fernet_fields.EncryptedTextField):
    """Text encrypted with the newest of ``FERNET_KEYS``.

    Refuses expressions: the library would encrypt their Python text and lose the value (``bulk_update`` does that).
    """

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Encrypt a plain value; ``TypeError`` for an expression."""
        if hasattr(value, "resolve_expression") or hasattr(value, "as_sql"):
            raise TypeError(f"{self.name}: expressions cannot be encrypted; save() each row")
        return super().get_db_prep_save(value, connection)
