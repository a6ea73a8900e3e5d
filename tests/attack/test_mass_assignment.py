"""Fields that a caller has no say in: sent with a body that is accepted, they change nothing.

Each writing operation of the schema is asked thrice by the weakest role that may call it: twice as
meant, which shows what such a request writes and which of that differs each time (ids, times), and
once with every other field of the rows it wrote, of the tables behind them and of its own answer,
each with a value that would show. What stands in the database afterwards is compared row by row.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from config.api.camel_case import camel
from tests.attack import bodies, database, operations
from tests.factories import TicketFactory
from tests.permissions import world
from tests.permissions.rule import Rule
from tests.permissions.rules import RULES
from tickets.models import AgentPresence, ChatAgent, ChatMessage

pytestmark = [pytest.mark.attacks, pytest.mark.django_db, pytest.mark.services_only]


def _note() -> Any:
    return SimpleUploadedFile("notes.txt", b"notes", "text/plain")


def _table() -> Any:
    return SimpleUploadedFile("table.csv", "姓名,手机\n李雷,13900139001\n".encode(), "text/csv")


NUMBER = 987_654_321
WORD = "poisoned"
MOMENT = "2001-02-03T04:05:06+00:00"
TRACES = (WORD, str(NUMBER), "2001-02-03")
OF_A_KIND: tuple[tuple[Any, Any], ...] = (
    (models.DateTimeField, MOMENT),
    (models.DateField, MOMENT[:10]),
    ((models.IntegerField, models.ForeignKey, models.DecimalField), NUMBER),
    (models.JSONField, {WORD: WORD}),
)
# In every body, whatever the operation writes.
ALWAYS: Mapping[str, Any] = {
    "id": NUMBER,
    "pk": NUMBER,
    "is_superuser": True,
    "is_staff": True,
    "is_active": False,
    "role": "admin",
    "user_permissions": [1],
    "groups": [1],
    "scopes": ["config:write"],
    "password": WORD,
    "created_at": MOMENT,
    "updated_at": MOMENT,
}
UPLOADS: Mapping[operations.Door, Callable[[], Any]] = {
    ("POST", "api/tickets/<id:pk>/attachments"): _note,
    ("POST", "api/customer-service/chats/<id:pk>/files"): _note,
    ("POST", "api/user/customer-service/chats/<id:pk>/files"): _note,
    ("POST", "api/v1/customers/import"): _table,
}
# Why there is no accepted request to compare with. They are asked all the same, and must refuse.
_QUEUED = "the message or batch is only queued"
NO_SUCH_STATE: Mapping[operations.Door, str] = {
    ("DELETE", "api/customer-service/chats/<id:pk>/messages/<id:message_id>"): "already sent",
    ("POST", "api/customer-service/chats/<id:pk>/messages/<id:message_id>/recall"): "not theirs",
    ("POST", "api/customer-service/chats/<id:pk>/messages/<id:message_id>/resend"): "never failed",
    ("POST", "api/customer-service/chats/<id:pk>/reopen"): "the chat goes on",
    ("POST", "api/user/customer-service/chats/<id:pk>/reopen"): "the chat goes on",
    ("POST", "api/user/customer-service/chats/<id:pk>/rate"): "the chat goes on",
    ("POST", "api/customer-service/chats/<id:pk>/kf-transfer"): "a chat of another entry",
    ("POST", "api/messages/<public_id:message_id>/recall"): _QUEUED,
    ("POST", "api/messages/<public_id:message_id>/retry"): _QUEUED,
    ("PUT", "api/messages/<public_id:message_id>/card"): _QUEUED,
    ("POST", "api/messages/batches/<public_id:batch_id>/resume"): _QUEUED,
    ("POST", "api/messages/batches/<public_id:batch_id>/retry-failed"): _QUEUED,
    ("POST", "api/monitor/jobs/<str:job>/resume"): "the job runs",
    ("POST", "api/ai/models/roll-back"): "no model before this one",
    ("POST", "api/v1/customers/<id:pk>/restore"): "the customer is there",
    ("DELETE", "api/v1/tags/<id:pk>"): "a rule needs the tag",
    ("DELETE", "api/v1/tag-groups/<id:pk>"): "a rule needs the tag",
    ("DELETE", "api/tickets/<id:pk>/links"): "the tickets have no link",
    ("POST", "api/tickets/<id:pk>/rate"): "the ticket is open",
    ("POST", "api/wechat/sidebar-send"): "the customer has no address",
    ("POST", "api/wechat/sidebar-read"): "no such WeCom customer",
}
WRITING = [
    door for door in operations.doors() if door[0] != "GET" and isinstance(RULES.get(door), Rule)
]


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[world.World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield _further(world.build())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(people: world.World) -> database.Rows:
    return database.rows()


def _further(made: world.World) -> world.World:
    """What the acts need that the matrix does not: somebody to hand to, something to merge into."""
    AgentPresence.objects.update_or_create(
        user=made.users["colleague"],
        defaults={"status": "online", "holds_until": timezone.now() + timedelta(hours=8)},
    )
    ChatAgent.objects.update_or_create(
        user=made.users["colleague"], defaults={"accepts_chats": True}
    )
    # A customer takes back what was said just now, however long these tests take.
    ChatMessage.objects.update(created_at=timezone.now() + timedelta(hours=1))
    for which in world.WHICH:
        second = TicketFactory(customer=made.customers[which], assignee=made.users["staff"])
        made.ids.setdefault("second ticket", {})[which] = second.pk
    return made


@pytest.mark.parametrize("door", WRITING, ids=" ".join)
def test_nothing_is_set_that_the_schema_does_not_take(
    door: operations.Door, people: world.World, before: database.Rows
) -> None:
    for persona, which in _callers(door):
        body = bodies.accepted(door, people, which)
        meant = _written(door, people, persona, which, body, before)
        if meant is not None:
            break
    if meant is None:
        assert door in NO_SUCH_STATE, "no accepted request to compare with"
        return
    assert door not in NO_SUCH_STATE
    again = _written(door, people, persona, which, body, before)
    assert again is not None
    unsteady = _unsteady(meant, again)
    for model in [None, *meant.models]:
        more = _more(door, body, model, meant)
        got = _written(door, people, persona, which, {**more, **body}, before)
        if got is not None:
            assert _steady(got, unsteady) == _steady(meant, unsteady), more
            assert [trace for trace in TRACES if trace in _text(got)] == []


def _callers(door: operations.Door) -> Iterator[tuple[str, str]]:
    """The roles that may, weakest first, each with the object that is theirs."""
    rule = RULES[door]
    assert isinstance(rule, Rule)
    for persona, which in (
        ("customer", "own"),
        ("staff", "bound"),
        ("staff", "own"),
        ("admin", "bound"),
    ):
        if persona in rule.who:
            yield persona, which


def _written(
    door: operations.Door,
    people: world.World,
    persona: str,
    which: str,
    body: Mapping[str, Any],
    before: database.Rows,
) -> database.Change | None:
    """What the request made of the database; None when it was refused, and then nothing."""
    _, path = operations.documented()[door]
    address = path.format(**operations.existing(door, path, people, which))
    client = APIClient()
    client.force_authenticate(people.users[persona])
    with transaction.atomic():
        with database.written_tables() as tables:
            answer = _sent(client, door, address, body)
        change = database.difference(before, database.rows(tables), tables)
        transaction.set_rollback(True)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert not change, answer.content
        return None
    return change


def _sent(client: APIClient, door: operations.Door, address: str, body: Mapping[str, Any]) -> Any:
    if door not in UPLOADS:
        return client.generic(door[0], address, json.dumps(body), "application/json")
    form = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()
    }
    return client.post(address, {**form, "file": UPLOADS[door]()}, format="multipart")


def _more(
    door: operations.Door,
    body: Mapping[str, Any],
    model: type[models.Model] | None,
    meant: database.Change,
) -> dict[str, Any]:
    """What no caller may say: fields of the answer, or of one model that the request wrote."""
    poison: dict[str, Any] = dict(ALWAYS)
    if model is None:
        poison |= {name: _poison(name) for name in bodies.answer_schema(door).get("properties", {})}
    else:
        for field in model._meta.concrete_fields:
            value = _other(field, meant)
            poison |= {field.name: value, field.attname: value}
    taken = set(bodies.json_schema(door).get("properties", {})) | set(body)
    return {
        spelt: value
        for name, value in poison.items()
        if name not in taken
        for spelt in {name, camel(name)} - {camel(one) for one in taken}
    }


def _poison(name: str) -> Any:
    if name.endswith("_at"):
        return MOMENT
    return NUMBER if name.endswith(("id", "count", "version", "number")) else WORD


def _other(field: Any, meant: database.Change) -> Any:
    """A value of that field's kind that the request as meant does not give it."""
    usual = {
        row.get(field.attname) for _, row in meant.written() if _hashable(row.get(field.attname))
    }
    if isinstance(field, models.BooleanField):
        return True not in usual
    if field.choices:
        return next((choice for choice, _ in field.flatchoices if choice not in usual), WORD)
    fitting = (value for kind, value in OF_A_KIND if isinstance(field, kind))
    return next(fitting, WORD)


def _hashable(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _unsteady(first: database.Change, second: database.Change) -> set[tuple[str, str]]:
    """Which fields differ though the same was asked: sequences and times."""
    pairs = zip(first.written(), second.written(), strict=True)
    return {
        (label, name)
        for (label, row), (_, other) in pairs
        for name in row.keys() | other.keys()
        if row.get(name) != other.get(name)
    }


def _steady(change: database.Change, unsteady: set[tuple[str, str]]) -> list[Any]:
    return [
        (
            label,
            {
                name: _without_durations(value)
                for name, value in row.items()
                if (label, name) not in unsteady and not name.endswith("_seconds")
            },
        )
        for label, row in change.written()
    ] + [str(key) for key in change.gone]


def _without_durations(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_durations(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_durations(one) for name, one in value.items() if name != "ms"}
    return value


def _text(change: database.Change) -> str:
    plain = [(label, dict(row)) for label, row in change.written()]
    return json.dumps(plain, default=_as_text, ensure_ascii=False)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)
