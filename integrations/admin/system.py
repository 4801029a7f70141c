"""The page for operators: is everything alive? Workers, fetches at work, tasks that were given up, the next morning."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.display import ICONS
from accounts.scoped_admin import person
from accounts.scoping import scoped
from integrations.admin.states import run_state
from integrations.models import SyncRun
from integrations.services.progress_now import progress_of_all
from integrations.services.sync_queue import LIVE
from integrations.services.vitals import lives, vitals

NEEDED = "integrations.view_fetchworker"
RUNS_SHOWN = 50


@require_GET
def system_page(request: HttpRequest) -> HttpResponse:
    """Everything in one look; ``?piece=1`` is the part that renews itself."""
    user = person(request)
    if not user.has_perm(NEEDED):
        raise PermissionDenied
    now = vitals()
    visible = scoped(SyncRun.objects.filter(state__in=LIVE), user, "connection__client")
    runs = list(visible.select_related("connection__client", "worker").order_by("-state", "queued_at")[:RUNS_SHOWN])
    progress = progress_of_all(runs)
    context = {
        "vitals": now,
        "signs": [(sign, ICONS[sign.tone]) for sign in now.signs],
        "workers": [(worker, lives(worker, now.at)) for worker in now.workers],
        "runs": [(run, run_state(run), progress.get(run.pk)) for run in runs],
        "runs_more": len(runs) == RUNS_SHOWN,
    }
    if "piece" in request.GET:
        return render(request, "admin/parts/vitals.html", context)
    page = {**admin.site.each_context(request), "title": _("Is everything alive?"), **context}
    return render(request, "admin/integrations/system_page.html", page)
