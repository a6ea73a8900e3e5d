"""Two scans at once; the scan's plan."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config.schedule.timetable import ENTRIES
from messaging.models import Message
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory
from tickets.models import SlaStep, Ticket
from tickets.sla import steps
from tickets.tasks.sla import take_due_steps


@pytest.mark.django_db(transaction=True)
def test_of_four_scans_at_once_each_step_is_taken_once(policy, open_ticket):
    policy(response_minutes=None)
    made = [open_ticket() for _ in range(12)]
    now = timezone.now()
    Ticket.objects.update(
        sla_started_at=now - timedelta(hours=8, minutes=1),
        deadline=now + timedelta(hours=1, minutes=59),
        sla_check_at=now - timedelta(minutes=1),
    )
    assert all_at_once([steps.scan] * 4) == []
    taken = SlaStep.objects.values_list("ticket", "percent")
    assert sorted(taken) == sorted((ticket.pk, percent) for ticket in made for percent in (50, 80))
    told = Message.objects.filter(channel="WORK_WECHAT", recipient="lisi")
    assert told.count() == len(made)
    for ticket in made:
        assert list(ticket.events.values_list("kind", flat=True)) == ["created", "sla"]
    assert not Ticket.objects.filter(sla_check_at__lte=timezone.now()).exists()


@pytest.mark.django_db
def test_the_scan_reads_its_index(settings):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's planner")
    customer, now = CustomerFactory(), timezone.now()
    Ticket.objects.bulk_create(
        TicketFactory.build(
            customer=customer, sla_check_at=now + timedelta(minutes=number) if number % 3 else None
        )
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
    last = (now - timedelta(minutes=5), 7)
    plans = []

    def keep(execute, sql, params, many, context):
        if "sla_check_at" in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql, params)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        steps._due(now, None)
        steps._due(now, last)
    assert len(plans) == 2
    for plan in plans:
        assert "ticket_by_sla_check" in plan, plan
        assert "Seq Scan" not in plan


def test_the_beat_scans_often_enough_for_a_step_to_be_at_most_a_minute_late():
    """Even when one of its turns is lost."""
    entry = next(entry for entry in ENTRIES.values() if entry["task"] == take_due_steps.name)
    assert 2 * entry["schedule"].run_every.total_seconds() <= 60
    assert entry["options"]["expires"] <= entry["schedule"].run_every.total_seconds()
