"""The flight recorder in a real browser: the timeline, what is inside a fetch, find a document, is everything alive."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Client, TaskAttempt, User
from config.schedules import install
from integrations.models import Connection, FetchWorker, RateBudget, Status, SyncRun
from tests.admin.recorder_world import full_story
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.integrations.finding.conftest import seen, taken

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = Path(__file__).resolve().parent.parent.parent / "var" / "screenshots" / "recorder"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
FORMS = [(PHONE, False, "de"), (PHONE, True, "en"), (DESKTOP, False, "en"), (DESKTOP, True, "de")]
Open = Callable[..., Visit]


@pytest.fixture
def story(kontor_client: Client, member: User) -> Connection:
    """A connection with a long story, documents in every standing, and a fetch at work."""
    linked = full_story(kontor_client, member)
    for index in range(4):
        taken(linked, index, complete=index < 2, payments_read=True, expected_files=["a", "b"] if index == 3 else [])
    taken(linked, 5, withdrawn_at=timezone.now(), withdrawn_reason="voided")
    seen(linked, "RE-1190", contact_name="Grundstücksverwaltungsgesellschaft Nordfriesland-Dithmarschen mbH & Co. KG")
    seen(linked, "AN-7", "other_type", type="quotation")
    install()
    return linked


def at_work(linked: Connection) -> SyncRun:
    """A first fetch that is under way."""
    worker = FetchWorker.objects.create(place=1, host="kontor-1", pid=4711)
    Connection.objects.filter(pk=linked.pk).update(synced_through=None)
    return SyncRun.objects.create(
        connection=linked, state="running", trigger="connect", worker=worker, listed_at=timezone.now(),
        started_at=timezone.now(), alive_at=timezone.now(), phase="documents", requests=812, requests_left=2800,
        created=4, queued_at=timezone.now(),
    )  # fmt: skip


def look(visit: Visit, path: str, name: str, form: str) -> None:
    """Open a page, keep its picture, and hold it to what holds for all of them."""
    answer = visit.open(path)
    assert answer.status == 200
    visit.page.evaluate("document.fonts.ready")
    picture(visit, name, form)


def picture(visit: Visit, name: str, form: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    visit.page.screenshot(path=SHOTS / f"{name}-{form}.png", full_page=True, animations="disabled")
    assert visit.sideways() <= 0, f"{name} {form} scrolls sideways"
    found = Axe().run(visit.page, options=RULES).response
    ours = [
        (item["id"], node["html"][:160])
        for item in found["violations"]
        for node in item["nodes"]
        if "k-" in node["html"] or "portal" in str(visit.page.url)
    ]
    assert ours == [], f"{name} {form}"
    assert visit.errors == []


@pytest.mark.parametrize(("size", "dark", "language"), FORMS)
def test_the_firm_s_pages(
    size: tuple[int, int], dark: bool, language: str, story: Connection, partner: User, visit: Open
) -> None:
    form = f"{size[0]}-{'dark' if dark else 'light'}-{language}"
    at = visit(partner, size=size, dark=dark, language=language)
    connection = reverse("admin:integrations_connection_change", args=[story.pk])
    look(at, connection, "timeline", form)
    at.page.locator("details[data-inside]").nth(2).locator("summary").click()
    expect(at.page.locator("[data-place] .k-calls").first).to_be_visible()
    picture(at, "timeline-inside", form)
    brought = story.runs.get(trigger="connect")
    look(at, reverse("admin:integrations_syncrun_change", args=[brought.pk]), "fetch", form)
    find = reverse("admin:find")
    look(at, f"{find}?q=1190&connection={story.pk}", "find", form)
    look(at, f"{find}?q=RE-20", "find-all", form)
    look(at, f"{find}?q=NOWHERE&connection={story.pk}", "find-nothing", form)
    for model in ("callentry", "voucherchange", "seenvoucher", "webhookdelivery"):
        look(at, reverse(f"admin:integrations_{model}_changelist"), model, form)
    look(at, reverse("admin:system"), "system-quiet", form)
    run = at_work(story)
    TaskAttempt.objects.create(
        key="integrations.tasks.follow_hints(7)", attempts=3, gave_up_at=timezone.now(), reason="It died."
    )
    RateBudget.objects.create(key=story.organization_id, pace=0.5, slowed_at=timezone.now().timestamp())
    look(at, reverse("admin:system"), "system", form)
    look(at, connection, "progress", form)
    look(at, reverse("admin:integrations_syncrun_changelist"), "fetches", form)
    look(at, reverse("admin:integrations_syncrun_change", args=[run.pk]), "fetch-at-work", form)
    look(at, reverse("admin:index"), "start", form)


@pytest.mark.parametrize(("size", "dark", "language"), FORMS)
def test_the_client_s_pages(
    size: tuple[int, int], dark: bool, language: str, story: Connection, member: User, visit: Open
) -> None:
    form = f"{size[0]}-{'dark' if dark else 'light'}-{language}"
    at = visit(member, size=size, dark=dark, language=language)
    find = "/portal/10001/connections/lexware/find/"
    look(at, find, "portal-find-empty", form)
    look(at, f"{find}?q=1.190,00", "portal-find", form)
    look(at, f"{find}?q=RE-20", "portal-find-many", form)
    look(at, f"{find}?q=NOWHERE", "portal-find-nothing", form)
    look(at, "/portal/10001/connections/lexware/history/", "portal-history", form)
    at_work(story)
    look(at, "/portal/10001/connections/", "portal-progress", form)


def test_progress_moves_by_itself_and_ends_with_the_page(story: Connection, support: User, visit: Open) -> None:
    run = at_work(story)
    at = visit(support, language="en")
    at.open(reverse("admin:integrations_connection_change", args=[story.pk]))
    piece = at.page.locator("[data-live]")
    expect(piece).to_contain_text("2 of 4")
    story.client.vouchers.filter(withdrawn_at=None, complete=False).update(complete=True)
    expect(piece).to_contain_text("4 of 4", timeout=8000)
    SyncRun.objects.filter(pk=run.pk).update(state=Status.FAILED, error="unavailable", finished_at=timezone.now())
    expect(piece).to_have_count(0, timeout=8000)
    assert at.errors == []


def test_a_document_is_found_by_keyboard_alone(story: Connection, support: User, visit: Open) -> None:
    at = visit(support, language="en")
    at.open(reverse("admin:integrations_connection_change", args=[story.pk]))
    field = at.page.get_by_label("Find a document", exact=True)
    field.focus()
    field.press_sequentially("1.190,00")
    field.press("Enter")
    expect(at.page.get_by_role("heading", name="RE-1190")).to_be_visible()
    at.page.keyboard.press("Control+k")
    palette = at.page.locator("#search-input-command")
    palette.wait_for(state="visible")
    palette.press_sequentially("re-1190")
    found = at.page.locator("#command-results-list li").first
    expect(found).to_contain_text("RE-1190", timeout=8000)
    assert at.errors == []


def test_everything_is_there_without_scripts(story: Connection, support: User, visit: Open) -> None:
    run = at_work(story)
    at = visit(support, language="en", scripts=False)
    at.open(reverse("admin:integrations_connection_change", args=[story.pk]))
    expect(at.page.locator("[data-live] progress")).to_be_visible()
    entry = at.page.locator("details[data-inside]").first
    entry.locator("summary").click()
    link = entry.get_by_role("link", name="The fetch on its own page")
    assert link.get_attribute("href") == reverse("admin:integrations_syncrun_change", args=[run.pk])
    at.open(f"{reverse('admin:find')}?q=RE-1190")
    expect(at.page.get_by_text("no payment is assigned to it")).to_be_visible()
