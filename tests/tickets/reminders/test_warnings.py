"""A warning before the deadline: once for a deadline, and not beside a service level's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.runtime import store
from customers.actors import system_actor
from messaging.models import Message
from tests.factories import TicketFactory
from tests.tickets.sla.conftest import rules as sla_rules
from tickets.models import Ticket, TicketReminder
from tickets.reminders.actions import warnings_run
from tickets.sla.policies import policy_save
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(lisi, robot):
    """A ticket of yesterday that is due in so many minutes."""

    def make(minutes=40, age_hours=23, **fields):
        now = timezone.now()
        ticket = TicketFactory(
            **{
                "assignee": lisi,
                "status": TicketStatus.PROCESSING,
                "deadline": now + timedelta(minutes=minutes, seconds=30),
                **fields,
            }
        )
        created = now - timedelta(hours=age_hours)
        Ticket.objects.filter(pk=ticket.pk).update(created_at=created)
        return ticket

    return make


def test_the_assignee_is_warned_before_the_deadline(near, said):
    ticket = near()
    assert warnings_run() == 1
    lines = said()[0].splitlines()
    assert lines[0] == "⏳ 【工单临期提醒】"
    assert lines[2] == f"工单编号：#{ticket.pk}"
    assert "⏱️  剩余时间：40 分钟" in lines
    assert "@李四 请按时处理！" in lines
    assert Message.objects.get().payload["text"]["mentioned_list"] == ["lisi"]
    ticket.refresh_from_db()
    assert ticket.reminder_count == 0
    assert ticket.events.get().to_value == "临期预警"


def test_once_for_a_deadline_and_again_for_another(near):
    ticket = near()
    warnings_run()
    assert warnings_run() == 0
    Ticket.objects.filter(pk=ticket.pk).update(deadline=timezone.now() + timedelta(minutes=30))
    assert warnings_run() == 1
    rows = TicketReminder.objects.filter(kind="warning").order_by("id")
    assert list(rows.values_list("number", flat=True)) == [1, 2]


def test_what_is_not_near_waits_or_has_a_service_level_is_left_alone(near):
    near(minutes=61)
    near(minutes=-5)
    near(waiting_since=timezone.now())
    near(sla_policy=policy_with(response_minutes=None, resolution_minutes=60), sla_version=1)
    near(status=TicketStatus.RESOLVED, resolved_at=timezone.now())
    assert warnings_run() == 0


def test_a_short_deadline_is_warned_of_at_half_time_not_at_once(near):
    ticket = near(minutes=40, age_hours=0)
    assert warnings_run() == 0
    at_half_time = ticket.deadline - timedelta(minutes=19)
    assert warnings_run(now=at_half_time) == 1


def test_zero_minutes_switch_it_off(near):
    store.change(key="ticket.warn_before_minutes", value=0, actor=None)
    near()
    assert warnings_run() == 0


def test_many_at_once_are_a_digest(near, said):
    for _ in range(11):
        near()
    assert warnings_run() == 11
    assert said()[0].startswith("⏳ 【工单临期汇总】11 个工单即将到期")
    assert len(said()) == 1


def test_a_quiet_night_is_quiet(near):
    near()
    now = timezone.localtime()
    hours = {
        "start": f"{now - timedelta(minutes=5):%H:%M}",
        "end": f"{now + timedelta(hours=1):%H:%M}",
    }
    store.change(key="ticket.reminder_quiet_hours", value=hours, actor=None)
    assert warnings_run() == 0


def test_a_service_level_that_promises_no_solution_leaves_the_warning_to_us(near):
    answers = policy_with(response_minutes=60, resolution_minutes=None)
    solutions = policy_with(response_minutes=None, resolution_minutes=600)
    near(sla_policy=answers, sla_version=1)
    near(sla_policy=solutions, sla_version=1)
    assert warnings_run() == 1
    assert TicketReminder.objects.get().ticket.sla_policy == answers


def policy_with(**minutes):
    rules = {**sla_rules(), **minutes, "name": str(minutes)}
    return policy_save(policy_id=None, rules=rules, actor=system_actor())
