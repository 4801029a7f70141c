"""Who sees which clients."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from accounts.groups import SUPPORT
from accounts.models import Client, User
from accounts.scoping import scoped, sees_everything, visible_clients
from vouchers.models import Voucher


def numbers(user: User | AnonymousUser) -> set[str]:
    return set(visible_clients(user).values_list("number", flat=True))


@pytest.mark.django_db
class TestVisibleClients:
    def test_everybody_sees_what_is_theirs(
        self, kontor_client: Client, accountant: User, colleague: User, support: User, partner: User, member: User,
        outsider: User,
    ):  # fmt: skip
        assert numbers(accountant) == {"10001"}
        assert numbers(colleague) == set()
        assert numbers(support) == {"10001", "10002"}
        assert numbers(partner) == {"10001", "10002"}
        assert numbers(member) == {"10001"}
        assert numbers(outsider) == {"10002"}
        assert numbers(AnonymousUser()) == set()

    def test_nobody_sees_anything_once_barred(self, kontor_client: Client, partner: User, member: User):
        for user in (partner, member):
            user.is_active = False
            user.save()
            assert numbers(user) == set()
            assert not sees_everything(user)

    def test_a_group_alone_does_not_open_the_door(self, kontor_client: Client, partner: User):
        partner.is_staff = False
        partner.save()
        assert numbers(partner) == set()

    def test_a_person_with_two_companies_sees_each_once(self, kontor_client: Client, member: User, outsider: User):
        other = Client.objects.get(number="10002")
        other.memberships.create(user=member)
        assert list(visible_clients(member).order_by("number")) == [kontor_client, other]

    def test_scoped_follows_the_path_to_the_client(self, kontor_client: Client, member: User, outsider: User):
        assert list(scoped(Client.objects.all(), member, "pk")) == [kontor_client]
        assert not scoped(Voucher.objects.all(), outsider).exists()

    def test_an_accountant_who_helps_in_support_sees_the_own_clients_only(
        self, kontor_client: Client, accountant: User, outsider: User
    ):
        accountant.groups.add(Group.objects.get_or_create(name=SUPPORT)[0])
        assert numbers(User.objects.get(pk=accountant.pk)) == {"10001"}
