"""A warning is raised once, watched, and judged later."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.api.roles import Role
from config.events.models import OutboxEntry
from config.runtime import store
from customers.actions.block import customer_block
from customers.actions.follow_ups import follow_up_create
from customers.actions.risk import risk_evaluate
from customers.actions.standing import (
    customer_delete,
    customer_mark_lost,
    customer_mark_recovered,
)
from customers.actors import system_actor
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    Follower,
    FollowerStatus,
    FollowUpTask,
    RiskWarning,
    TaskStatus,
)
from customers.tasks.risk import evaluate_everybody
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor

pytestmark = pytest.mark.django_db


def deleted_by_customer(owner, **fields):
    """A customer who has just deleted the only colleague."""
    customer = CustomerFactory(follow_user=owner, **{"last_active_at": timezone.now(), **fields})
    Follower.objects.create(
        customer=customer,
        user=owner,
        wecom_user_id=owner.wecom_user_id,
        status=FollowerStatus.REMOVED_BY_CUSTOMER,
        removed_at=timezone.now(),
    )
    return customer


def befriend(customer):
    Follower.objects.filter(customer=customer).update(status=FollowerStatus.ACTIVE, removed_at=None)


def raised_events():
    return list(OutboxEntry.objects.filter(name="customer.risk.raised").order_by("id"))


def outcome(customer):
    return RiskWarning.objects.filter(customer=customer).latest("id").outcome


def test_a_warning_tells_the_owner_and_gives_a_task_with_a_date(lisi):
    customer = deleted_by_customer(lisi, name="张三")
    assert risk_evaluate(customer_ids=[customer.pk]) == 1
    customer.refresh_from_db()
    assert (customer.risk_score, customer.risk_level) == (70, "high")
    warning = RiskWarning.objects.get(customer=customer)
    assert warning.reasons[0]["code"] == "removed_by_customer"
    assert warning.alerted_at is not None
    task = warning.follow_up_task
    assert (task.owner, task.status) == (lisi, TaskStatus.OPEN)
    assert timedelta(hours=23) < task.due_at - timezone.now() <= timedelta(hours=24)
    (event,) = raised_events()
    data = event.payload["data"]
    assert data["warning_id"] == warning.pk
    assert (data["score"], data["level"], data["owner_user_id"]) == (70, "high", lisi.pk)
    assert "张三" in data["text"]
    assert "删除了成员 李四" in data["text"]
    assert CustomerEvent.objects.filter(customer=customer, kind=CustomerEventKind.RISK).exists()


def test_it_is_told_once_and_grows_with_the_score(lisi):
    customer = deleted_by_customer(lisi)
    for _ in range(2):
        risk_evaluate(customer_ids=[customer.pk])
    TicketFactory(customer=customer, deadline=timezone.now() - timedelta(hours=1))
    assert risk_evaluate(customer_ids=[customer.pk]) == 0
    assert RiskWarning.objects.get(customer=customer).score == 80
    assert len(raised_events()) == 1
    assert FollowUpTask.objects.count() == 1


def test_the_level_that_warns_is_a_setting(lisi, admin):
    customer = CustomerFactory(last_active_at=timezone.now() - timedelta(days=45))
    assert risk_evaluate(customer_ids=[customer.pk]) == 0
    store.change(key="risk.alert_level", value="low", actor=admin)
    store.forget_snapshot()
    assert risk_evaluate(customer_ids=[customer.pk]) == 1


def test_lost_after_the_warning_is_a_hit(lisi, run_outbox):
    customer = deleted_by_customer(lisi)
    risk_evaluate(customer_ids=[customer.pk])
    customer_mark_lost(customer_id=customer.pk, actor=system_actor(), reason="不再合作")
    run_outbox()
    assert outcome(customer) == "hit"
    assert RiskWarning.objects.count() == 1


def test_safe_again_is_saved_when_somebody_turned_to_them_and_else_a_false_alarm(lisi):
    helped, left_alone = deleted_by_customer(lisi), deleted_by_customer(lisi)
    both = [helped.pk, left_alone.pk]
    assert risk_evaluate(customer_ids=both) == 2
    follow_up_create(customer_id=helped.pk, content="已致电，重新添加", actor=actor(lisi))
    for customer in (helped, left_alone):
        befriend(customer)
    risk_evaluate(customer_ids=both)
    assert (outcome(helped), outcome(left_alone)) == ("saved", "missed")
    assert not FollowUpTask.objects.filter(status=TaskStatus.OPEN).exists()


def test_neither_lost_nor_safe_within_the_horizon_is_a_false_alarm_and_quiet_follows(lisi):
    customer = deleted_by_customer(lisi)
    risk_evaluate(customer_ids=[customer.pk])
    long_ago = timezone.now() - timedelta(days=61)
    RiskWarning.objects.update(raised_at=long_ago)
    assert risk_evaluate(customer_ids=[customer.pk]) == 0
    assert outcome(customer) == "missed"
    assert risk_evaluate(customer_ids=[customer.pk]) == 0, "not again the next night"
    RiskWarning.objects.update(settled_at=timezone.now() - timedelta(days=31))
    assert risk_evaluate(customer_ids=[customer.pk]) == 1


def test_who_is_lost_already_asks_to_be_won_back_and_proves_nothing(api, admin, lisi, run_outbox):
    customer = CustomerFactory(follow_user=lisi, last_active_at=timezone.now())
    customer_mark_lost(customer_id=customer.pk, actor=system_actor(), reason="对账未见")
    run_outbox()
    assert RiskWarning.objects.get(customer=customer).reasons[0]["code"] == "lost"
    customer_mark_recovered(customer_id=customer.pk, actor=actor(lisi))
    run_outbox()
    assert outcome(customer) == "saved"
    found = api(admin).get("/api/v1/risks/accuracy").json()
    assert (found["late"], found["losses"], found["unwarned"]) == (1, 1, 1)
    assert found["overall"]["total"] == 0


def test_a_change_brings_the_score_up_to_date_without_waiting_for_the_night(lisi, run_outbox):
    customer = CustomerFactory(follow_user=lisi, last_active_at=timezone.now())
    customer_block(customer_id=customer.pk, reason="骚扰", actor=actor(lisi))
    run_outbox()
    customer.refresh_from_db()
    assert (customer.risk_score, customer.risk_level) == (40, "medium")


def test_the_night_looks_at_everybody_with_queries_that_no_customer_adds_to(
    lisi, run_outbox, settings_read_once
):
    few = [deleted_by_customer(lisi).pk for _ in range(2)]
    counts = []
    with CaptureQueriesContext(connection) as queries:
        assert risk_evaluate(customer_ids=few) == 2
    counts.append(len(queries))
    many = [deleted_by_customer(lisi).pk for _ in range(20)]
    with CaptureQueriesContext(connection) as queries:
        assert risk_evaluate(customer_ids=many) == 20
    counts.append(len(queries))
    assert counts[0] == counts[1]
    Customer.objects.update(risk_score=0, risk_level="none")
    evaluate_everybody()
    run_outbox()
    assert Customer.objects.filter(risk_level="high").count() == 22
    assert RiskWarning.objects.count() == 22


def test_a_colleague_settles_a_warning_once(api, lisi, wangwu, admin):
    customer = deleted_by_customer(lisi)
    risk_evaluate(customer_ids=[customer.pk])
    warning = RiskWarning.objects.get()
    address = f"/api/v1/risks/{warning.pk}/settle"
    body = {"outcome": "saved", "note": "已重新添加"}
    herself = UserFactory(role=Role.CUSTOMER, customer=customer)
    assert api(herself).post(address, body, format="json").status_code == 403
    assert api(wangwu).post(address, body, format="json").status_code == 404
    assert api(lisi).post(address, {"outcome": "open"}, format="json").status_code == 400
    answer = api(lisi).post(address, body, format="json")
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "saved"
    again = api(admin).post(address, body, format="json")
    assert again.status_code == 409
    assert "saved" in again.json()["errors"][0]["detail"]
    warning.refresh_from_db()
    assert warning.follow_up_task.status == TaskStatus.DONE
    assert CustomerEvent.objects.filter(content__contains="已重新添加").exists()


def test_the_hit_rate_is_told_by_level_and_by_signal(api, admin, lisi):
    customers = [deleted_by_customer(lisi) for _ in range(4)]
    risk_evaluate(customer_ids=[customer.pk for customer in customers])
    client = api(admin)
    for customer, ending in zip(customers, ["hit", "missed", "missed", "saved"], strict=True):
        warning = RiskWarning.objects.get(customer=customer)
        client.post(f"/api/v1/risks/{warning.pk}/settle", {"outcome": ending}, format="json")
    found = client.get("/api/v1/risks/accuracy", {"days": 30}).json()
    assert found["overall"] == {
        "total": 4, "open": 0, "hit": 1, "saved": 1, "missed": 2, "hit_rate": 0.3333,
    }  # fmt: skip
    assert found["by_level"][0]["level"] == "high"
    assert found["by_signal"][0]["code"] == "removed_by_customer"
    assert found["by_signal"][0]["label"] == "客户删除成员"
    assert api(lisi).get("/api/v1/risks/accuracy").status_code == 403
    assert client.get("/api/v1/risks/accuracy", {"days": 0}).status_code == 400


def test_a_deleted_customer_leaves_neither_score_nor_warning(lisi, run_outbox):
    customer = deleted_by_customer(lisi)
    risk_evaluate(customer_ids=[customer.pk])
    customer_delete(customer_id=customer.pk, actor=actor(lisi))
    run_outbox()
    customer.refresh_from_db()
    assert (customer.risk_score, customer.risk_level) == (0, "none")
    assert not RiskWarning.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_evaluations_at_once_warn_once(lisi):
    customer = deleted_by_customer(lisi)
    acts = [lambda: risk_evaluate(customer_ids=[customer.pk])] * 4
    assert all_at_once(acts) == []
    assert RiskWarning.objects.count() == FollowUpTask.objects.count() == len(raised_events()) == 1
