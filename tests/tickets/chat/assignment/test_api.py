"""Asking, the queue and the chat desk over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.visitors.cookie import COOKIE, visitor_token
from tests.factories import AgentFactory, CustomerFactory, UserFactory
from tests.tickets.chat.assignment.conftest import ask
from tickets.models import AgentPresence, AgentProfile, Chat, ChatAgent, ChatGroup

pytestmark = pytest.mark.django_db
ASK = "/api/user/customer-service/assign"
STATUS = "/api/user/customer-service/queue-status"
TEAM = "/api/customer-service"


@pytest.fixture
def zhangsan(db: None) -> Any:
    return UserFactory(role="customer", customer=CustomerFactory(name="张三"))


def test_a_customer_is_given_a_colleague_and_asks_only_once(api: Any, zhangsan: Any, agent: Any):
    agent("李四")
    assert api(zhangsan).get(STATUS).json()["status"] == "none"
    answer = api(zhangsan).post(ASK)
    assert answer.status_code == 200
    chat = Chat.objects.get()
    assert answer.json() == {
        "status": "assigned",
        "chat_id": chat.pk,
        "agent": {"name": "李四"},
        "position": None,
        "waiting": 0,
        "estimated_wait_seconds": None,
        "text": "",
    }
    assert api(zhangsan).post(ASK).json()["chat_id"] == chat.pk
    assert api(zhangsan).get(STATUS).json()["status"] == "assigned"


def test_a_waiting_customer_knows_their_place_and_about_how_long(
    api: Any, zhangsan: Any, agent: Any, django_assert_max_num_queries: Any
):
    agent(max_chats=1)
    for _ in range(4):
        ask()
    told = api(zhangsan).post(ASK).json()
    assert (told["status"], told["position"], told["waiting"]) == ("queued", 4, 4)
    # One slot, and nothing measured yet: five minutes for each before them.
    assert told["estimated_wait_seconds"] == 4 * 300
    with django_assert_max_num_queries(8):
        assert api(zhangsan).get(STATUS).json() == told


def test_a_visitor_without_a_login_asks_by_their_cookie(agent: Any):
    agent()
    browser = Client()
    browser.cookies[COOKIE] = visitor_token(CustomerFactory())
    assert browser.post(ASK, content_type="application/json").json()["status"] == "assigned"


def test_with_nobody_there_the_customer_is_told_so(api: Any, zhangsan: Any, setting: Any):
    told = api(zhangsan).post(ASK).json()
    assert (told["status"], told["position"]) == ("unattended", None)
    assert "没有客服在线" in told["text"]


def test_a_blocked_customer_hears_403(api: Any, zhangsan: Any):
    zhangsan.customer.blocked_at = timezone.now()
    zhangsan.customer.save()
    answer = api(zhangsan).post(ASK)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "blocked"


def test_a_login_without_a_customer_is_refused(api: Any):
    assert api(UserFactory(role="customer")).post(ASK).status_code == 403


def test_the_same_key_asks_once(api: Any, zhangsan: Any, agent: Any):
    agent()
    headers = {"Idempotency-Key": "once"}
    first = api(zhangsan).post(ASK, headers=headers)
    Chat.objects.all().delete()
    assert api(zhangsan).post(ASK, headers=headers).json() == first.json()


def test_going_online_makes_room_for_chats_and_brings_who_waits(
    api: Any, lisi: Any, run_outbox: Callable[[], int]
):
    waiting = ask()
    assert api(lisi).get(f"{TEAM}/status").json() == {
        "status": "offline",
        "accepts_chats": True,
        "load": 0,
        "limit": 5,
        "unread": 0,
    }
    answer = api(lisi).post(f"{TEAM}/status", {"status": "online"}, format="json")
    assert answer.status_code == 200
    assert answer.json()["status"] == "online"
    run_outbox()
    waiting.refresh_from_db()
    assert waiting.agent == lisi
    Chat.objects.update(unread_by_agent=3)
    desk = api(lisi).get(f"{TEAM}/status").json()
    assert (desk["load"], desk["unread"]) == (1, 3)


def test_a_status_set_on_the_console_lives_by_its_page(lisi: Any):
    browser = Client()
    browser.force_login(lisi)
    browser.post(f"{TEAM}/status", {"status": "online"}, content_type="application/json")
    assert AgentPresence.objects.get(user=lisi).holds_until is None


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "status"),
        ({"status": "away"}, "status"),
        ({"status": "online", "hold_minutes": 10**30}, "hold_minutes"),
    ],
)
def test_nonsense_is_refused_by_name(api: Any, lisi: Any, body: dict[str, Any], attr: str):
    answer = api(lisi).post(f"{TEAM}/status", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_the_queue_hides_names_from_who_may_not_see_the_chat(
    api: Any, admin: Any, lisi: Any, agent: Any, django_assert_max_num_queries: Any
):
    agent(max_chats=1)
    ask()
    chats = [ask(CustomerFactory(name="欧阳修远")) for _ in range(12)]
    with django_assert_max_num_queries(9):
        seen = api(lisi).get(f"{TEAM}/queue").json()
    assert (seen["waiting"], seen["online_agents"], seen["free_slots"]) == (12, 1, 0)
    assert [row["chat_id"] for row in seen["list"]] == [chat.pk for chat in chats]
    assert seen["list"][0]["customer"] == "欧***"
    assert api(admin).get(f"{TEAM}/queue").json()["list"][0]["customer"] == "欧阳修远"


def test_groups_and_agents_are_listed_with_few_queries(
    api: Any, lisi: Any, agent: Any, django_assert_max_num_queries: Any
):
    group = ChatGroup.objects.create(name="售后")
    for number in range(12):
        group.members.add(agent(f"同事{number:02}", "busy" if number else "online"))
    with django_assert_max_num_queries(4):
        listed = api(lisi).get(f"{TEAM}/groups").json()["list"]
    assert (listed[0]["name"], len(listed[0]["members"])) == ("售后", 12)
    with django_assert_max_num_queries(5):
        people = api(lisi).get(f"{TEAM}/agents").json()["list"]
    assert (people[0]["name"], people[0]["status"]) == ("同事00", "online")
    assert (people[0]["groups"], people[0]["limit"]) == ([group.pk], 5)


def test_a_supervisor_gives_a_waiting_chat_to_one_of_their_team(api: Any, lisi: Any, agent: Any):
    member = agent("组员", "busy", max_chats=1)
    AgentProfile.objects.create(user=member, supervisor=lisi)
    chat = ask()
    answer = api(lisi).post(f"{TEAM}/chats/{chat.pk}/assign", {"agent": "组员"}, format="json")
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["status"], answer.json()["agent"]["name"]) == ("active", "组员")
    another = ask()
    full = api(lisi).post(f"{TEAM}/chats/{another.pk}/assign", {"agent": "组员"}, format="json")
    assert (full.status_code, full.json()["errors"][0]["code"]) == (409, "agent_full")
    listed = api(lisi).get(f"{TEAM}/chats/{chat.pk}/assignments").json()
    assert [row["trigger"] for row in listed["list"]] == ["supervisor", "requested"]


def test_a_chat_is_not_forced_on_who_is_not_there(api: Any, admin: Any, agent: Any):
    agent("不在的", "offline")
    chat = ask()
    path = f"{TEAM}/chats/{chat.pk}/assign"
    answer = api(admin).post(path, {"agent": "不在的"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "agent_unavailable")
    assert api(admin).post(path, {"agent": "无此人"}, format="json").status_code == 400
    taken = api(admin).post(path, {"agent": "admin"}, format="json")
    assert taken.status_code == 200, "whoever takes it themselves is there"


def test_who_leads_nobody_forces_nothing(api: Any, lisi: Any, agent: Any):
    other = agent("王五")
    chat = ask(CustomerFactory(follow_user=lisi))
    assert chat.agent == other
    AgentFactory()
    answer = api(lisi).post(f"{TEAM}/chats/{chat.pk}/assign", {"agent": "王五"}, format="json")
    assert answer.status_code == 403
    assert ChatAgent.objects.get(user=other).load == 1
