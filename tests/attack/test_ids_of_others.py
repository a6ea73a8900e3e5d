"""Ids of others where the matrix of tests/permissions does not look: in bodies, filters, below one's own.

The matrix asks every address with the ids of what is one's own, bound to one, and a stranger's. Here
every field and filter of the schema that names something is given a stranger's, and the last part
of a longer address belongs to somebody else than the first.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from tests.attack import bodies, database, operations
from tests.permissions import world
from tests.permissions.rule import Rule
from tests.permissions.rules import RULES

pytestmark = [pytest.mark.django_db, pytest.mark.services_only]

PERSONAS = ("customer", "staff")
# Names that end as references do and refer to nothing in the database that has an owner.
NOT_OURS: Mapping[str, str] = {
    "corp_id": "the platform's number of a company",
    "unionid": "the platform's number of a person",
    "external_userid": "the platform's number of a customer; asked for in tests/wechat/api",
    "userid": "who says a command, told by a trusted server",
    "user_id": "whom a trusted server speaks for",
    "follow_user_id": "a colleague, who is nobody's",
    "client_id": "the page's own number of a message",
    "bot_id": "a group robot, which is everybody's",
    "group_id": "a group of tags or of robots, which is everybody's",
    "session_id": "the assistant's own number",
    "msgid": "the platform's number of a message",
    "mentioned_list": "whom a robot names",
    "fallback_channels": "channels",
}
REFERENCE = re.compile(r"(?:id|ids|_list)$")
RESTRICTED = {name: kind for name, kind in bodies.REFERENCES.items() if kind in world.SEES}


def _may(door: operations.Door) -> list[str]:
    rule = RULES.get(door)
    return [one for one in PERSONAS if isinstance(rule, Rule) and one in rule.who]


def _properties(door: operations.Door) -> Mapping[str, Any]:
    if door not in operations.documented():
        return {}
    properties: Mapping[str, Any] = bodies.json_schema(door).get("properties", {})
    return properties


def _filters(door: operations.Door) -> list[str]:
    if door not in operations.documented():
        return []
    method, path = operations.documented()[door]
    parameters = operations.schema()["paths"][path][method.lower()].get("parameters", [])
    return [one["name"] for one in parameters if one["in"] == "query"]


DOORS = [door for door in operations.doors() if _may(door)]
NESTED = [door for door in DOORS if len(operations.kinds(door)) > 1]
WRITING = [door for door in DOORS if door[0] != "GET"]
READING = [door for door in DOORS if door[0] == "GET"]


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[world.World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(people: world.World) -> database.Rows:
    return database.rows()


def test_every_name_that_refers_to_something_is_known() -> None:
    names = {name for door in operations.doors() for name in _properties(door)}
    unknown = {
        name
        for name in names
        if REFERENCE.search(name) and name not in bodies.REFERENCES and name not in NOT_OURS
    }
    assert unknown == set()


@pytest.mark.parametrize("door", NESTED, ids=" ".join)
def test_what_is_below_anothers_is_not_found_below_ones_own(
    door: operations.Door, people: world.World, before: database.Rows
) -> None:
    _, path = operations.documented()[door]
    body = bodies.accepted(door, people)
    names = re.findall(r"{([^}]+)}", path)
    own = operations.existing(door, path, people, "own")
    foreign = operations.existing(door, path, people, "foreign")
    for persona in _may(door):
        for name in names:
            if own[name] == foreign[name]:
                continue  # a tag is everybody's
            mixed = {**own, name: foreign[name]}
            answer, change = _asked(persona, door, path.format(**mixed), body, people, before)
            assert answer.status_code in (403, 404), (persona, mixed, answer.content)
            assert not change


@pytest.mark.parametrize("door", WRITING, ids=" ".join)
def test_a_body_that_names_a_strangers_touches_and_shows_nothing_of_theirs(
    door: operations.Door, people: world.World, before: database.Rows
) -> None:
    _, path = operations.documented()[door]
    properties = _properties(door)
    for persona in _may(door):
        address = path.format(**operations.existing(door, path, people, "own"))
        body = bodies.accepted(door, people, "own")
        for name in sorted(RESTRICTED.keys() & properties.keys()):
            theirs = bodies.value(name, properties[name], people, "foreign")
            given = {**body, name: theirs}
            answer, change = _asked(persona, door, address, given, people, before)
            assert answer.status_code < 500
            assert _strangers(change, people) == [], (persona, name, answer.content)
            assert "foreign" not in answer.content.decode(), (persona, name)


@pytest.mark.parametrize("door", READING, ids=" ".join)
def test_a_filter_that_names_a_strangers_finds_nothing_of_theirs(
    door: operations.Door, people: world.World, before: database.Rows
) -> None:
    _, path = operations.documented()[door]
    for persona in _may(door):
        address = path.format(**operations.existing(door, path, people, "own"))
        for name in sorted(RESTRICTED.keys() & set(_filters(door))):
            theirs = people.ids[RESTRICTED[name]]["foreign"]
            asked = f"{address}?{name}={theirs}"
            answer, _ = _asked(persona, door, asked, {}, people, before)
            assert answer.status_code in (200, 400, 403, 404), (persona, name)
            assert "foreign" not in answer.content.decode(), (persona, name)
            if answer.status_code == 200 and "total" in answer.json():
                plain, _ = _asked(persona, door, address, {}, people, before)
                # A customer's own list has one row whatever is asked: the filter is no oracle there.
                unasked = plain.json()["total"] if persona == "customer" else 0
                assert answer.json()["total"] in (0, unasked), (persona, name)


def test_ones_own_is_accepted_where_a_strangers_is_refused(
    people: world.World, before: Any
) -> None:
    """Else the refusals above would prove nothing."""
    tried = [
        (persona, door, name)
        for door in WRITING
        for persona in _may(door)
        for name in sorted(RESTRICTED.keys() & _properties(door).keys())
    ]
    accepted = set()
    for persona, door, name in tried:
        _, path = operations.documented()[door]
        which = "own" if persona == "customer" or name != "into" else "bound"
        address = path.format(
            **operations.existing(door, path, people, "bound" if persona == "staff" else "own")
        )
        own = bodies.value(name, _properties(door)[name], people, which)
        body = {**bodies.accepted(door, people), name: own}
        answer, _ = _asked(persona, door, address, body, people, before)
        if answer.status_code < 300:
            accepted.add((persona, " ".join(door), name))
    assert accepted


def _asked(
    persona: str,
    door: operations.Door,
    address: str,
    body: Mapping[str, Any],
    people: world.World,
    before: database.Rows,
) -> tuple[Any, database.Change]:
    """The answer, and what it made of the database, which is put back."""
    client = APIClient()
    client.force_authenticate(people.users[persona])
    sent = [] if door[0] == "GET" else [json.dumps(body), "application/json"]
    with transaction.atomic():
        with database.written_tables() as tables:
            answer = client.generic(door[0], address, *sent)
            if answer.streaming:
                answer.content = b"".join(answer.streaming_content)
        change = database.difference(before, database.rows(tables), tables)
        transaction.set_rollback(True)
    return answer, change


def _strangers(change: database.Change, people: world.World) -> list[str]:
    """Which written rows are, or refer to, what is the stranger's."""
    theirs = {
        kind.__name__: {people.ids[named]["foreign"]} for named, kind in database.KINDS.items()
    }
    found = [
        f"{model.__name__} {key}"
        for model, key, _ in change.changed
        if key in theirs.get(model.__name__, ())
    ]
    found += [
        f"{model.__name__} {key}"
        for model, key in change.gone
        if key in theirs.get(model.__name__, ())
    ]
    for model, row in [*change.added, *[(m, r) for m, _, r in change.changed]]:
        for field in model._meta.concrete_fields:
            target = field.related_model.__name__ if field.related_model else ""
            if row.get(field.attname) in theirs.get(target, ()):
                found.append(f"{model.__name__}.{field.name}")
    return found
