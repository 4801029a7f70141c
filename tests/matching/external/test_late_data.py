"""Late data takes back an automatic match that nobody has confirmed, and what had given way to it comes back.

Through the doors of real data: vouchers are fetched, bank lines come in files, and the task does the matching.
"""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from integrations.models import Connection
from integrations.services.statements import import_file
from matching.models import Allocation, Decision, ExternalPayment, Proposal, Transaction
from matching.services import confirm, external
from matching.tasks import match_client
from tests.integrations.statements.builder import Payment, booking, document, statement
from tests.integrations.sync.conftest import Lexware, fetch, joined, small  # noqa: F401 - fixtures
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
IBAN = "DE02120300000000202051"
NUMBER = "RE-2026-20417"
TOTAL = "1190.37"
CONTACT = "Druckhaus Seeblick GmbH"


def deliver(client: Client, name: str, day: str, text: str = "", **changes: str) -> Transaction:
    """A bank file with one line over the voucher's amount, and the matching that it asks for."""
    back = changes.get("direction") == "CRDT"
    lines = (text or (f"Rueckgabe {NUMBER}" if back else f"Rechnung {NUMBER}"),)
    other, nobody = (CONTACT, "DE88500700100175526303"), ("", "")
    payment = Payment(lines=lines, debtor=other if back else nobody, creditor=nobody if back else other)
    entry = booking(TOTAL, booked=day, valued=day, reference=name, payments=(payment,), **changes)
    result = import_file(client, f"{name}.xml", document(statement(entry, iban=IBAN, number=name)))
    assert (result.new, result.errors) == (1, ())
    match_client(client.pk)
    return Transaction.objects.get(bank_reference=name)


def sell(small: Lexware, number: str, contact: str = "Sammellieferant") -> None:  # noqa: F811 - no fixture here
    """A voucher over the amount that Lexware Office calls paid."""
    small.add(
        type="purchaseinvoice", number=number, total=TOTAL, date="2026-02-20", paid_on="2026-03-02", contact=contact
    )


@pytest.fixture
def paid(small: Lexware, joined: Connection) -> Voucher:  # noqa: F811 - fixtures
    """A voucher that was fetched before any bank line came."""
    sell(small, NUMBER)
    fetch(joined)
    return Voucher.objects.get(number=NUMBER)


@pytest.fixture
def by_hand(paid: Voucher, accountant: User) -> ExternalPayment:
    """What the accountant entered meanwhile, because no line was there."""
    (made,) = external.from_voucher(paid, accountant)
    match_client(paid.client_id)
    return made


def payers(voucher: Voucher) -> list[str]:
    rows = Allocation.objects.filter(voucher=voucher, standing=True)
    return list(rows.values_list("transaction__source", flat=True))


def page(user: User, name: str, pk: int) -> str:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(user)
    return browser.get(reverse(name, args=[pk])).content.decode()


def test_the_external_payment_comes_back_with_a_note(
    paid: Voucher, by_hand: ExternalPayment, kontor_client: Client, accountant: User
) -> None:
    assert payers(paid) == ["external"]
    line = deliver(kontor_client, "A1", "2026-03-02")
    match = Proposal.objects.get(state="automatic", allocations__transaction=line)
    by_hand.refresh_from_db()
    assert (by_hand.state, by_hand.gave_way_to, payers(paid)) == ("gave_way", line, ["statement"])

    deliver(kontor_client, "A2", "2026-03-05", direction="CRDT", reversal="true")
    match.refresh_from_db()
    note = match.decisions.latest("pk")
    assert (match.state, note.kind, note.reason, note.actor) == ("superseded", "take_back", "new_data", None)
    by_hand.refresh_from_db()
    assert (by_hand.state, by_hand.gave_way_to, payers(paid)) == ("saved", None, ["external"])
    assert by_hand.changes.latest("pk").detail["action"] == "came_back"
    assert Transaction.objects.get(source="external").withdrawn_at is None
    back = Decision.objects.get(cause=note)
    assert (back.kind, back.to_state) == ("undo", "confirmed")

    case = page(accountant, "admin:review_case", match.pk)
    assert "Kontor had matched this and took it back on" in case
    assert "came later" in case
    assert "automatic match taken back" in page(accountant, "admin:matching_proposal_change", match.pk)
    assert "took it back on" in page(accountant, "admin:review_case", back.proposal_id)

    before = list(Proposal.objects.values_list("pk", "state", "updated_at")), Decision.objects.count()
    match_client(kontor_client.pk)
    assert (list(Proposal.objects.values_list("pk", "state", "updated_at")), Decision.objects.count()) == before


def test_the_payment_that_is_made_again_takes_the_place_once_more(
    paid: Voucher, by_hand: ExternalPayment, kontor_client: Client
) -> None:
    deliver(kontor_client, "A1", "2026-03-02")
    deliver(kontor_client, "A2", "2026-03-05", direction="CRDT", reversal="true")
    again = deliver(kontor_client, "A3", "2026-03-09")
    by_hand.refresh_from_db()
    assert (by_hand.state, by_hand.gave_way_to, payers(paid)) == ("gave_way", again, ["statement"])
    actions = [change.detail["action"] for change in by_hand.changes.order_by("pk")]
    assert actions[-3:] == ["gave_way", "came_back", "gave_way"]


def test_what_somebody_has_confirmed_stays(
    paid: Voucher, by_hand: ExternalPayment, kontor_client: Client, accountant: User
) -> None:
    line = deliver(kontor_client, "A1", "2026-03-02")
    match = Proposal.objects.get(state="automatic", allocations__transaction=line)
    confirm(match, accountant)
    deliver(kontor_client, "A2", "2026-03-05", direction="CRDT", reversal="true")
    match.refresh_from_db()
    by_hand.refresh_from_db()
    assert (match.state, by_hand.state, payers(paid)) == ("confirmed", "gave_way", ["statement"])
    assert not Decision.objects.filter(kind="take_back").exists()


def test_a_late_voucher_that_fits_as_well_takes_the_match_back(
    small: Lexware,  # noqa: F811 - fixtures
    joined: Connection,  # noqa: F811 - fixtures
    kontor_client: Client,
    accountant: User,
) -> None:
    sell(small, NUMBER, CONTACT)
    fetch(joined)
    line = deliver(kontor_client, "A1", "2026-03-02", text="Ihre Rechnung")
    early = Proposal.objects.get(allocations__transaction=line)
    assert early.state == "automatic"
    sell(small, "RE-2026-20410", CONTACT)
    fetch(joined)
    match_client(kontor_client.pk)
    early.refresh_from_db()
    assert (early.state, early.decisions.latest("pk").kind) == ("superseded", "take_back")
    assert not Allocation.objects.filter(transaction=line, standing=True).exists()
    suggested = Proposal.objects.filter(state="suggested", allocations__transaction=line)
    assert set(suggested.values_list("allocations__voucher__number", flat=True)) == {NUMBER, "RE-2026-20410"}
    assert "Kontor had matched this and took it back on" in page(accountant, "admin:review_case", suggested[0].pk)
