"""The fast door answers as the view behind it does, for everything that a client can send."""

import json
from collections import Counter

import pytest
from django.db import connections
from rest_framework_simplejwt.tokens import AccessToken

from config.api.keys import ApiKey
from config.api.roles import Role
from config.runtime import store
from messaging.door import callers
from messaging.models import Message, OptOut
from messaging.sending.work import send_messages
from tests.factories import UserFactory
from tests.messaging.doors import JSON, PATH, at_the_door, at_the_view

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = {"template_code": "notice", "recipient": "lisi", "variables": {"name": "张三"}}


@pytest.fixture(autouse=True)
def no_connection_stays_open(monkeypatch, new_template):
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    new_template()
    yield
    callers.forget()


@pytest.fixture
def key(db):
    return "Api-Key " + ApiKey.objects.create_key(name="x", scopes=["messages:send"])[1]


# --- The plain good request -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{}, {"priority": 10}, {"variables": {"name": {"x": 1}, "name.": 1}, "n": 0}]
)
def test_a_good_send_is_answered_here_and_as_the_view_would(key, change):
    body = {**GOOD, **change}
    (answer,), behind = at_the_door((body, {"authorization": key}))
    assert answer.shape == at_the_view(body, {"authorization": key}).shape
    if answer.status == 202:
        assert behind == 0
        assert answer.shape == (
            202, {"message_id": "MSG", "trace_id": "TRC", "status": "queued"}, JSON,
        )  # fmt: skip
        first, second = Message.objects.order_by("id").values(
            "channel", "recipient", "template_id", "template_version", "variables", "priority",
            "status", "created_by",
        )  # fmt: skip
        assert first == second, "both doors write the same row"


def test_what_the_door_took_is_sent(key, channel):
    at_the_door((GOOD, {"authorization": key}))
    send_messages([Message.objects.get().pk])
    assert channel.received[0].payload["body"] == "张三，您好"


def test_a_user_with_a_token_is_the_one_who_sent_it(admin):
    token = f"Bearer {AccessToken.for_user(admin)}"
    (answer,), behind = at_the_door((GOOD, {"authorization": token}))
    assert (answer.status, behind) == (202, 0)
    assert Message.objects.get().created_by == admin


def test_the_requests_own_number_is_given_back(key):
    headers = {"authorization": key, "x-request-id": "order-4711"}
    (answer,), behind = at_the_door((GOOD, headers))
    assert (answer.headers["x-request-id"], behind) == ("order-4711", 0)
    (answer,), _ = at_the_door((GOOD, {**headers, "x-request-id": "<script>"}))
    assert len(answer.headers["x-request-id"]) == 32


def test_a_body_in_many_pieces_is_read_whole(key):
    (answer,), behind = at_the_door((GOOD, {"authorization": key}, {"pieces": 7}))
    assert (answer.status, behind) == (202, 0)


# --- Everything else falls through, and is answered as if there were no door ----------------------

UNUSUAL = [
    {},
    [],
    {**GOOD, "priority": 11},
    {**GOOD, "priority": True},
    {**GOOD, "priority": "7"},
    {**GOOD, "recipient": ""},
    {**GOOD, "recipient": "  lisi "},
    {**GOOD, "recipient": "bad-address"},
    {**GOOD, "recipient": "x" * 1001},
    {**GOOD, "recipient": 5},
    {**GOOD, "variables": {}},
    {**GOOD, "variables": None},
    {**GOOD, "variables": []},
    {**GOOD, "template_code": "nothing"},
    {**GOOD, "template_code": "  notice "},
    {**GOOD, "template_code": "x" * 65},
    {**GOOD, "template_id": 1},
    {**GOOD, "template_id": None},
    {**GOOD, "template_code": None, "template_id": 999_999},
    {**GOOD, "delay_seconds": 60},
    {**GOOD, "delay_seconds": -1},
    {**GOOD, "dedupe_key": "order-1"},
    {**GOOD, "channel": "EMAIL"},
    {**GOOD, "customer_id": 1},
    {**GOOD, "surprise": 1},
    {**GOOD, "recipient": "gone"},
    b"",
    b"{",
    b"\xff\xfe{}",
    b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
    json.dumps({**GOOD, "recipient": "a\x00b"}).encode(),
    json.dumps({**GOOD, "variables": {"name": "\ud800"}}).encode(),
    json.dumps({**GOOD, "variables": {"name": float("nan")}}).encode(),
    json.dumps({**GOOD, "variables": {"name": "x", "y": 1}}).replace(": 1", ": 1e999").encode(),
    b'{"template_code":"notice","recipient":"r","variables":{"name":'
    + b"[" * 300 + b"]" * 300 + b"}}",
    b'{"template_code":"notice","recipient":"r","variables":{"name":"x","n":'
    + b"[" * 900 + b"]" * 900 + b"}}",
    b"[" * 50_000,
    json.dumps({**GOOD, "variables": {"name": "x" * 80_000}}).encode(),
]  # fmt: skip


def test_the_unusual_is_answered_as_the_view_answers_it(key):
    OptOut.objects.create(channel="SMS", address="gone")
    for body in UNUSUAL:
        Message.objects.all().delete()
        (answer,), _ = at_the_door((body, {"authorization": key}))
        through_the_door = Message.objects.count()
        Message.objects.all().delete()
        view = at_the_view(body, {"authorization": key})
        assert answer.shape == view.shape, str(body)[:100]
        assert through_the_door == Message.objects.count(), str(body)[:100]
        assert answer.status < 500, str(body)[:100]


HEADS = [
    {"authorization": None},
    {"authorization": ""},
    {"authorization": "Bearer nonsense"},
    {"authorization": "Api-Key nonsense"},
    {"authorization": "Api-Key abcdefgh.nonsense"},
    {"authorization": "Basic eA=="},
    {"content-type": "text/plain"},
    {"content-type": None},
    {"content-type": "application/json; charset=utf-8"},
    {"content-type": "application/json; charset=utf-16"},
    {"accept": "text/html"},
    {"accept": "application/json, text/plain, */*"},
    {"idempotency-key": ""},
    {"idempotency-key": "x" * 256},
    {"idempotency-key": "é"},
]


def test_every_head_is_judged_as_the_view_judges_it(key):
    for number, heads in enumerate(HEADS):
        sent = {"authorization": key, **heads}
        (answer,), _ = at_the_door((GOOD, sent))
        if sent.get("idempotency-key") == "é":
            sent["idempotency-key"] = f"é{number}"
        assert answer.shape == at_the_view(GOOD, sent).shape, heads


def test_who_may_not_send_is_403_at_both_doors(lisi):
    customer = UserFactory(role=Role.CUSTOMER)
    reading = "Api-Key " + ApiKey.objects.create_key(name="x", scopes=["messages:read"])[1]
    tokens = [f"Bearer {AccessToken.for_user(user)}" for user in (lisi, customer)]
    for authorization in [*tokens, reading]:
        headers = {"authorization": authorization}
        (answer,), _ = at_the_door((GOOD, headers))
        assert answer.status == 403
        assert answer.shape == at_the_view(GOOD, headers).shape
    assert not Message.objects.exists()


def test_a_revoked_key_stops_working(key):
    at_the_door((GOOD, {"authorization": key}))
    ApiKey.objects.update(revoked=True)
    callers.forget()
    (answer,), behind = at_the_door((GOOD, {"authorization": key}))
    assert (answer.status, behind, Message.objects.count()) == (401, 1, 1)


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("POST", PATH + "-batch")])
def test_other_calls_are_not_the_doors_business(key, method, path):
    (answer,), behind = at_the_door(
        (GOOD, {"authorization": key}, {"method": method, "path": path})
    )
    assert (answer.status, behind) == (405 if method == "GET" else 400, 1)


def test_a_template_that_wants_deduping_is_the_views(key, new_template):
    new_template(code="once", body="x", dedupe_seconds=600)
    body = {"template_code": "once", "recipient": "lisi"}
    answers, behind = at_the_door(*[(body, {"authorization": key})] * 2)
    assert [answer.body["status"] for answer in answers] == ["queued", "deduplicated"]
    assert behind == 2


# --- The same request again -----------------------------------------------------------------------


def test_a_repeat_is_the_first_answer_whichever_door_took_it(key):
    headers = {"authorization": key, "idempotency-key": "k1"}
    (first, again), _ = at_the_door((GOOD, headers), (GOOD, headers))
    view = at_the_view(GOOD, headers)
    assert first.body == again.body == view.body
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == view.headers["idempotent-replayed"] == "true"
    assert Message.objects.count() == 1


def test_what_the_view_took_the_door_repeats(key):
    headers = {"authorization": key, "idempotency-key": "k1"}
    view = at_the_view(GOOD, headers)
    (answer,), _ = at_the_door((GOOD, headers))
    assert (answer.body, answer.headers["idempotent-replayed"]) == (view.body, "true")


def test_a_key_with_another_body_is_a_conflict(key):
    headers = {"authorization": key, "idempotency-key": "k1"}
    other = {**GOOD, "recipient": "wangwu"}
    (_, answer), _ = at_the_door((GOOD, headers), (other, headers))
    assert (answer.status, answer.body["errors"][0]["code"]) == (409, "idempotency_key_reused")
    assert answer.shape == at_the_view(other, headers).shape
    assert Message.objects.get().recipient == "lisi"


def test_a_key_is_each_callers_own(key):
    other = "Api-Key " + ApiKey.objects.create_key(name="y", scopes=["messages:send"])[1]
    heads = [{"authorization": who, "idempotency-key": "k1"} for who in (key, other)]
    answers, behind = at_the_door(*[(GOOD, head) for head in heads])
    assert (len({answer.body["message_id"] for answer in answers}), behind) == (2, 0)


def test_fifty_copies_at_once_are_one_message(key):
    headers = {"authorization": key, "idempotency-key": "k1"}
    answers, _ = at_the_door(*[(GOOD, headers)] * 50, together=True)
    assert {answer.status for answer in answers} == {202}
    assert {answer.body["message_id"] for answer in answers} == {Message.objects.get().message_id}


def test_three_hundred_at_once_are_three_hundred_messages_without_django(key):
    bodies = [{**GOOD, "recipient": f"r{n}"} for n in range(300)]
    answers, behind = at_the_door(
        *[(body, {"authorization": key}) for body in bodies], together=True
    )
    assert (Counter(answer.status for answer in answers), behind) == (Counter({202: 300}), 0)
    assert len({answer.body["message_id"] for answer in answers}) == 300
    assert Message.objects.count() == 300


def test_a_bad_one_among_them_sinks_nobody(key):
    bodies = [{**GOOD, "recipient": f"r{n}"} for n in range(20)] + [{**GOOD, "priority": 99}] * 3
    answers, _ = at_the_door(*[(body, {"authorization": key}) for body in bodies], together=True)
    assert Counter(answer.status for answer in answers) == Counter({202: 20, 400: 3})


# --- Over the limit -------------------------------------------------------------------------------


def test_over_the_limit_is_429_with_retry_after_and_nothing_half_done(key):
    store.change(
        key="rate_limit.api_send_message", value={"qps": 10, "concurrent": 500}, actor=None
    )
    store.forget_snapshot()
    headers = {"authorization": key}
    answers, _ = at_the_door(*[(GOOD, headers)] * 40, together=True)
    counts = Counter(answer.status for answer in answers)
    assert set(counts) == {202, 429}
    assert counts[429] >= 20
    assert Message.objects.count() == counts[202]
    for answer in answers:
        if answer.status == 429:
            assert int(answer.headers["retry-after"]) >= 1
            assert answer.body["errors"][0]["code"] == "throttled"


def test_a_refusal_at_the_limit_leaves_its_key_free(key):
    store.change(key="rate_limit.api_send_message", value={"qps": 1, "concurrent": 1}, actor=None)
    store.forget_snapshot()
    requests = [(GOOD, {"authorization": key, "idempotency-key": f"k{n}"}) for n in range(5)]
    answers, _ = at_the_door(*requests, together=True)
    refused = next(place for place, answer in enumerate(answers) if answer.status == 429)
    store.change(key="rate_limit.api_send_message", value={"qps": 99, "concurrent": 9}, actor=None)
    store.forget_snapshot()
    (again,), _ = at_the_door(requests[refused])
    assert (again.status, "idempotent-replayed" in again.headers) == (202, False)
