"""Each point of a score is shown with its evidence."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.api.roles import Role
from config.runtime import store
from customers.models import (
    CustomerActivity,
    CustomerStatus,
    Follower,
    FollowerStatus,
    Handover,
    HandoverItem,
    HandoverState,
)
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tickets.actions import ticket_reply
from tickets.models import TicketEvent
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def risk_of(api, admin):
    def ask(customer):
        found = api(admin).get(f"/api/v1/customers/{customer.pk}/risk").json()
        assert found["score"] == min(sum(row["points"] for row in found["reasons"]), 100)
        return found

    return ask


def codes(found):
    return {row["code"] for row in found["reasons"]}


def fresh(**fields):
    return CustomerFactory(**{"last_active_at": timezone.now(), **fields})


def lose_friend(customer, user, status, **fields):
    return Follower.objects.create(
        customer=customer,
        user=user,
        wecom_user_id=user.wecom_user_id,
        status=status,
        **{"removed_at": ago(2), **fields},
    )


def test_a_customer_who_is_fine_has_no_points(risk_of):
    assert risk_of(fresh()) == {"score": 0, "level": "none", "reasons": [], "warning": None}


def test_who_deleted_the_only_colleague_is_at_high_risk_and_the_sentence_says_when(risk_of, lisi):
    customer = fresh()
    lose_friend(customer, lisi, FollowerStatus.REMOVED_BY_CUSTOMER)
    found = risk_of(customer)
    assert (found["score"], found["level"]) == (70, "high")
    day = f"{timezone.localtime(ago(2)):%Y-%m-%d}"
    assert found["reasons"][0]["evidence"] == f"{day} 客户删除了成员 李四，已不是任何成员的好友"


def test_another_friend_in_the_company_halves_it(risk_of, lisi, wangwu):
    customer = fresh()
    lose_friend(customer, lisi, FollowerStatus.REMOVED_BY_CUSTOMER)
    Follower.objects.create(customer=customer, user=wangwu, wecom_user_id="wangwu")
    assert risk_of(customer)["score"] == 35


def test_what_our_own_hand_over_deleted_is_no_risk(risk_of, lisi, wangwu, admin):
    transferred, told_late, deleted = fresh(), fresh(), fresh()
    lose_friend(transferred, lisi, FollowerStatus.TRANSFERRED)
    lose_friend(told_late, lisi, FollowerStatus.REMOVED_BY_STAFF)
    case = Handover.objects.create(
        from_user=lisi, candidates=[wangwu.pk], reason="on_job", created_by=admin
    )
    HandoverItem.objects.create(
        handover=case,
        customer=told_late,
        to_user=wangwu,
        state=HandoverState.DONE,
        submitted_at=ago(3),
    )
    lose_friend(deleted, lisi, FollowerStatus.REMOVED_BY_STAFF)
    assert [codes(risk_of(each)) for each in (transferred, told_late, deleted)] == [
        set(),
        set(),
        {"removed_by_staff"},
    ]


@pytest.mark.parametrize(("days", "points"), [(29, 0), (31, 20), (61, 30), (400, 40)])
def test_silence_counts_from_the_setting_on_and_grows(risk_of, days, points):
    found = risk_of(fresh(last_active_at=ago(days)))
    assert found["score"] == points
    if points:
        assert f"已 {days} 天没有互动" in found["reasons"][0]["evidence"]
        assert "设定 30 天" in found["reasons"][0]["evidence"]


def test_the_setting_decides_how_long_silence_may_last(risk_of, admin):
    customer = fresh(last_active_at=ago(10))
    store.change(key="risk.silent_days", value=7, actor=admin)
    assert codes(risk_of(customer)) == {"silent"}


def test_silence_is_measured_by_the_customers_own_rhythm_too(risk_of):
    """Every other day for two weeks, and now twelve days of nothing: far below the setting."""
    lively, calm = fresh(last_active_at=ago(12)), fresh(last_active_at=ago(12))
    today = timezone.localdate()
    for back in range(12, 28, 2):
        CustomerActivity.objects.create(customer=lively, date=today - timedelta(days=back), count=1)
    for back in (12, 32, 52, 72):
        CustomerActivity.objects.create(customer=calm, date=today - timedelta(days=back), count=1)
    (reason,) = risk_of(lively)["reasons"]
    assert reason["code"] == "off_rhythm"
    assert "平均每 2.0 天互动一次，现已 12 天" in reason["evidence"]
    assert risk_of(calm)["score"] == 0


@pytest.mark.parametrize(("recent", "points"), [(10, 0), (5, 15), (1, 25)])
def test_falling_activity_compares_thirty_days_with_the_thirty_before(risk_of, recent, points):
    customer = fresh()
    today = timezone.localdate()
    for back, count in ((1, recent), (40, 10)):
        CustomerActivity.objects.create(
            customer=customer, date=today - timedelta(days=back), count=count
        )
    found = risk_of(customer)
    assert found["score"] == points
    if points:
        assert f"近 30 天互动 {recent} 次，之前 30 天 10 次" in found["reasons"][0]["evidence"]


def test_blocked_and_lost_customers_are_not_blamed_for_silence(risk_of):
    blocked = fresh(last_active_at=ago(90), blocked_at=ago(1))
    lost = fresh(last_active_at=ago(90), status=CustomerStatus.LOST, lost_at=ago(1))
    assert (codes(risk_of(blocked)), codes(risk_of(lost))) == ({"blocked"}, {"lost"})


def test_tickets_add_what_went_wrong_with_them(risk_of, api, lisi):
    customer = fresh(follow_user=lisi)
    herself = UserFactory(role=Role.CUSTOMER, customer=customer)
    ticket = TicketFactory(
        customer=customer,
        assignee=lisi,
        status=TicketStatus.RESOLVED,
        resolved_at=timezone.now(),
    )
    move = {"status": "processing", "reason": "没有解决"}
    assert (
        api(lisi).post(f"/api/tickets/{ticket.pk}/transition", move, format="json").status_code
        == 200
    )
    event = ticket_reply(ticket_id=ticket.pk, content="人呢", actor=actor(herself))
    TicketEvent.objects.filter(pk=event.pk).update(created_at=ago(2))
    ticket.refresh_from_db()
    type(ticket).objects.filter(pk=ticket.pk).update(deadline=ago(1))
    found = risk_of(customer)
    assert codes(found) == {"ticket_overdue", "ticket_reopened", "ticket_unanswered"}
    assert found["score"] == 10 + 10 + 15
    ticket_reply(ticket_id=ticket.pk, content="来了", actor=actor(lisi))
    assert "ticket_unanswered" not in codes(risk_of(customer))


def test_a_list_asks_each_signal_once_for_all(api, admin, lisi, settings_read_once):
    for _ in range(3):
        customer = fresh(risk_score=70, risk_level="high")
        lose_friend(customer, lisi, FollowerStatus.REMOVED_BY_CUSTOMER)
    counts = []
    for size in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            page = api(admin).get("/api/v1/customers/risks", {"size": size}).json()
        assert all(row["reasons"] for row in page["list"])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
