"""Every role at every door, with what is one's own, bound, and a stranger's (contract.md §1).

Deny by default, 401 without a login, 403 for a verb outside one's role, 404 for an object outside
one's view, and no list or export that shows one.
"""

import asyncio
import json
import re
from typing import Any

import pytest
from django.db import connections, transaction
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from config.api.roles import Role
from tests.factories import UserFactory
from tests.messaging.sockets import Socket
from tests.permissions import routes, world
from tests.permissions.rule import Rule
from tests.permissions.rules import OPEN, RULES, SOCKETS

REFUSED = frozenset({401, 403, 404})
PERSONAS = ("customer", "staff", "admin")


def test_every_door_has_a_rule_and_every_rule_a_door():
    doors = routes.http_doors()
    named = set(RULES) | set(OPEN)
    assert doors - named == set(), "doors that the matrix does not know"
    assert named - doors == set(), "rules for doors that are not there"
    assert routes.socket_doors() == set(SOCKETS)


@pytest.fixture
def people(db: None) -> world.World:
    return world.build()


def _address(route: str, rule: Rule, people: world.World, which: str) -> str:
    """The route with the ids of what hangs on that customer."""

    def fill(match: "re.Match[str]") -> str:
        return str(people.ids[rule.more.get(match[1], rule.kind)][which])

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", fill, route)


def _client(persona: str, rule: Rule, people: world.World) -> APIClient:
    client = APIClient()
    if persona in PERSONAS:
        client.force_authenticate(people.users[persona])
    elif persona == "key":
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key {world.key_with(rule.scope)}")
    elif persona == "other key":
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key {world.key_without(rule.scope)}")
    return client


def _ask(client: APIClient, method: str, address: str, body: Any) -> Any:
    """One call whose traces are gone afterwards: the next one finds the same world."""
    with transaction.atomic():
        answer = client.generic(
            method, address, *([json.dumps(body), "application/json"] if method != "GET" else [])
        )
        if answer.streaming:
            answer.exported = b"".join(answer.streaming_content).decode("utf-8-sig")
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("door", sorted(RULES), ids=" ".join)
def test_who_may_come_in(door: tuple[str, str], people: world.World):
    method, route = door
    rule = RULES[door]
    body = rule.body(people) if rule.body else {}
    found: dict[tuple[str, str], int] = {}
    expected: dict[tuple[str, str], str] = {}
    for persona in ("nobody", *PERSONAS, "key", "other key"):
        client = _client(persona, rule, people)
        for which in world.WHICH if rule.kind else ("",):
            answer = _ask(client, method, _address(route, rule, people, which), body)
            found[persona, which] = answer.status_code
            expected[persona, which] = _expected(persona, rule, people, which)
    wrong = {
        caller: (code, expected[caller])
        for caller, code in found.items()
        if not _fits(code, expected[caller])
    }
    assert wrong == {}


def _expected(persona: str, rule: Rule, people: world.World, which: str) -> str:
    if persona == "nobody":
        return "401"
    if (persona, which) in rule.but:
        return rule.but[persona, which]
    may = bool(rule.scope) if persona == "key" else persona in rule.who
    if persona == "other key" or not may:
        return "403"
    if not which or rule.kind not in world.SEES:
        return "in"
    return "in" if which in people.sees(persona, rule.kind) else "404"


def _fits(code: int, expected: str) -> bool:
    return code not in REFUSED and code < 500 if expected == "in" else str(code) == expected


LISTS = sorted(door for door, rule in RULES.items() if rule.lists)


@pytest.mark.parametrize("door", LISTS, ids=" ".join)
def test_a_list_shows_what_one_may_see_and_nothing_else(door: tuple[str, str], people: world.World):
    method, route = door
    rule = RULES[door]
    numbers = people.ids[rule.lists]
    for persona in sorted(rule.who) + (["key"] if rule.scope else []):
        answer = _ask(_client(persona, rule, people), method, "/" + route, {})
        assert answer.status_code == 200, (persona, answer.content)
        listed = {row.get("id", row.get("import_id")) for row in answer.json()["list"]}
        assert listed == {numbers[which] for which in people.sees(persona, rule.lists)}, persona


def test_an_export_holds_what_one_may_see_and_nothing_else(people: world.World):
    door = ("GET", "api/v1/customers/export")
    for persona in ("staff", "admin", "key"):
        answer = _ask(_client(persona, RULES[door], people), "GET", "/" + door[1] + "?as=csv", {})
        exported = {
            which for which in world.WHICH if people.customers[which].name in answer.exported
        }
        assert exported == people.sees(persona, "customer"), persona


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", sorted(SOCKETS))
def test_who_may_open_a_socket(route: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", "nothing-like-it", route)
    users = {role.value: UserFactory(role=role, username=role.value) for role in Role}

    async def code_for(query: str) -> int | None:
        socket = Socket(path + query, [])
        await socket.connect()
        event = await socket.receive_output(10)
        return event.get("code")

    assert asyncio.run(code_for("")) == 4401
    for role, user in users.items():
        code = asyncio.run(code_for(f"?token={AccessToken.for_user(user)}"))
        assert (code == 4403) == (role not in SOCKETS[route]), role


def test_a_switched_off_account_comes_in_nowhere(people: world.World):
    people.users["admin"].is_active = False
    people.users["admin"].save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {AccessToken.for_user(people.users['admin'])}")
    assert client.get("/api/tickets").status_code == 401
