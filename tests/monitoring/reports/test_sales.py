"""The sales report's figures against the rows they are counted from."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    FollowUp,
    FollowUpTask,
    Project,
)
from tests.factories import CustomerFactory, ProjectFactory, UserFactory
from tests.monitoring.reports.conftest import at, in_sql, moved
from tickets.models import ChatGroup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march")]


def came(moment, **fields):
    return moved(CustomerFactory(**fields), created_at=moment)


@pytest.fixture
def work(lisi, wangwu):
    """Two weeks of two colleagues."""
    one = came(at(9, 0, 0), channel="wecom", follow_user=lisi, name="张三")
    came(at(15, 11), channel="wecom", follow_user=lisi)
    came(at(14, 23, 59), channel="kf", follow_user=wangwu, risk_score=80, risk_level="high")
    came(at(8, 23, 59), channel="website", follow_user=wangwu)
    came(at(2), channel="website")
    came(at(1, 23, 59), channel="website")
    for moment in (at(10), at(10, 13)):
        event = CustomerEvent.objects.create(
            customer=one, kind=CustomerEventKind.LOST, actor_name="系统", entry="system"
        )
        moved(event, created_at=moment)
    for author, moment in ((lisi, at(9)), (lisi, at(15, 0, 0)), (wangwu, at(12)), (lisi, at(8))):
        written = FollowUp.objects.create(customer=one, content="回访", author=author)
        moved(written, created_at=moment)
    for owner, status, due, done in (
        (lisi, "open", at(15, 11), None),
        (lisi, "open", at(15, 13), None),
        (wangwu, "done", at(9), at(9)),
        (wangwu, "done", at(1), at(1)),
    ):
        FollowUpTask.objects.create(
            customer=one, owner=owner, title="回访", status=status, due_at=due, done_at=done
        )
    ProjectFactory(customer=one, owner=lisi, created_at=at(9), amount=100)
    ProjectFactory(
        customer=one, owner=lisi, created_at=at(9), stage="insale", won_at=at(12), amount=250
    )
    ProjectFactory(
        customer=one, owner=wangwu, created_at=at(1), status="lost", closed_at=at(13), amount=70
    )
    return one


def test_the_figures_are_those_of_the_rows(read, work):
    found = read("sales")
    assert found.figures == {
        "new": 3,
        "lost": 1,
        "follow_ups": 3,
        "opened": 2,
        "won": 1,
        "amount": "250.00",
        "win_rate": 0.5,
        "overdue": 1,
        "at_risk": 1,
    }
    assert (found.before["new"], found.before["follow_ups"]) == (2, 1)
    assert found.change["new"] == 0.5
    assert found.before["overdue"] is None


def test_days_begin_at_midnight_in_shanghai(read, work):
    new = read("sales").column("by_day", "day", "new")
    assert list(new) == [f"2026-03-{day:02}" for day in range(9, 16)]
    assert [new[f"2026-03-{day:02}"] for day in (9, 14, 15)] == [1, 1, 1]
    assert read("sales", **{"from": "2026-03-08", "to": "2026-03-08"}).figures["new"] == 1


def test_what_plain_sql_counts_is_what_the_days_say(read, work):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM customers_customer WHERE created_at >= %s AND created_at < %s",
            [in_sql(at(9, 0)), in_sql(at(16, 0))],
        )
        (count,) = cursor.fetchone()
    found = read("sales")
    assert found.figures["new"] == count == sum(found.column("by_day", "day", "new").values())
    for table in ("by_channel", "by_owner"):
        assert sum(row["new"] for row in found.table(table)) == count


def test_owners_and_channels(read, work):
    found = read("sales")
    rows = {row["account"]: row for row in found.table("by_owner")}
    assert list(rows) == ["lisi", "wangwu"]
    lisi, wangwu = rows["lisi"], rows["wangwu"]
    assert (lisi["new"], lisi["follow_ups"], lisi["overdue"], lisi["done"]) == (2, 2, 1, 0)
    assert (lisi["opened"], lisi["won"], lisi["amount"]) == (2, 1, "250.00")
    assert (wangwu["new"], wangwu["done"], wangwu["lost"], wangwu["at_risk"]) == (1, 1, 1, 1)
    assert found.column("by_channel", "channel", "new")["企业微信"] == 2
    assert found.column("by_channel", "channel", "share")["微信客服"] == pytest.approx(1 / 3)


def test_stages_tell_how_far_the_new_ones_came(read, work):
    rows = {row["stage"]: row for row in read("sales").table("by_stage")}
    assert (rows["售前"]["created"], rows["售中"]["created"]) == (1, 1)
    assert rows["售前"]["conversion"] == 0.5
    # The lost one is going on no more.
    assert (rows["售前"]["open"], rows["售前"]["open_amount"]) == (1, "100.00")
    assert Decimal(rows["售中"]["open_amount"]) == 250


def test_it_is_narrowed_by_owner_group_and_channel(read, work, lisi, wangwu):
    assert read("sales", owner="wangwu").figures["new"] == 1
    assert read("sales", channel="wecom").figures["new"] == 2
    assert read("sales", channel="kf").figures["opened"] == 0
    group = ChatGroup.objects.create(name="销售一组")
    group.members.add(lisi)
    narrowed = read("sales", group=group.pk)
    assert (narrowed.figures["new"], narrowed.figures["won"]) == (2, 1)
    assert {row["account"] for row in narrowed.table("by_owner")} == {"lisi"}


def test_an_account_that_was_switched_off_is_still_reported(read, work, wangwu):
    wangwu.is_active = False
    wangwu.save()
    assert read("sales", owner="wangwu").figures["new"] == 1


def test_staff_count_their_own_customers_alone(read, work, lisi, wangwu):
    found = read("sales", lisi)
    assert found.figures["new"] == 2
    # Of 张三's, also what a colleague wrote; the colleague's other customers and tasks are not.
    assert found.figures["follow_ups"] == 3
    assert found.figures["at_risk"] == 0
    assert [row["customer"] for row in found.table("at_risk")] == []
    # Naming the colleague shows no more.
    assert read("sales", lisi, owner="wangwu").figures["new"] == 0
    assert read("sales", UserFactory()).figures["new"] == 0


def test_an_empty_span_is_told_with_zeros(read, work):
    found = read("sales", **{"from": "2025-03-01", "to": "2025-03-02"})
    assert found.figures["new"] == 0
    assert found.figures["win_rate"] is None
    assert found.change["new"] is None
    assert len(found.table("by_day")) == 2


def test_more_rows_ask_no_more(read, work, lisi, settings_read_once):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            read("sales", period="30d")
        return len(queries)

    few = asked()
    for number in range(30):
        customer = came(at(10), follow_user=UserFactory(), risk_score=50, risk_level="medium")
        ProjectFactory(customer=customer, owner=customer.follow_user, created_at=at(11))
        FollowUp.objects.create(customer=customer, content=f"{number}", author=customer.follow_user)
    assert asked() == few <= 30
    assert Customer.objects.count() == Project.objects.count() + 3
