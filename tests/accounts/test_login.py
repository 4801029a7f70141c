"""One login page for everybody."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.test import Client as Browser

from accounts.models import User


@pytest.mark.django_db
class TestLogin:
    @pytest.mark.parametrize("written", ["ahrens@tischlerei.example", "Ahrens@Tischlerei.EXAMPLE"])
    def test_the_address_in_any_case(self, client: Browser, member: User, written: str):
        answer = client.post("/login/", {"username": written, "password": "correct horse battery"})
        assert answer.status_code == 302
        assert client.get("/").url.startswith("/portal/")

    def test_staff_go_to_the_admin_and_back_to_where_they_wanted(self, client: Browser, accountant: User):
        asked = client.get("/admin/vouchers/", follow=True)
        assert asked.redirect_chain[-1][0] == "/login/?next=/admin/vouchers/"
        client.force_login(accountant)
        assert client.get("/").url == "/admin/"

    def test_a_client_has_no_business_in_the_admin(self, client: Browser, member: User):
        client.force_login(member)
        assert client.get("/admin/", follow=True).status_code == 404

    def test_wrong_password_says_so_and_does_not_log_in(self, client: Browser, member: User):
        answer = client.post("/login/", {"username": member.email, "password": "wrong"})
        assert answer.status_code == 200
        assert answer.context["form"].non_field_errors()
        assert isinstance(answer.wsgi_request.user, AnonymousUser)

    def test_an_address_exists_once_whatever_its_case(self, member: User):
        with pytest.raises(IntegrityError):
            User.objects.create(email=member.email.upper())
