"""The desk's demo data: loaded twice it doubles nothing, and nobody is told anything."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from customers import demo as people
from customers.models import User
from messaging.models import Message
from tests.factories import RobotFactory
from tickets import demo
from tickets.history.times import times_of
from tickets.models import (
    AgentProfile,
    CannedReply,
    Chat,
    ChatAgent,
    ChatAgentHour,
    ChatEvent,
    ChatGroup,
    ChatHourStatistic,
    ChatMessage,
    ChecklistTemplate,
    CustomField,
    SlaPolicy,
    Ticket,
    TicketEvent,
)
from tickets.queries.tickets import tickets_overdue

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    RobotFactory()
    people.load("a-long-enough-password-1")
    before = OutboxEntry.objects.count()
    demo.load()
    return before


def test_a_second_run_doubles_nothing(loaded):
    def counts() -> list[int]:
        tables = (
            Ticket,
            TicketEvent,
            CannedReply,
            ChecklistTemplate,
            CustomField,
            SlaPolicy,
            AgentProfile,
            Chat,
            ChatMessage,
            ChatEvent,
            ChatGroup,
            ChatAgent,
            ChatHourStatistic,
            ChatAgentHour,
        )
        return [table.objects.count() for table in tables]

    first = counts()
    demo.load()
    assert counts() == first
    assert all(first)


def test_nobody_is_told_anything(loaded, run_outbox):
    assert OutboxEntry.objects.count() == loaded
    run_outbox()
    assert not Message.objects.exists()


def test_the_chats_are_over_and_their_days_have_figures(loaded, api):
    assert set(Chat.objects.values_list("status", flat=True)) == {"ended"}
    assert Chat.objects.get(customer__name="张三").messages.filter(sender="agent").exists()
    first = timezone.localdate() - timedelta(days=6)
    found = api(User.objects.get(username="admin")).get(
        "/api/customer-service/statistics/overview", {"from": first}
    )
    totals = found.json()["totals"]
    assert totals["asked"] == Chat.objects.count() > 40
    assert 0 < totals["abandonment"] < 0.2
    assert 4 < totals["satisfaction"]["average"] < 5
    for chat in Chat.objects.all():
        assert chat.created_at <= chat.ended_at <= timezone.now()
        assert chat.last_number == chat.messages.count()


def test_the_board_has_tickets_in_every_state_and_none_is_late(loaded):
    states = set(Ticket.objects.values_list("status", flat=True))
    assert states == {"pending", "assigned", "processing", "escalated", "resolved", "closed"}
    assert Ticket.objects.filter(waiting_since__isnull=False).exists()
    assert not tickets_overdue(Ticket.objects.all(), overdue=True).exists()
    assert not Ticket.objects.exclude(sla_state="on_track").exists()


def test_their_trails_tell_the_times_of_the_past(loaded):
    for ticket in Ticket.objects.all():
        moments = list(ticket.events.order_by("sequence").values_list("created_at", flat=True))
        assert moments == sorted(moments)
        assert moments[0] <= timezone.now()
        assert abs((moments[0] - ticket.created_at).total_seconds()) < 60
        times = times_of(ticket)
        if ticket.resolved_at:
            assert 3600 < times.to_resolution_seconds <= 5 * 3600 + 60
            assert sum(times.in_states.values()) >= times.to_resolution_seconds


def test_nobody_is_dispatched_to_by_themselves(loaded):
    assert not AgentProfile.objects.filter(accepts_tickets=True).exists()
