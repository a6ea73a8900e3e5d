"""Accounts: whoever may do everything is an administrator at every door."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from customers.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_createsuperuser_makes_an_administrator_of_the_api_too(api, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-enough-password-1")
    call_command("createsuperuser", username="boss", email="", interactive=False, verbosity=0)
    boss = User.objects.get()
    assert (boss.role, boss.is_team_member) == ("admin", True)
    assert api(boss).get("/api/tickets").status_code == 200


def test_a_superuser_of_another_role_cannot_be():
    with pytest.raises(IntegrityError):
        UserFactory(is_superuser=True)


def test_two_accounts_without_a_wecom_id_do_not_collide():
    for name in ("a", "b"):
        user = UserFactory.build(username=name, wecom_user_id="")
        user.clean()
        user.save()
    assert User.objects.filter(wecom_user_id=None).count() == 2
