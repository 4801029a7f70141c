"""From the link of an invitation to the client's portal."""

from django.conf import settings
from django.contrib.auth import login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import invitations
from accounts.forms import PasswordChoiceForm
from accounts.models import Invitation, User

IN_SESSION = "invitation"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link. Its button notes that it was opened, and leads on without the link in the address."""
    found = invitations.find(token)
    if found is None:
        return _gone(request)
    if (answer := _no_more(request, found)) is not None:
        return answer
    if request.method == "POST":
        invitations.open_(found)
        request.session[IN_SESSION] = {"pk": found.pk, "hash": found.token_hash}
        return redirect("invitation_accept")
    with translation.override(_language(request, found)):
        return render(request, "accounts/invitation.html", {"invitation": found})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Choose how to log in, or take the company over into the account that is there already."""
    kept = request.session.get(IN_SESSION) or {"pk": 0, "hash": ""}
    found = Invitation.objects.select_related("client").filter(pk=kept["pk"], token_hash=kept["hash"]).first()
    if found is None:
        return _gone(request)
    if (answer := _no_more(request, found)) is not None:
        return answer
    with translation.override(_language(request, found)):
        return _accept(request, found)


def _accept(request: HttpRequest, found: Invitation) -> HttpResponse:
    context: dict[str, object] = {"invitation": found}
    user = request.user
    if isinstance(user, User):
        same = user.email.lower() == found.email.lower()
        if request.method == "POST" and same:
            return _done(request, found, user)
        return render(request, "accounts/invitation_add.html" if same else "accounts/invitation_other.html", context)
    if (account := invitations.account_of(found)) is not None:
        return render(request, "accounts/invitation_login.html", {**context, "active": account.is_active})
    by_code = request.POST.get("way") == "code"
    person = User(email=found.email, name=found.name)
    form: Form = PasswordChoiceForm(person, None if by_code else request.POST or None)
    if request.method == "POST" and (by_code or form.is_valid()):
        return _done(request, found, None if by_code else form.cleaned_data["new_password1"])
    return render(request, "accounts/invitation_accept.html", {**context, "form": form})


def _done(request: HttpRequest, found: Invitation, how: User | str | None) -> HttpResponse:
    """Accept, log in where it is somebody new, and lead to the company."""
    try:
        if isinstance(how, User):
            invitations.accept_as(found, how)
        else:
            login(request, invitations.accept_new(found, how), "django.contrib.auth.backends.ModelBackend")
    except invitations.Gone:
        return _gone(request)
    request.session.pop(IN_SESSION, None)
    return redirect("start")


def _no_more(request: HttpRequest, found: Invitation) -> HttpResponse | None:
    """What to say about an invitation that is not open; None for one that is."""
    state = found.state_at(timezone.now())
    if state in (Invitation.State.SENT, Invitation.State.OPENED):
        return None
    with translation.override(_language(request, found)):
        return _gone(request, state, found)


def _gone(request: HttpRequest, state: str = "", found: Invitation | None = None) -> HttpResponse:
    context = {"state": state, "invitation": found}
    return render(request, "accounts/invitation_gone.html", context, status=410 if found else 404)


def _language(request: HttpRequest, found: Invitation) -> str:
    """The invitation's language, unless the reader has chosen one."""
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or request.user.is_authenticated
    return translation.get_language() or found.language if chosen else found.language
