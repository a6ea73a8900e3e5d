"""Chats in the operators' admin: found, read with their decisions, never written."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import CustomerFactory, UserFactory
from tickets.models import Chat, ChatAssignment, ChatEvent, ChatMessage

pytestmark = pytest.mark.django_db
CHATS = "/admin/tickets/chat/"


@pytest.fixture
def browser(admin):
    client = Client()
    client.force_login(admin)
    return client


def make(customer=None, agent=None, words="请问发票抬头写什么", **fields):
    now = timezone.now()
    chat = Chat.objects.create(
        customer=customer or CustomerFactory(),
        agent=agent,
        **{"status": "ended", "queued_at": now, "ended_at": now, "ended_by": "agent"} | fields,
    )
    ChatMessage.objects.create(
        chat=chat, number=1, sender="customer", sender_name="张三丰", content=words
    )
    ChatEvent.objects.create(chat=chat, kind="ended", actor_name="李四", door="console")
    return chat


def listed(client, **asked):
    page = client.get(CHATS, asked)
    assert page.status_code == 200, page
    return {chat.pk for chat in page.context["cl"].result_list}


@pytest.fixture
def two(lisi):
    return (
        make(CustomerFactory(name="张三丰"), lisi, rating_score=1),
        make(entry="wecom_app", status="queued", ended_at=None, ended_by="", words="在吗"),
    )


@pytest.mark.parametrize(
    ("asked", "which"),
    [
        ({}, {0, 1}),
        ({"status__exact": "queued"}, {1}),
        ({"entry": "web"}, {0}),
        ({"entry": "nowhere"}, {0, 1}),
        ({"rating": "low"}, {0}),
        ({"rating": "none"}, {1}),
        ({"rating": "1"}, {0}),
        ({"agent": "me"}, set()),
        ({"q": "三丰"}, {0}),
        ({"q": "发票抬头"}, {0}),
        ({"created_at_from": "2020-01-01"}, {0, 1}),
        ({"created_at_to": "2020-01-01"}, set()),
    ],
)
def test_the_list_is_narrowed(browser, two, asked, which):
    assert listed(browser, **asked) == {two[place].pk for place in which}


def test_the_list_is_narrowed_to_an_agent(browser, two, lisi):
    assert listed(browser, agent=str(lisi.pk)) == {two[0].pk}


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "\x00"},
        {"agent": "9" * 40},
        {"agent": "-1"},
        {"rating": "x"},
        {"created_at_from": "2026-13-45"},
        {"status__exact": "\x00"},
        {"o": "99"},
        {"p": "99999999999999999999"},
        {"customer__id": "9" * 30},
    ],
)
def test_odd_queries_are_no_failure(browser, two, asked):
    assert browser.get(CHATS, asked).status_code in (200, 302, 400)
    assert browser.get(f"{CHATS}{'9' * 30}/change/").status_code in (302, 404)


def test_the_page_tells_it_all_and_changes_nothing(browser, two, lisi):
    chat = two[0]
    ChatMessage.objects.create(
        chat=chat, number=2, sender="agent", user=lisi, content="说错了", recalled_at=timezone.now()
    )
    ChatMessage.objects.create(
        chat=chat, number=3, sender="agent", content="<b>难缠</b>", visibility="internal"
    )
    candidate = {"name": "李四", "load": 1, "limit": 5, "is_chosen": True, "reason": "接待最少"}
    ChatAssignment.objects.create(
        chat=chat, trigger="requested", agent=lisi, reason="李四 空闲", candidates=[candidate]
    )
    page = browser.get(f"{CHATS}{chat.pk}/change/").content.decode()
    for words in (
        "请问发票抬头写什么",
        "&lt;b&gt;难缠",
        "已撤回",
        "李四 空闲",
        "接待最少",
        "1 / 5",
    ):
        assert words in page
    assert "说错了" not in page
    assert browser.post(f"{CHATS}{chat.pk}/change/", {"status": "active"}).status_code == 403
    assert browser.post(f"{CHATS}{chat.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get(f"{CHATS}add/").status_code == 403
    chat.refresh_from_db()
    assert chat.status == "ended"


def test_one_sees_the_chats_of_ones_customers(two, lisi):
    colleague = UserFactory(is_staff=True)
    lisi.is_staff = True
    lisi.save()
    for user in (colleague, lisi):
        user.user_permissions.add(Permission.objects.get(codename="view_chat"))
    seen = {}
    for user in (colleague, lisi):
        client = Client()
        client.force_login(user)
        seen[user] = (listed(client), client.get(f"{CHATS}{two[0].pk}/change/").status_code)
    assert seen == {colleague: (set(), 302), lisi: ({two[0].pk}, 200)}


def test_the_list_asks_no_more_for_more_chats(browser, lisi, settings_read_once):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            listed(browser)
        return len(asked)

    make(agent=lisi)
    # What stands beside the navigation is counted every few seconds, not with each page.
    browser.get("/admin/")
    few = queries()
    for _ in range(8):
        make(agent=UserFactory())
    assert queries() == few <= 9
