"""Agents, one's own presence, and decisions over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import (
    AgentFactory,
    CustomerFactory,
    TicketFactory,
    UserFactory,
)
from tickets.models import AgentPresence, Ticket

pytestmark = pytest.mark.django_db
PRESENCE = "/api/agents/me/presence"


def test_the_list_shows_who_is_there_how_loaded_and_what_they_know(
    api: Any, lisi: Any, django_assert_max_num_queries: Any
):
    agent = AgentFactory(user__name="阿一", skills={"CRM": 5, "ERP": 2})
    TicketFactory.create_batch(2, assignee=agent.user, status="processing")
    AgentFactory.create_batch(10)
    with django_assert_max_num_queries(6):
        answer = api(lisi).get("/api/agents?size=50")
    assert answer.status_code == 200
    rows = {row["name"]: row for row in answer.json()["list"]}
    assert answer.json()["total"] == 12
    first = rows["阿一"]
    assert first | {"holds_until": None} == {
        "id": agent.user_id,
        "username": agent.user.username,
        "name": "阿一",
        "wecom_user_id": agent.user.wecom_user_id,
        "presence": "online",
        "holds_until": None,
        "load": 2,
        "limit": 5,
        "accepts_tickets": True,
        "skills": [{"product": "CRM", "level": 5}, {"product": "ERP", "level": 2}],
    }
    assert (rows["李四"]["presence"], rows["李四"]["limit"]) == ("offline", None)


def test_one_sets_ones_own_presence(api: Any, lisi: Any):
    assert api(lisi).get(PRESENCE).json()["presence"] == "offline"
    answer = api(lisi).put(PRESENCE, {"status": "online", "hold_minutes": 90}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["presence"], answer.json()["status"]) == ("online", "online")
    row = AgentPresence.objects.get(user=lisi)
    assert row.holds_until is not None
    assert timedelta(minutes=89) < row.holds_until - timezone.now() <= timedelta(minutes=90)
    assert api(lisi).get(PRESENCE).json()["presence"] == "online"


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "status"),
        ({"status": "away"}, "status"),
        ({"status": ["online"]}, "status"),
        ({"status": "online", "hold_minutes": 0}, "hold_minutes"),
        ({"status": "online", "hold_minutes": 10**30}, "hold_minutes"),
        ({"status": "online", "hold_minutes": "bald"}, "hold_minutes"),
    ],
)
def test_nonsense_is_refused_by_name(api: Any, lisi: Any, body: dict[str, Any], attr: str):
    answer = api(lisi).put(PRESENCE, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_dispatch_by_hand_answers_with_the_decision(api: Any, lisi: Any, rule: Any, clock: Any):
    rule(enabled=False)
    agent = AgentFactory(user__name="王五")
    ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    answer = api(lisi).post(f"/api/tickets/{ticket.pk}/dispatch")
    assert answer.status_code == 200
    decision = answer.json()
    assert (decision["trigger"], decision["assignee"]["name"]) == ("requested", "王五")
    assert decision["candidates"][0]["is_chosen"] is True
    note = Ticket.objects.get(pk=ticket.pk).events.get(kind="assigned").content
    assert note == "自动派单（李四触发）：在办 0/5"
    again = api(lisi).post(f"/api/tickets/{ticket.pk}/dispatch")
    assert again.status_code == 409
    assert "负责人是王五" in again.json()["errors"][0]["detail"]
    assert Ticket.objects.get(pk=ticket.pk).assignee == agent.user


def test_dispatch_by_hand_says_why_nobody_can_take_it(api: Any, lisi: Any, clock: Any):
    ticket = TicketFactory(customer=CustomerFactory(follow_user=lisi))
    answer = api(lisi).post(f"/api/tickets/{ticket.pk}/dispatch").json()
    assert (answer["assignee"], answer["reason"]) == (None, "没有参与自动派单的同事")
    AgentFactory(user__name="王五", online=False)
    api(lisi).post(f"/api/tickets/{ticket.pk}/dispatch")
    listed = api(lisi).get(f"/api/tickets/{ticket.pk}/dispatches").json()
    assert [row["reason"] for row in listed["list"]] == ["暂时无人可派：1 人不在线"]
    assert listed["list"][0]["candidates"][0]["reason"] == "不在线"


def test_a_colleagues_ticket_is_not_there(api: Any, lisi: Any):
    ticket = TicketFactory(customer=CustomerFactory(follow_user=UserFactory()))
    assert api(lisi).post(f"/api/tickets/{ticket.pk}/dispatch").status_code == 404
    assert api(lisi).get(f"/api/tickets/{ticket.pk}/dispatches").status_code == 404


def test_the_same_key_dispatches_once(api: Any, admin: Any, clock: Callable[..., None]):
    AgentFactory()
    ticket, headers = TicketFactory(), {"Idempotency-Key": "once"}
    first = api(admin).post(f"/api/tickets/{ticket.pk}/dispatch", headers=headers)
    second = api(admin).post(f"/api/tickets/{ticket.pk}/dispatch", headers=headers)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
