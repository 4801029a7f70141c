"""On the page of a client: who is invited, and looking at the portal as the client sees it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, viewing
from accounts.display import state
from accounts.models import Client, Invitation, Mail
from accounts.scoped_admin import person

MOST_SHOWN = 20
MOST_VISITS = 5
LOOKS = {
    Invitation.State.SENT: ("todo", "outgoing_mail"),
    Invitation.State.OPENED: ("todo", "drafts"),
    Invitation.State.ACCEPTED: ("good", ""),
    Invitation.State.EXPIRED: ("soon", ""),
    Invitation.State.WITHDRAWN: ("none", ""),
}
NOT_THERE: dict[str, Any] = {
    Mail.State.WAITING: gettext_lazy("the mail waits for the mail server"),
    Mail.State.SENDING: gettext_lazy("the mail is being sent"),
    Mail.State.REFUSED: gettext_lazy("the mail was refused: is the address right?"),
    Mail.State.EXPIRED: gettext_lazy("the mail could not be sent in time: please send it again"),
    Mail.State.UNCERTAIN: gettext_lazy("it is not sure that the mail was sent: please send it again"),
}


class InviteForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "k-select" if isinstance(field, forms.ChoiceField) else "k-input"


class ClientWays:
    """What the page of a client knows of invitations and views; to be mixed into its admin."""

    def get_urls(self) -> list[URLPattern]:
        """The form and the buttons."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]
        pages = [
            path("<int:pk>/invite/", wrap(require_http_methods(["GET", "POST"])(self.invite)), name="client_invite"),
            path("<int:pk>/invitations/<int:invitation>/", wrap(require_POST(self.act)), name="client_invitation"),
            path("<int:pk>/portal/", wrap(require_POST(self.view_portal)), name="client_portal"),
        ]
        return [*pages, *super().get_urls()]  # type: ignore[misc]

    def _client(self, request: HttpRequest, pk: int, permission: str) -> Client:
        client: Client | None = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]
        if client is None:
            raise Http404
        if not person(request).has_perm(permission):
            raise PermissionDenied
        return client

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form, filled in with what is known of the client."""
        client = self._client(request, pk, "accounts.add_invitation")
        known = {"email": client.email, "language": settings.LANGUAGE_CODE}
        form = InviteForm(request.POST or None, initial=known)
        if request.method == "POST" and form.is_valid():
            try:
                made = invitations.invite(client, **form.cleaned_data, by=person(request))
            except invitations.UnableToInvite as problem:
                form.add_error("email", str(problem))
            else:
                messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": made.email})
                return redirect("admin:accounts_client_change", client.pk)
        site = self.admin_site  # type: ignore[attr-defined]
        context = {**site.each_context(request), "opts": Client._meta, "title": _("Invite a person")}
        return TemplateResponse(request, "admin/accounts/invite.html", {**context, "client": client, "form": form})

    def act(self, request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
        """Send an invitation again, or withdraw it."""
        client = self._client(request, pk, "accounts.change_invitation")
        found = get_object_or_404(client.invitations, pk=invitation)
        if request.POST.get("do") == "withdraw":
            done, words = invitations.withdraw(found), _("The invitation to %(email)s is withdrawn.")
        else:
            done, words = invitations.send(found), _("A new link is on its way to %(email)s; the former one is void.")
        if done:
            messages.success(request, words % {"email": found.email})
        else:
            messages.warning(request, _("The invitation is not open any more."))
        return redirect("admin:accounts_client_change", client.pk)

    def view_portal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin to look at the portal."""
        viewing.begin(request, person(request), self._client(request, pk, viewing.PERMISSION))
        return redirect("portal:connections")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add invitations, views, and what the person may do."""
        client: Client | None = context.get("original")
        user = person(request)
        if client is not None:
            if user.has_perm("accounts.view_invitation"):
                context["invitations"] = _invitations(client)
            if user.has_perm("accounts.view_portalvisit"):
                visits = client.portal_visits.select_related("staff").order_by("-started_at", "-pk")
                context["visits"] = list(visits[:MOST_VISITS])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


def _invitations(client: Client) -> list[tuple[Invitation, SafeString, Any, bool]]:
    """Each invitation, newest first: its state, what is wrong with its mail, whether something can be done."""
    rows = list(client.invitations.select_related("invited_by").order_by("-created_at", "-pk")[:MOST_SHOWN])
    mails = dict(Mail.objects.filter(key__in=[row.mail_key for row in rows]).values_list("key", "state"))
    now = timezone.now()
    shown = []
    for row in rows:
        known = row.state_at(now)
        tone, icon = LOOKS[known]
        is_open = row.accepted_at is None and row.withdrawn_at is None
        trouble = NOT_THERE.get(mails.get(row.mail_key, ""), "") if known == row.State.SENT else ""
        shown.append((row, state(tone, known.label, icon), trouble, is_open))
    return shown
