"""The documents beside bank transactions, delivered to people who may see these."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.scoping import scoped
from matching.models import TransactionFile
from vouchers.file_views import delivered


@require_safe
def transaction_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The original; 404 where the person may not see the transaction, or it was not fetched, whatever the cause."""
    if not request.user.has_perm("matching.view_transaction"):
        raise Http404
    there = TransactionFile.objects.select_related("stored").filter(stored__isnull=False)
    file = get_object_or_404(scoped(there, request.user, "transaction__client"), pk=pk)
    if file.stored is None:
        raise Http404
    return delivered(file.stored, file.name)
