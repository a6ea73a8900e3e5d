"""Which tickets are to be chased, and when nobody is."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from config.events.publish import hold_order
from config.logs import get_logger
from config.runtime import store
from customers.actions.history import order_key
from tickets.actions.trail import remember
from tickets.models import ReminderKind, SlaPolicyVersion, Ticket, TicketReminder
from tickets.states import OPEN

logger = get_logger(__name__)

# What one transaction takes on; the longest overdue come first, the rest in the next run.
MOST_A_RUN = 2000


def overdue_tickets(now: datetime) -> QuerySet[Ticket]:
    """Open and past their deadline; one that waits for its customer has its clock stopped."""
    return Ticket.objects.filter(status__in=OPEN, deadline__lt=now, waiting_since__isnull=True)


def due_for_reminder(now: datetime) -> list[Ticket]:
    """The overdue ones that were not reminded within the interval, locked."""
    interval = timedelta(minutes=store.get_int("ticket.reminder_interval_minutes"))
    rested = Q(last_reminder_at__isnull=True) | Q(last_reminder_at__lte=now - interval)
    return _locked(overdue_tickets(now).filter(rested))


def due_for_warning(now: datetime) -> list[Ticket]:
    """Those whose deadline is near and was not warned of, locked.

    A ticket whose service level promises a solution has that ladder's warnings. One that was given
    less time than the warning takes is warned when half of it has gone, not while its card is still
    being read.
    """
    minutes = store.get_int("ticket.warn_before_minutes")
    if minutes == 0:
        return []
    warned = TicketReminder.objects.filter(
        ticket=OuterRef("pk"), kind=ReminderKind.WARNING, deadline=OuterRef("deadline")
    )
    promised = SlaPolicyVersion.objects.filter(
        policy=OuterRef("sla_policy"), version=OuterRef("sla_version")
    ).exclude(rules__resolution_minutes=None)
    near = Ticket.objects.filter(
        ~Exists(warned),
        ~Exists(promised),
        status__in=OPEN,
        deadline__gte=now,
        deadline__lte=now + timedelta(minutes=minutes),
        waiting_since__isnull=True,
    )
    ripe = [
        pk
        for pk, created_at, deadline in near.values_list("pk", "created_at", "deadline")
        if now - created_at >= deadline - now
    ]
    return _locked(near.filter(pk__in=ripe)) if ripe else []


def _locked(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """With customer and assignee. One that somebody is changing at this moment is left out.

    Locks for the events' order come first (`hold_order`), so nobody waits for us in a circle.
    """
    wanted = tickets.order_by("deadline", "pk")
    ids = dict(wanted.values_list("pk", "customer_id")[:MOST_A_RUN])
    if not ids:
        return []
    hold_order({order_key(customer_id) for customer_id in ids.values()})
    rows = wanted.filter(pk__in=list(ids)).select_related("customer", "assignee")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    found = list(rows)
    if len(found) < len(ids):
        logger.info("reminders_left_out", count=len(ids) - len(found))
    for ticket in found:
        remember(ticket)
    return found


def is_quiet(now: datetime) -> bool:
    """Whether the quiet hours bind what runs by the clock."""
    hours = store.get("ticket.reminder_quiet_hours")
    start, end = str(hours["start"]), str(hours["end"])
    if not start or not end:
        return False
    clock = f"{timezone.localtime(now):%H:%M}"
    return start <= clock < end if start <= end else clock >= start or clock < end
