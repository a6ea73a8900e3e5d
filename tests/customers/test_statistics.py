"""`GET /api/v1/statistics/customers`: every day, from kept rows or counted now (contract.md §3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.api.roles import Role
from customers.actions.activity import activity_record
from customers.actions.standing import customer_delete, customer_mark_lost, customer_restore
from customers.models import Customer, CustomerEvent, DailyCustomerStatistic
from customers.tasks.statistics import keep_daily_statistics
from tests.factories import CustomerFactory, UserFactory, actor

pytestmark = pytest.mark.django_db


def figures(client, days=7):
    response = client.get(f"/api/v1/statistics/customers?days={days}")
    assert response.status_code == 200, response.content
    return response.json()


def column(rows, name):
    return [row[name] for row in rows]


@pytest.fixture
def week(lisi, wangwu, admin):
    """Ten days ago one, five days ago two, today one; of the five days old one lost, one deleted."""
    now, boss = timezone.now(), actor(admin)
    old = CustomerFactory(follow_user=lisi)
    two = CustomerFactory.create_batch(2, follow_user=wangwu, channel="website")
    CustomerFactory(follow_user=None)
    for customers, ago in (([old], 10), (two, 5)):
        pks = [customer.pk for customer in customers]
        Customer.objects.filter(pk__in=pks).update(created_at=now - timedelta(days=ago))
    customer_mark_lost(customer_id=two[0].pk, actor=boss, reason="")
    customer_delete(customer_id=two[1].pk, actor=boss)
    CustomerEvent.objects.update(created_at=now - timedelta(days=2))
    activity_record(customer_ids=[old.pk, two[0].pk], at=now - timedelta(days=2))
    activity_record(customer_ids=[old.pk], at=now)
    return two


@pytest.mark.parametrize("is_kept", [False, True])
def test_growth_and_activity_by_day(week, api, admin, is_kept):
    if is_kept:
        keep_daily_statistics()
        assert DailyCustomerStatistic.objects.count() == 7
    found = figures(api(admin))
    assert column(found["growth"], "total") == [1, 3, 3, 3, 2, 2, 3]
    assert column(found["growth"], "new") == [0, 2, 0, 0, 0, 0, 1]
    assert column(found["growth"], "lost") == [0, 0, 0, 0, 1, 0, 0]
    assert column(found["active"], "count") == [0, 0, 0, 0, 2, 0, 1]
    assert found["growth"][-1]["date"] == timezone.localdate().isoformat()
    assert {key: found[key] for key in ("total", "new", "lost", "deleted", "active_customers")} == {
        "total": 3,
        "new": 3,
        "lost": 1,
        "deleted": 1,
        "active_customers": 2,
    }
    assert {row["channel"]: row["count"] for row in found["by_channel"]}["website"] == 1
    assert sorted(column(found["by_owner"], "count")) == [1, 1, 1]


def test_a_restored_customer_counts_again(week, api, admin):
    customer_restore(customer_id=week[1].pk, actor=actor(admin))
    assert column(figures(api(admin))["growth"], "total") == [1, 3, 3, 3, 2, 2, 4]


def test_what_is_kept_is_not_counted_again(week, api, admin, django_assert_max_num_queries):
    keep_daily_statistics()
    day = timezone.localdate() - timedelta(days=3)
    DailyCustomerStatistic.objects.filter(date=day).update(new=40)
    with django_assert_max_num_queries(12):
        assert 40 in column(figures(api(admin))["growth"], "new")
    keep_daily_statistics()
    assert DailyCustomerStatistic.objects.get(date=day).new == 40


def test_staff_count_their_own(week, api, lisi):
    found = figures(api(lisi))
    assert (found["total"], column(found["growth"], "total")) == (1, [1] * 7)
    assert column(found["active"], "count") == [0, 0, 0, 0, 1, 0, 1]
    assert column(found["by_owner"], "follow_user") == ["李四"]


def test_nobody_yet_is_zeros(api, admin):
    assert column(figures(api(admin), 366)["growth"], "total") == [0] * 366


def test_days_have_bounds_and_customers_no_statistics(api, admin):
    for days in ("0", "367", "x", "-1", "9" * 5000):
        wrong = api(admin).get(f"/api/v1/statistics/customers?days={days}")
        assert wrong.json()["errors"][0]["attr"] == "days"
    client = api(UserFactory(role=Role.CUSTOMER))
    assert client.get("/api/v1/statistics/customers").status_code == 403
