"""Chat agents and groups in the operators' admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.tickets.chat.assignment.conftest import ask
from tickets.models import Chat, ChatAgent, ChatGroup

pytestmark = pytest.mark.django_db
AGENTS, GROUPS = "/admin/tickets/chatagent/", "/admin/tickets/chatgroup/"


@pytest.fixture
def browser(admin: Any) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def test_a_raised_limit_brings_whoever_waits(
    browser: Client, agent: Callable[..., Any], run_outbox: Callable[[], int]
):
    row = ChatAgent.objects.get(user=agent(max_chats=1))
    ask()
    waiting = ask()
    run_outbox()
    answer = browser.post(f"{AGENTS}{row.pk}/change/", {"accepts_chats": "on", "max_chats": 2})
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    run_outbox()
    assert Chat.objects.get(pk=waiting.pk).status == "active"
    row.refresh_from_db()
    assert (row.load, row.max_chats) == (2, 2)


@pytest.mark.parametrize("limit", ["0", "-1", "101", "9" * 30, "viele"])
def test_a_limit_that_makes_no_sense_is_refused(
    browser: Client, agent: Callable[..., Any], limit: str
):
    row = ChatAgent.objects.get(user=agent())
    answer = browser.post(f"{AGENTS}{row.pk}/change/", {"accepts_chats": "on", "max_chats": limit})
    assert answer.status_code == 200
    assert ChatAgent.objects.get().max_chats is None


def test_slots_are_not_deleted_and_made_for_the_team_alone(browser: Client, agent: Any, lisi: Any):
    row = ChatAgent.objects.get(user=agent())
    assert browser.post(f"{AGENTS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    UserFactory(name="某客户", role="customer")
    page = browser.get(f"{AGENTS}add/").content.decode()
    assert "李四" in page
    assert "某客户" not in page
    browser.post(f"{AGENTS}add/", {"user": lisi.pk, "accepts_chats": "on", "max_chats": ""})
    assert ChatAgent.objects.filter(user=lisi, load=0).exists()


def test_the_list_asks_little_however_many_there_are(
    browser: Client, agent: Any, django_assert_max_num_queries: Any
):
    group = ChatGroup.objects.create(name="售后")
    for _ in range(12):
        group.members.add(agent())
    # What stands beside the navigation is counted every few seconds, not with each page.
    browser.get("/admin/")
    with django_assert_max_num_queries(14):
        page = browser.get(AGENTS).content.decode()
    assert page.count("0 / 5") == 12


def test_a_group_is_made_with_its_members(browser: Client, lisi: Any, wangwu: Any):
    browser.post(f"{GROUPS}add/", {"name": "售后", "members": [lisi.pk, wangwu.pk]})
    assert set(ChatGroup.objects.get().members.all()) == {lisi, wangwu}
    assert "2 人" in browser.get(GROUPS).content.decode()
