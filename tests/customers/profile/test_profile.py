"""All that is known of a customer, on one page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.api.roles import Role
from customers.models import (
    CustomerActivity,
    CustomerGroup,
    CustomerIdentifier,
    CustomerTag,
    Follower,
    FollowUp,
    FollowUpTask,
    GroupMember,
    MemberKind,
    Project,
    Stage,
    Tag,
    TagSource,
)
from customers.tasks.activity import hear_group_join
from messaging.models import ChannelType, Message
from tests.factories import CustomerFactory, TicketFactory, UserFactory
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db
CEILING = 32


def address(customer, part="profile"):
    return f"/api/v1/customers/{customer.pk}/{part}"


def live_through(customer, lisi, times):
    """Gives the customer `times` of everything."""
    now = timezone.now()
    for n in range(times):
        tag = Tag.objects.create(name=f"标签{customer.pk}-{n}")
        CustomerTag.objects.create(customer=customer, tag=tag, source=TagSource.WECOM)
        Follower.objects.create(customer=customer, wecom_user_id=f"member{n}", added_at=now)
        FollowUp.objects.create(
            customer=customer, content=f"第{n}次", owner=lisi, author=lisi, author_name="李四"
        )
        FollowUpTask.objects.create(customer=customer, owner=lisi, title=f"任务{n}", due_at=now)
        group = CustomerGroup.objects.create(chat_id=f"chat-{customer.pk}-{n}", name=f"群{n}")
        GroupMember.objects.create(
            group=group,
            customer=customer,
            member_id="wm",
            kind=MemberKind.EXTERNAL,
            joined_at=now,
        )
        Project.objects.create(
            customer=customer,
            name=f"项目{n}",
            stage=Stage.INSALE,
            won_at=now,
            amount=Decimal(30_000),
            owner=lisi,
        )
        TicketFactory(customer=customer, assignee=lisi, deadline=now - timedelta(hours=1))
        Message.objects.create(
            message_id=f"MSG{customer.pk}-{n}",
            channel=ChannelType.SMS,
            recipient="+8613800138000",
            customer=customer,
            due_at=now,
        )
        CustomerActivity.objects.create(
            customer=customer, date=timezone.localdate(now) - timedelta(days=n), count=2
        )


def test_a_profile_tells_everything_at_once(api, lisi):
    customer = CustomerFactory(
        name="张三", follow_user=lisi, last_active_at=timezone.now() - timedelta(days=3)
    )
    CustomerIdentifier.objects.create(
        customer=customer, channel="WECHAT", address="o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
    )
    CustomerIdentifier.objects.create(customer=customer, channel="EMAIL", address="zs@example.com")
    live_through(customer, lisi, 2)

    found = api(lisi).get(address(customer)).json()

    assert found["id"] == customer.pk
    assert found["attributes"]["name"] == "张三"
    assert found["owner"]["name"] == "李四"
    assert {row["address"] for row in found["identifiers"]} == {"o6_b****fL2M", "z***@example.com"}
    assert found["tags"][0]["source"] == "wecom"
    activity = found["activity"]
    assert (activity["recency_days"], activity["frequency_30"]) == (3, 4)
    assert activity["value"] == "60000.00"
    assert activity["levels"] == {"recency": 5, "frequency": 2, "value": 4}
    assert found["projects"]["won_amount"] == "60000.00"
    assert found["tickets"]["total"] == found["tickets"]["overdue"] == 2
    assert found["tickets"]["recent"][0]["assigned_to_name"] == "李四"
    assert found["messages"]["recent"][0]["channel"] == "SMS"
    assert found["chats"] == []
    assert found["follow_ups"]["total"] == len(found["tasks"]) == len(found["groups"]) == 2
    overdue = [row for row in found["risk"]["reasons"] if row["code"] == "ticket_overdue"]
    assert overdue[0]["points"] == 20
    assert "2 个工单已超时" in overdue[0]["evidence"]


def test_a_profile_costs_the_same_however_much_there_is(api, lisi, settings_read_once):
    one, many = CustomerFactory(follow_user=lisi), CustomerFactory(follow_user=lisi)
    live_through(one, lisi, 1)
    live_through(many, lisi, 15)
    counts = []
    for customer in (one, many):
        with CaptureQueriesContext(connection) as queries:
            assert api(lisi).get(address(customer)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= CEILING


@pytest.mark.parametrize("part", ["profile", "timeline", "risk"])
def test_only_the_team_may_look_and_only_at_its_own(api, admin, lisi, wangwu, part):
    customer = CustomerFactory(follow_user=lisi)
    herself = UserFactory(role=Role.CUSTOMER, customer=customer)
    statuses = [
        api(user).get(address(customer, part)).status_code
        for user in (None, herself, wangwu, lisi, admin)
    ]
    assert statuses == [401, 403, 404, 200, 200]


def test_a_customer_who_never_acted_has_the_lowest_levels(api, admin):
    customer = CustomerFactory(follow_user=None)
    activity = api(admin).get(address(customer)).json()["activity"]
    assert activity["recency_days"] is None
    assert set(activity["levels"].values()) == {1}


def test_a_customers_own_words_count_as_activity_and_colleagues_words_do_not(api, lisi, run_outbox):
    customer = CustomerFactory(follow_user=lisi)
    herself = UserFactory(role=Role.CUSTOMER, customer=customer)
    made = api(lisi).post(
        "/api/tickets", {"description": "连不上", "customer_id": customer.pk}, format="json"
    )
    reply = f"/api/tickets/{made.json()['id']}/reply"
    api(herself).post(reply, {"content": "还是不行"}, format="json")
    api(lisi).post(reply, {"content": "在看", "visibility": "public"}, format="json")
    run_outbox()
    assert CustomerActivity.objects.get(customer=customer).count == 2
    customer.refresh_from_db()
    assert customer.last_active_at is not None


def test_joining_a_group_counts_on_its_own_day_and_once(lisi):
    old, new = CustomerFactory(follow_user=lisi), CustomerFactory(follow_user=lisi)
    group = CustomerGroup.objects.create(chat_id="wr1")
    now = timezone.now()
    for customer, at in ((old, now - timedelta(days=400)), (new, now)):
        GroupMember.objects.create(
            group=group,
            customer=customer,
            member_id=f"wm{customer.pk}",
            kind=MemberKind.EXTERNAL,
            joined_at=at,
        )
    envelope = {
        "eventId": "e1",
        "type": "customer.group.joined",
        "data": {"group_id": group.pk, "member_ids": [f"wm{old.pk}", f"wm{new.pk}", "lisi"]},
    }
    for _ in range(2):
        hear_group_join(envelope)
    found = dict(CustomerActivity.objects.values_list("customer", "date"))
    assert found == {
        old.pk: timezone.localdate(now - timedelta(days=400)),
        new.pk: timezone.localdate(now),
    }
    assert set(CustomerActivity.objects.values_list("count", flat=True)) == {1}


def test_tickets_that_are_done_are_not_open(api, lisi):
    customer = CustomerFactory(follow_user=lisi)
    TicketFactory(customer=customer, status=TicketStatus.RESOLVED, resolved_at=timezone.now())
    tickets = api(lisi).get(address(customer)).json()["tickets"]
    assert (tickets["total"], tickets["open"], tickets["resolved"]) == (1, 0, 1)
