"""What chats tell elsewhere: profile, timeline, risk, conditions, activity, search."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actors import Entry, customer_actor
from customers.conditions import customers_matching, parse
from customers.models import Customer, CustomerActivity
from tests.factories import CustomerFactory, UserFactory
from tickets.chat.assignment.actions import chat_request
from tickets.chat.lifecycle.actions import chat_end
from tickets.models import Chat, ChatMessage

pytestmark = pytest.mark.django_db
DAYS = {"chats.count": {"days": 30}}


@pytest.fixture
def customer(lisi):
    return CustomerFactory(name="张三丰", follow_user=lisi, last_active_at=timezone.now())


def said(chat, content, **fields):
    number = chat.messages.count() + 1
    return ChatMessage.objects.create(
        **{"chat": chat, "number": number, "sender": "customer", "content": content} | fields
    )


def ended(customer, agent=None, ago=timedelta(hours=1), **fields):
    asked = timezone.now() - ago
    chat = Chat.objects.create(
        **{"customer": customer, "agent": agent, "status": "ended", "queued_at": asked}
        | {"ended_at": asked, "ended_by": "agent", "first_assigned_at": asked}
        | fields
    )
    Chat.objects.filter(pk=chat.pk).update(created_at=asked)
    return chat


def profile(client, customer):
    return client.get(f"/api/v1/customers/{customer.pk}/profile").json()


def test_a_profile_tells_of_the_chats(api, lisi, customer):
    asked = timezone.now() - timedelta(hours=1)
    answered = asked + timedelta(seconds=30)
    ended(customer, lisi, rating_score=4, first_assigned_at=asked, first_replied_at=answered)
    ended(customer, lisi, ago=timedelta(days=3), rating_score=5)
    found = profile(api(lisi), customer)
    assert [row["rating"] for row in found["chats"]] == [5, 4]
    assert found["chats"][0]["agent_name"] == "李四"
    summary = found["chat_summary"]
    assert (summary["total"], summary["rated"], summary["average_score"]) == (2, 2, 4.5)
    assert summary["average_first_reply_seconds"] == pytest.approx(30)


def test_who_never_chatted_has_none(api, lisi, customer):
    found = profile(api(lisi), customer)
    assert found["chats"] == []
    assert found["chat_summary"]["last_at"] is None


def test_the_timeline_tells_what_happened_and_counts_as_activity(api, lisi, customer, run_outbox):
    actor = customer_actor(customer, Entry.WEB)
    chat = chat_request(customer=customer, entry="web", actor=actor)
    chat_end(chat_id=chat.pk, actor=actor)
    rows = api(lisi).get(f"/api/v1/customers/{customer.pk}/timeline", {"kind": "chat"}).json()
    told = {row["data"]["event"] for row in rows["list"]}
    assert told == {"ended", "opened"}
    assert rows["list"][0]["content"] == "放弃排队"
    assert not CustomerActivity.objects.exists()
    run_outbox()
    assert CustomerActivity.objects.get(customer=customer).count == 1


@pytest.mark.parametrize(
    ("fields", "code", "points"),
    [
        ({"rating_score": 1, "rated_at": timezone.now()}, "chat_low_rating", 15),
        ({"ended_by": "abandoned", "first_assigned_at": None}, "chat_abandoned", 5),
        (
            {
                "status": "queued",
                "ended_by": "",
                "waiting_since": timezone.now() - timedelta(hours=3),
            },
            "chat_unanswered",
            10,
        ),
    ],
)
def test_bad_chats_are_reasons_of_risk(api, lisi, customer, fields, code, points):
    ended(customer, **fields)
    found = api(lisi).get(f"/api/v1/customers/{customer.pk}/risk").json()
    assert [(row["code"], row["points"]) for row in found["reasons"]] == [(code, points)]


@pytest.mark.parametrize(
    ("field", "op", "value", "who"),
    [
        ("chats.rated_low", "eq", True, "张三丰"),
        ("chats.count", "gte", 1, "张三丰"),
        ("chats.count", "eq", 0, "无话"),
        ("chats.last", "within_days", 1, "张三丰"),
        ("chats.last", "is_empty", True, "无话"),
    ],
)
def test_segments_ask_for_chats(customer, field, op, value, who):
    CustomerFactory(name="无话")
    ended(customer, rating_score=1)
    condition = parse({"field": field, "op": op, "value": value, **DAYS.get(field, {})})
    (found,) = customers_matching(condition, Customer.objects.all())
    assert found.name == who


def hits(client, words):
    groups = client.get("/api/search", {"q": words, "kinds": "chats"}).json()["groups"]
    return groups[0]["list"]


@pytest.mark.parametrize("words", ["发票抬头", "三丰", "抬头", "XX科技"])
def test_a_chat_is_found_by_what_was_said_and_by_its_customer(api, lisi, customer, words):
    chat = ended(customer, lisi)
    said(chat, "请问发票抬头写什么")
    ended(CustomerFactory(company="别的"))
    (hit,) = hits(api(lisi), words)
    assert hit["id"] == chat.pk
    ((start, end),) = hit["snippet"]["marks"]
    assert hit["snippet"]["text"][start:end] == words


def test_only_chats_of_ones_view_are_found(api, lisi, customer):
    chat = ended(customer)
    said(chat, "机密报价")
    assert len(hits(api(lisi), "机密")) == 1
    assert hits(api(UserFactory()), "机密") == []
    login = UserFactory(role="customer", wecom_user_id=None, customer=customer)
    refused = api(login).get("/api/search", {"q": "机密", "kinds": "chats"})
    assert refused.status_code == 403 or refused.json()["groups"][0]["list"] == []


def test_what_was_recalled_is_not_found(api, lisi, customer):
    chat = ended(customer)
    said(chat, "说错了的话", recalled_at=timezone.now())
    said(chat, "系统提示语", sender="system")
    assert hits(api(lisi), "说错了") == hits(api(lisi), "系统提示") == []


def test_a_search_asks_no_more_for_more_chats(api, lisi, customer, settings_read_once):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            hits(api(lisi), "发票")
        return len(asked)

    said(ended(customer, lisi), "发票")
    few = queries()
    for _ in range(8):
        said(ended(CustomerFactory(follow_user=lisi), lisi), "发票")
    assert queries() == few <= 6
