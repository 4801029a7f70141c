"""Tables (CSV exports of banks and payment providers): recognised by content, and asked about where unclear."""

from integrations.statements.tables.describe import ColumnShape, TableShape, describe_table, table_key
from integrations.statements.tables.mapping import Mapping, MappingError, header_key
from integrations.statements.tables.owner import for_account
from integrations.statements.tables.reader import read_table

__all__ = [
    "ColumnShape",
    "Mapping",
    "MappingError",
    "TableShape",
    "describe_table",
    "for_account",
    "header_key",
    "read_table",
    "table_key",
]
