"""Policies as an administrator makes them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import actor
from tickets.models import SlaPolicy
from tickets.sla.policies import policy_save
from tickets.sla.rules import DEFAULT_LADDER


def rules(**changes: Any) -> dict[str, Any]:
    """For everybody: an answer in an hour, a solution in ten, by the plain clock."""
    return {
        "name": "标准",
        "rank": 100,
        "is_active": True,
        "priorities": [],
        "products": [],
        "tags": [],
        "response_minutes": 60,
        "resolution_minutes": 600,
        "clock": "plain",
        "ladder": DEFAULT_LADDER,
        **changes,
    }


@pytest.fixture
def policy(admin: Any) -> Callable[..., SlaPolicy]:
    def make(policy_id: int | None = None, **changes: Any) -> SlaPolicy:
        return policy_save(policy_id=policy_id, rules=rules(**changes), actor=actor(admin))

    return make


@pytest.fixture
def open_ticket(lisi: Any) -> Callable[..., Any]:
    """Reported by its customer, so that nobody has answered yet."""
    from customers.actors import Entry, customer_actor
    from tests.factories import CustomerFactory
    from tickets import actions

    def make(assignee: Any = lisi, **fields: Any) -> Any:
        customer = fields.pop("customer", None) or CustomerFactory(name="张三", company="")
        ticket = actions.ticket_create(
            customer=customer,
            description=fields.pop("description", "服务器无法连接"),
            actor=customer_actor(customer, Entry.WEB),
            **fields,
        )
        if assignee is not None:
            ticket.assignee = assignee
            ticket.status = "assigned"
            ticket.save(update_fields=["assignee", "status"])
        return ticket

    return make
