"""A Thursday morning in working time, and tickets that come in through the action."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from config.runtime import store
from customers.actors import system_actor
from tests.factories import CustomerFactory
from tickets.actions import ticket_create
from tickets.models import Ticket

THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(THURSDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def later(clock: Any) -> Callable[..., None]:
    """Time passes: `later(minutes=31)`."""

    def pass_by(**duration: float) -> None:
        clock.shift(timedelta(**duration))

    return pass_by


@pytest.fixture
def rule(db: None) -> Callable[..., None]:
    """Changes the runtime setting: `rule(needs_presence=False)`."""

    def change(**values: Any) -> None:
        value = {**store.get("ticket.dispatch"), **values}
        store.change(key="ticket.dispatch", value=value, actor=None)
        store.forget_snapshot()

    return change


@pytest.fixture
def report(clock: Any, run_outbox: Callable[[], int]) -> Callable[..., Ticket]:
    """A customer reports something, and everything that follows has happened."""

    def create(*, worked: bool = True, **fields: Any) -> Ticket:
        fields.setdefault("customer", None)
        fields["customer"] = fields["customer"] or CustomerFactory()
        ticket = ticket_create(description="服务器无法连接", actor=system_actor(), **fields)
        if worked:
            run_outbox()
        ticket.refresh_from_db()
        return ticket

    return create
