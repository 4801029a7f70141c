"""The address that Lexware Office calls. It believes nothing that is not signed, and does nothing but keep it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from integrations.services.deliveries import take_in
from integrations.webhooks import events
from integrations.webhooks.signature import is_signed, read_keys

LARGEST = 64_000
SIGNATURE = "X-Lxo-Signature"


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def receive(request: HttpRequest) -> HttpResponse:
    """Answer a delivery within the time of two or three queries; HEAD is the provider's look at our certificate.

    Never 404 or 410: the provider would remove the subscription (reference: delivery 15.3). 401 is repeated by it, and
    400 and 413 are not. What is signed but of no use to us counts as delivered.
    """
    if request.method == "HEAD":
        return HttpResponse()
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    if not is_signed(body, request.headers.get(SIGNATURE, ""), read_keys(settings.LEXWARE_WEBHOOK_PUBLIC_KEY)):
        return HttpResponse(status=401)
    try:
        event = events.read(body)
    except events.Malformed:
        return HttpResponse(status=400)
    if events.is_useful(event, timezone.now()):
        take_in(event, body.decode("utf-8-sig"))
    return HttpResponse(status=204)


def _body(request: HttpRequest) -> bytes | None:
    """The bytes as they came, None where there are too many; half a body is as good as none."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > LARGEST:
        return None
    # A body in chunks says no length, and Django would read nothing; the server says whether its end can be relied on.
    in_chunks = not length.strip("0") and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if in_chunks else request
    try:
        body: bytes = stream.read(LARGEST + 1)
    except (UnreadablePostError, OSError):
        return b""
    return body if len(body) <= LARGEST else None
