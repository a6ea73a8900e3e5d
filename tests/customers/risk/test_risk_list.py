"""Who is at risk, filtered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.api.roles import Role
from customers.models import CustomerStatus, Follower, FollowerStatus
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/customers/risks"


@pytest.fixture
def five(lisi, wangwu):
    now = timezone.now()
    ago = timedelta(days=40)
    people = {
        "lost": CustomerFactory(
            name="流失", status=CustomerStatus.LOST, lost_at=now, risk_score=70, risk_level="high",
            last_active_at=now, follow_user=lisi,
        ),
        "by_customer": CustomerFactory(name="被删", risk_score=35, risk_level="low",
            last_active_at=now, follow_user=lisi),
        "by_staff": CustomerFactory(name="删人", risk_score=70, risk_level="high",
            last_active_at=now, follow_user=wangwu),
        "blocked": CustomerFactory(name="拉黑", blocked_at=now - ago, last_active_at=now),
        "silent": CustomerFactory(name="沉默", last_active_at=now - ago, follow_user=lisi),
        "fine": CustomerFactory(name="正常", last_active_at=now, follow_user=lisi),
    }  # fmt: skip
    for name, status in (
        ("by_customer", FollowerStatus.REMOVED_BY_CUSTOMER),
        ("by_staff", FollowerStatus.REMOVED_BY_STAFF),
    ):
        Follower.objects.create(
            customer=people[name], wecom_user_id="lisi", status=status, removed_at=now - ago
        )
    return people


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"流失", "被删", "删人"}),
        ({"kind": "churn"}, {"流失", "删人"}),
        ({"kind": "deleted_by_customer"}, {"被删"}),
        ({"kind": "deleted_by_staff"}, {"删人"}),
        ({"kind": "deleted_by_staff", "days": 30}, set()),
        ({"kind": "blocked"}, {"拉黑"}),
        ({"kind": "blocked", "days": 30}, set()),
        ({"kind": "silent"}, {"沉默"}),
        ({"kind": "silent", "days": 50}, set()),
        ({"level": "low"}, {"被删"}),
    ],
)
def test_each_kind_of_risk_has_its_list(api, admin, five, query, names):
    page = api(admin).get(ADDRESS, query).json()
    assert {row["customer"]["name"] for row in page["list"]} == names
    assert page["total"] == len(names)


def test_the_riskiest_come_first_each_with_reasons_and_owners_are_filtered(api, admin, five, lisi):
    rows = api(admin).get(ADDRESS, {"owner": lisi.pk}).json()["list"]
    assert [row["customer"]["name"] for row in rows] == ["流失", "被删"]
    assert rows[0]["customer"]["follow_user_name"] == "李四"
    assert rows[1]["reasons"][0]["code"] == "removed_by_customer"


def test_staff_find_their_own_only_and_customers_nothing(api, wangwu, five):
    rows = api(wangwu).get(ADDRESS).json()["list"]
    assert [row["customer"]["name"] for row in rows] == ["删人"]
    herself = UserFactory(role=Role.CUSTOMER, customer=five["fine"])
    assert api(herself).get(ADDRESS).status_code == 403
    assert api().get(ADDRESS).status_code == 401


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "gossip"), ("level", "none"), ("owner", "9" * 30), ("days", "-1"), ("page", "x")],
)
def test_what_makes_no_sense_is_refused_by_name(api, admin, name, value):
    answer = api(admin).get(ADDRESS, {name: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == name
