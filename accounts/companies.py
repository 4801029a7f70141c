"""The company that a person with several of them works for at the moment."""

from django.utils import timezone

from accounts.models import Client, Membership, User


def choose(user: User, client: Client) -> bool:
    """Remember a company for the next login; False where the person does not act for it."""
    return bool(Membership.objects.filter(user=user, client=client).update(chosen_at=timezone.now()))


def chosen(user: User, companies: list[Client]) -> Client | None:
    """The only company, or the one that was chosen last; None where there is a choice to make."""
    if len(companies) == 1:
        return companies[0]
    last = Membership.objects.filter(user=user, client__in=companies).exclude(chosen_at=None).order_by("-chosen_at")
    pk = last.values_list("client_id", flat=True).first()
    return next((company for company in companies if company.pk == pk), None)
