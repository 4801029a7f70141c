"""The lock under which a client's vouchers are written."""

from django.db import transaction

from accounts.models import Client


def lock(client_id: int) -> None:
    """Let nobody else write this client's vouchers until the current transaction ends.

    PostgreSQL locks the client's row (rows that refer to it can still be added); on SQLite a transaction that writes is
    alone anyway. ``TransactionManagementError`` outside a transaction.
    """
    transaction.get_connection().validate_no_broken_transaction()
    list(Client.objects.select_for_update(no_key=True).filter(pk=client_id).values_list("pk"))
