"""Solved tickets are closed after a while (`ticket.close_after_days`)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.runtime import store
from tests.factories import TicketFactory
from tickets.actions import closing
from tickets.models import Ticket
from tickets.states import TicketStatus
from tickets.tasks.relations import close_resolved_tickets

pytestmark = pytest.mark.django_db


def solved(days, **more):
    return TicketFactory(
        status=TicketStatus.RESOLVED,
        progress=100,
        resolved_at=timezone.now() - timedelta(days=days),
        **more,
    )


def test_what_was_solved_long_ago_is_closed_and_says_so(run_outbox, monkeypatch):
    monkeypatch.setattr(closing, "BATCH", 2)
    old = [solved(8) for _ in range(5)]
    fresh, waiting = solved(6), solved(9, unanswered_since=timezone.now())
    close_resolved_tickets()
    run_outbox()
    closed = Ticket.objects.filter(status=TicketStatus.CLOSED)
    assert set(closed) == set(old)
    assert set(Ticket.objects.filter(status=TicketStatus.RESOLVED)) == {fresh, waiting}
    event = old[0].events.get()
    assert (event.content, event.entry) == ("已解决超过 7 天，自动关闭", "system")
    assert closed.first().responded_at is None, "nobody in person answered"


def test_nought_days_close_nothing(admin):
    solved(300)
    store.change(key="ticket.close_after_days", value=0, actor=admin)
    store.forget_snapshot()
    close_resolved_tickets()
    assert not Ticket.objects.filter(status=TicketStatus.CLOSED).exists()
