"""`POST /api/v1/customers/transfer` over HTTP: customers who are no WeCom friends move at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerStatus,
    FollowUp,
    FollowUpTask,
    Handover,
    HandoverItem,
)
from tests.at_once import all_at_once
from tests.factories import (
    CustomerFactory,
    FollowerFactory,
    ProjectFactory,
    TicketFactory,
    UserFactory,
)
from tickets.models import TicketEvent

pytestmark = pytest.mark.django_db

URL = "/api/v1/customers/transfer"
SOON = timedelta(days=1)


def transfer(client, customers, **body):
    ids = [getattr(customer, "pk", customer) for customer in customers]
    fields = {"from_user": "lisi", "to_user": "wangwu", "reason": "on_job", **body}
    return client.post(URL, {"customer_ids": ids, **fields})


def statuses(response):
    assert response.status_code == 200, response.json()
    return [(row["status"], row["code"]) for row in response.json()["results"]]


def test_everything_open_of_a_customer_moves_with_them(api, admin, lisi, wangwu):
    customer = CustomerFactory(follow_user=lisi)
    open_ticket = TicketFactory(customer=customer, assignee=lisi, status="processing")
    done_ticket = TicketFactory(
        customer=customer, assignee=lisi, status="resolved", resolved_at=timezone.now()
    )
    others_ticket = TicketFactory(customer=customer, assignee=admin, status="assigned")
    project = ProjectFactory(customer=customer, owner=lisi, engineer=lisi)
    follow_up = FollowUp.objects.create(
        customer=customer,
        owner=lisi,
        content="回访",
        author_name="李四",
        next_at=timezone.now() + SOON,
        reminded_at=timezone.now(),
    )
    note = FollowUp.objects.create(
        customer=customer, owner=lisi, content="记一笔", author_name="李四"
    )
    task = FollowUpTask.objects.create(
        customer=customer, owner=lisi, title="发报价", due_at=timezone.now() + SOON
    )

    response = transfer(api(admin), [customer], message="王五接着为您服务")

    assert statuses(response) == [("done", "")]
    for row in (customer, open_ticket, done_ticket, others_ticket, project, follow_up, note, task):
        row.refresh_from_db()
    assert customer.follow_user == wangwu
    assert (open_ticket.assignee, open_ticket.status) == (wangwu, "assigned")
    assert (done_ticket.assignee, others_ticket.assignee) == (lisi, admin)
    assert (project.owner, project.engineer) == (wangwu, wangwu)
    assert (follow_up.owner, follow_up.reminded_at, note.owner) == (wangwu, None, lisi)
    assert task.owner == wangwu
    event = CustomerEvent.objects.get(customer=customer, kind="transferred")
    assert event.content == ("在职转移：李四 → 王五（一并移交：跟进 1、任务 1、项目 1、工单 1）")
    assert event.changes == {"follow_user": ["李四", "王五"]}
    assert "李四 → 王五" in TicketEvent.objects.get(ticket=open_ticket).content
    told = OutboxEntry.objects.get(name="customer.transferred").payload["data"]
    assert (told["from_user_id"], told["to_user_id"]) == (lisi.pk, wangwu.pk)
    assert told["moved"] == {"follow_ups": 1, "tasks": 1, "projects": 1, "tickets": 1}
    report = Handover.objects.get(pk=response.json()["handover_id"]).report
    assert report["states"] == {"done": 1}
    assert {row["name"]: row["count"] for row in report["moved"]}["tickets"] == 1


def test_each_customer_gets_an_answer_of_their_own(api, admin, lisi, wangwu):
    own = CustomerFactory(follow_user=lisi)
    friend = CustomerFactory(follow_user=lisi, external_userid="wmFriend")
    FollowerFactory(customer=friend, user=lisi)
    others = CustomerFactory(follow_user=admin)
    deleted = CustomerFactory(follow_user=lisi, status=CustomerStatus.DELETED)
    response = transfer(api(admin), [own, 10**15, friend, others, deleted, own])
    assert statuses(response) == [
        ("done", ""),
        ("failed", "not_found"),
        ("waiting", ""),
        ("skipped", "from_user_mismatch"),
        ("failed", "not_found"),
    ]
    assert [row["customer_id"] for row in response.json()["results"]][1] == 10**15
    again = transfer(api(admin), [friend])
    assert statuses(again) == [("skipped", "in_handover")]


def test_staff_hand_over_their_own_on_the_job_and_nothing_else(api, lisi, wangwu):
    mine = CustomerFactory(follow_user=lisi)
    by_work = CustomerFactory(follow_user=wangwu)
    TicketFactory(customer=by_work, assignee=lisi, status="assigned")
    foreign = CustomerFactory(follow_user=wangwu)
    response = transfer(api(lisi), [mine, by_work, foreign])
    assert statuses(response) == [
        ("done", ""),
        ("skipped", "from_user_mismatch"),
        ("failed", "not_found"),
    ]
    assert transfer(api(wangwu), [foreign]).status_code == 403
    assert transfer(api(lisi), [mine], reason="resigned").status_code == 403


def test_the_documents_camel_case_is_taken(api, admin, lisi, wangwu):
    customer = CustomerFactory(follow_user=lisi)
    body = {
        "customerIds": [customer.pk],
        "fromUser": lisi.pk,
        "toUser": wangwu.pk,
        "reason": "resigned",
    }
    response = api(admin).post(URL, body)
    assert statuses(response) == [("done", "")]
    assert Customer.objects.get().follow_user == wangwu


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"customer_ids": []}, "customer_ids"),
        ({"customer_ids": list(range(1, 1002))}, "customer_ids"),
        ({"customer_ids": ["x"]}, "customer_ids"),
        ({"customer_ids": [10**30]}, "customer_ids"),
        ({"from_user": "nobody"}, "from_user"),
        ({"from_user": {"id": 1}}, "from_user"),
        ({"to_user": "lisi"}, "to_user"),
        ({"to_user": 10**30}, "to_user"),
        ({"to_user": "left"}, "to_user"),
        ({"reason": "bored"}, "reason"),
        ({"message": "字" * 201}, "message"),
    ],
)
def test_what_is_wrong_is_named_and_moves_nobody(api, admin, lisi, wangwu, change, attr):
    UserFactory(username="left", resigned_at=timezone.now())
    customer = CustomerFactory(follow_user=lisi)
    response = transfer(api(admin), [customer], **change)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"].split(".")[0] == attr
    assert not Handover.objects.exists()
    customer.refresh_from_db()
    assert customer.follow_user == lisi


def test_a_customer_is_not_lost_by_a_hand_over_and_a_repeat_answers_the_same(
    api, admin, lisi, wangwu
):
    customer = CustomerFactory(follow_user=lisi, status=CustomerStatus.LOST)
    client = api(admin)
    body = {"customer_ids": [customer.pk], "from_user": "lisi", "to_user": "wangwu"}
    first = client.post(URL, {**body, "reason": "on_job"}, headers={"Idempotency-Key": "k"})
    again = client.post(URL, {**body, "reason": "on_job"}, headers={"Idempotency-Key": "k"})
    assert first.json() == again.json()
    assert Handover.objects.count() == 1
    customer.refresh_from_db()
    assert (customer.status, customer.follow_user) == (CustomerStatus.LOST, wangwu)


def test_a_thousand_at_once_take_a_bounded_number_of_queries(
    api, admin, lisi, wangwu, django_assert_max_num_queries
):
    customers = [CustomerFactory.build(follow_user=lisi) for _ in range(1000)]
    Customer.objects.bulk_create(customers)
    with django_assert_max_num_queries(420):
        response = transfer(api(admin), customers)
    assert {status for status, _ in statuses(response)} == {"done"}
    assert Customer.objects.filter(follow_user=wangwu).count() == 1000


@pytest.mark.django_db(transaction=True)
def test_two_transfers_at_once_move_each_customer_once(api, admin, lisi, wangwu):
    customers = [CustomerFactory(follow_user=lisi) for _ in range(5)]
    TicketFactory(customer=customers[0], assignee=lisi, status="assigned")
    third = UserFactory(username="zhaoliu")
    acts = [
        lambda to=to: transfer(api(admin), customers, to_user=to)
        for to in ("wangwu", third.username) * 2
    ]
    assert all_at_once(acts) == []
    assert HandoverItem.objects.filter(state="done").count() == 5
    assert CustomerEvent.objects.filter(kind="transferred").count() == 5
    assert len(set(Customer.objects.values_list("follow_user_id", flat=True))) == 1
