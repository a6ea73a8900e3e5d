"""What was deleted is gone for every method of its address and of the addresses below it."""

import json
from collections.abc import Mapping

import pytest
from rest_framework.test import APIClient

from customers.models import TagRule
from tests.attack import bodies, operations
from tests.permissions import world

pytestmark = pytest.mark.django_db

# Nothing goes away there.
KEPT: Mapping[str, str] = {
    "api/config/configs/<id:pk>": "DELETE sets the default again; the setting and its history stay",
    "api/customer-service/chats/<id:pk>/messages/<id:message_id>": "only what waits for the"
    " platform can be taken back; tests/tickets/chat asks",
    "api/v1/follow-up-plans/<id:pk>": "switched off: those who went through it refer to it",
}
# What may be done to what is deleted.
AFTERWARDS: Mapping[operations.Door, str] = {
    ("POST", "api/v1/customers/<id:pk>/restore"): "takes the deletion back",
    ("GET", "api/v1/customers/<id:pk>/personal-data"): "the person's right outlives the deletion",
    ("POST", "api/v1/customers/<id:pk>/erase"): "the person's right outlives the deletion",
}
DELETED = [
    route
    for method, route in operations.doors()
    if method == "DELETE" and route.endswith(">") and "/tags/<" not in route and route not in KEPT
]


@pytest.mark.parametrize("route", DELETED)
def test_what_was_deleted_is_gone_for_every_method(route: str, db: None) -> None:
    people = world.build()
    if "tag-rules" not in route:
        TagRule.objects.all().delete()  # a tag that a rule uses stays
    client = APIClient()
    client.force_authenticate(people.users["admin"])
    deleted = client.delete(_address(("DELETE", route), people))
    assert deleted.status_code in (200, 204), deleted.content
    found = {}
    for door in operations.doors():
        if door[1].startswith(route) and door not in AFTERWARDS:
            body = "" if door[0] == "GET" else json.dumps(bodies.accepted(door, people))
            answer = client.generic(door[0], _address(door, people), body, "application/json")
            if answer.status_code != 404:
                found[door] = answer.status_code
    assert found == {}


def _address(door: operations.Door, people: world.World) -> str:
    _, path = operations.documented()[door]
    return path.format(**operations.existing(door, path, people, "own"))
