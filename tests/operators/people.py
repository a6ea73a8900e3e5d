"""Accounts in the admin's groups."""

from django.contrib.auth.models import Group
from django.test import Client

from customers.permission_groups.registry import StaffGroup
from customers.permission_groups.sync import groups_sync
from tests.factories import UserFactory


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def member(group: StaffGroup, *, role: str = "admin", **given):
    """Somebody of that group; with the role that sees all, no superuser."""
    groups_sync()
    user = UserFactory(role=role, is_staff=True, **given)
    user.groups.add(Group.objects.get(name=group.value))
    return user
