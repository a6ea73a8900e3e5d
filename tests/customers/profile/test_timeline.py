"""One stream of what happened, newest first, page by page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actions.follow_ups import follow_up_create
from customers.models import (
    CustomerEvent,
    CustomerEventKind,
    CustomerGroup,
    FollowUp,
    GroupMember,
    MemberKind,
    Project,
    ProjectEvent,
)
from messaging.models import ChannelType, Message
from tests.factories import CustomerFactory, TicketFactory, actor
from tickets.actions import ticket_reply

pytestmark = pytest.mark.django_db


def read(client, customer, **query):
    answer = client.get(f"/api/v1/customers/{customer.pk}/timeline", query)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def read_all(client, customer, size, **query):
    pages, cursor = [], ""
    while cursor is not None:
        page = read(client, customer, cursor=cursor, size=size, **query)
        pages.append(page["list"])
        cursor = page["next_cursor"]
        assert len(pages) < 100
    return pages


@pytest.fixture
def busy(lisi):
    """A customer with 42 things of seven sources, many of them at one and the same moment."""
    customer = CustomerFactory(follow_user=lisi)
    project = Project.objects.create(customer=customer, name="ERP")
    group = CustomerGroup.objects.create(chat_id="wr1", name="老客户群")
    ticket = TicketFactory(customer=customer)
    moment = timezone.now() - timedelta(days=1)
    for n in range(6):
        at = moment if n < 4 else moment - timedelta(hours=n)
        CustomerEvent.objects.create(
            customer=customer, kind=CustomerEventKind.UPDATED, actor_name="李四", entry="api"
        )
        FollowUp.objects.create(customer=customer, content=f"第{n}次", author_name="李四")
        ProjectEvent.objects.create(
            project=project, sequence=n, kind="progress", actor_name="李四", entry="api"
        )
        ticket_reply(ticket_id=ticket.pk, content=f"回复{n}", actor=actor(lisi))
        Message.objects.create(
            message_id=f"MSG{n}",
            channel=ChannelType.SMS,
            recipient="x",
            customer=customer,
            due_at=at,
        )
        GroupMember.objects.create(
            group=group,
            customer=customer,
            member_id=f"wm{n}",
            kind=MemberKind.EXTERNAL,
            joined_at=at,
            left_at=at,
        )
    for model in (CustomerEvent, FollowUp, Message):
        model.objects.filter(customer=customer).update(created_at=moment)
    ProjectEvent.objects.update(created_at=moment)
    ticket.events.update(created_at=moment)
    return customer


@pytest.mark.parametrize("size", [1, 4, 200])
def test_pages_neither_repeat_nor_skip_though_many_things_share_a_moment(api, lisi, busy, size):
    pages = read_all(api(lisi), busy, size)
    entries = [entry for page in pages for entry in page]
    keys = [entry["id"] for entry in entries]
    assert len(keys) == len(set(keys)) == 42
    times = [entry["at"] for entry in entries]
    assert times == sorted(times, reverse=True)
    assert keys == [entry["id"] for page in read_all(api(lisi), busy, 7) for entry in page]


def test_what_happens_while_reading_does_not_shift_the_pages(api, lisi, busy):
    first = read(api(lisi), busy, size=10)
    follow_up_create(customer_id=busy.pk, content="刚刚", actor=actor(lisi))
    second = read(api(lisi), busy, size=10, cursor=first["next_cursor"])
    assert not {row["id"] for row in first["list"]} & {row["id"] for row in second["list"]}
    assert read(api(lisi), busy, size=1)["list"][0]["content"] == "刚刚"


def test_a_kind_is_chosen_and_an_unknown_one_refused(api, lisi, busy):
    kinds = {
        row["kind"] for row in read(api(lisi), busy, size=200, kind="follow_up,ticket")["list"]
    }
    assert kinds == {"follow_up", "ticket"}
    assert len(read(api(lisi), busy, size=200, kind="group")["list"]) == 12
    for query in ({"kind": "gossip"}, {"cursor": "???"}, {"cursor": "MXwyfDM"}, {"size": 201}):
        answer = api(lisi).get(f"/api/v1/customers/{busy.pk}/timeline", query)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == next(iter(query))


def test_a_page_costs_one_query_a_source(api, lisi, busy, settings_read_once):
    counts = []
    for size in (1, 200):
        with CaptureQueriesContext(connection) as queries:
            read(api(lisi), busy, size=size)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
