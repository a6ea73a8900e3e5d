"""What is due is announced once, however many look for it at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from customers.actions.reminders import remind_due
from customers.models import FollowUp, FollowUpTask
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, UserFactory


def announced():
    rows = OutboxEntry.objects.filter(name__in=["customer.follow_up.due", "customer.task.due"])
    return [(row.name, row.payload["data"]) for row in rows.order_by("id")]


@pytest.fixture
def past():
    return timezone.now() - timedelta(minutes=1)


@pytest.mark.django_db
def test_due_follow_ups_and_tasks_are_announced_to_their_owners_once(lisi, past):
    customer = CustomerFactory(follow_user=lisi)
    call = FollowUp.objects.create(customer=customer, content="x", owner=lisi, next_at=past)
    job = FollowUpTask.objects.create(customer=customer, title="x", owner=lisi, due_at=past)
    assert remind_due() == 2
    assert remind_due() == 0
    (first, one), (second, other) = announced()
    assert (first, one["follow_up_id"]) == ("customer.follow_up.due", call.pk)
    assert (second, other["task_id"]) == ("customer.task.due", job.pk)
    assert one["owner_user_id"] == other["owner_user_id"] == lisi.pk
    assert one["reminded_at"] == other["reminded_at"]


@pytest.mark.django_db
def test_what_is_not_to_be_reminded_of(lisi, past):
    later = timezone.now() + timedelta(hours=1)
    customer = CustomerFactory()
    FollowUp.objects.create(customer=customer, content="later", next_at=later)
    FollowUp.objects.create(customer=customer, content="no date")
    FollowUp.objects.create(customer=customer, content="done", next_at=past, done_at=past)
    FollowUpTask.objects.create(customer=customer, title="done", due_at=past, status="done")
    blocked, deleted = CustomerFactory(blocked_at=past), CustomerFactory(status=0)
    FollowUp.objects.create(customer=blocked, content="x", next_at=past)
    FollowUp.objects.create(customer=deleted, content="x", next_at=past)
    assert remind_due() == 0
    assert announced() == []


@pytest.mark.django_db(transaction=True)
def test_scans_at_once_remind_once(past):
    owner = UserFactory()
    for customer in CustomerFactory.create_batch(15):
        FollowUp.objects.create(customer=customer, content="x", owner=owner, next_at=past)
    assert all_at_once([remind_due for _ in range(6)]) == []
    assert len(announced()) == 15
    assert FollowUp.objects.values("reminded_at").distinct().count() == 1
