"""What tickets and messages add to the language of conditions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.conditions import customers_matching, parse
from customers.models import Customer
from messaging.models import Message
from tests.factories import CustomerFactory, TicketFactory

pytestmark = pytest.mark.django_db


def leaf(field, op, value, **params):
    return {"field": field, "op": op, "value": value, **params}


@pytest.fixture
def people():
    now = timezone.now()
    ann, bob = CustomerFactory(name="安"), CustomerFactory(name="波")
    CustomerFactory(name="无")
    TicketFactory(customer=ann, priority="urgent", product="网关", deadline=now - timedelta(1))
    TicketFactory(customer=ann)
    TicketFactory(customer=bob, status="resolved", resolved_at=now)
    for number, (customer, status) in enumerate(
        ((ann, "sent"), (ann, "read"), (bob, "failed"), (None, "sent"))
    ):
        Message.objects.create(
            message_id=f"MSG{number}",
            channel="SMS",
            recipient="+8613800138000",
            customer=customer,
            status=status,
            due_at=now,
            sent_at=now if status != "failed" else None,
        )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (leaf("tickets.open", "gte", 2), "安"),
        (leaf("tickets.open", "gte", 1, priority="urgent"), "安"),
        (leaf("tickets.open", "eq", 0), "无波"),
        (leaf("tickets.count", "gte", 1, days=7), "安波"),
        (leaf("tickets.count", "gte", 1, days=7, status="resolved"), "波"),
        (leaf("tickets.last", "within_days", 1), "安波"),
        (leaf("tickets.last", "is_empty", True), "无"),
        (leaf("tickets.overdue", "eq", True), "安"),
        (leaf("tickets.priority", "has_any", ["urgent", "high"]), "安"),
        (leaf("tickets.product", "contains", "网"), "安"),
        (leaf("messages.sent", "gte", 2, days=7), "安"),
        (leaf("messages.sent", "lt", 2, days=7, channel="SMS"), "无波"),
        (leaf("messages.sent", "gte", 1, days=7, channel="EMAIL"), ""),
        (leaf("messages.failed", "gte", 1, days=7), "波"),
        (leaf("messages.last", "within_days", 7), "安"),
        (leaf("messages.last", "is_empty", True, channel="SMS"), "无波"),
    ],
)
def test_tickets_and_messages_select_customers(
    people, condition, expected, django_assert_max_num_queries
):
    with django_assert_max_num_queries(1):
        found = list(customers_matching(parse(condition), Customer.objects.all()))
    assert "".join(sorted(customer.name for customer in found)) == expected
