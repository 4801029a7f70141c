"""The field type for secrets, under the name that migrations know."""

from accounts.fields import EncryptedTextField as EncryptedTextField
