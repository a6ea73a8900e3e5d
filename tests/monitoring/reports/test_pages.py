"""`/admin/reports/`: who may read what, and a page that stands whatever it is asked."""

import pytest
from django.urls import reverse

from config.api.roles import Role
from monitoring.reports.registry import REPORTS
from tests.factories import CustomerFactory, TicketFactory, UserFactory
from tests.monitoring.reports.conftest import at, moved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march")]
NAMES = [report.name for report in REPORTS]


@pytest.fixture
def enter(client):
    def login(user, **fields):
        for name, value in fields.items():
            setattr(user, name, value)
        user.save()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login


def address(name: str) -> str:
    return reverse("reports:page", args=[name])


@pytest.mark.parametrize("name", NAMES)
def test_every_report_opens_empty_and_full(enter, admin, lisi, name):
    client = enter(admin)
    empty = client.get(address(name)).content.decode()
    assert "这段时间没有数据" in empty
    moved(CustomerFactory(follow_user=lisi), created_at=at(14))
    moved(TicketFactory(assignee=lisi, status="assigned"), created_at=at(14))
    for query in ("", "?period=today", "?period=custom&from=2026-03-01&to=2026-03-15"):
        answer = client.get(address(name) + query)
        assert answer.status_code == 200
        for table in next(report for report in REPORTS if report.name == name).tables:
            assert table.title in answer.content.decode()


def test_the_form_sends_its_days_along_with_a_named_span(enter, admin):
    client = enter(admin)
    query = {"period": "today", "from": "2026-01-01", "to": "2026-01-31", "owner": ""}
    page = client.get(address("sales"), query).content.decode()
    assert "<strong>2026-03-15</strong>" in page


def test_a_senseless_question_keeps_the_form_and_says_why(enter, admin):
    client = enter(admin)
    answer = client.get(address("sales"), {"from": "2026-03-09", "to": "2026-03-01"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "开始日期不能晚于结束日期" in page
    assert 'value="2026-03-09"' in page
    answer = client.get(address("tickets"), {"priority": "<script>"})
    assert answer.status_code == 400
    assert "<script>" not in answer.content.decode().replace("<script src", "")


def test_a_file_is_of_the_page_s_own_question(enter, admin, lisi):
    client = enter(admin)
    page = client.get(address("sales"), {"period": "30d", "owner": "lisi"}).content.decode()
    wanted = (
        "/api/reports/sales/export?period=30d&amp;owner=lisi&amp;table=by_owner&amp;format=xlsx"
    )
    assert wanted in page
    assert client.get(wanted.replace("&amp;", "&")).status_code == 200


def test_staff_in_the_admin_read_their_own_and_no_messages(enter, lisi):
    TicketFactory(title="别人的工单", deadline=at(1))
    TicketFactory(title="我的工单", assignee=lisi, status="assigned", deadline=at(1))
    client = enter(lisi, is_staff=True)
    listing = client.get(reverse("reports:list")).content.decode()
    assert "工单报表" in listing
    assert "消息报表" not in listing
    page = client.get(address("tickets")).content.decode()
    assert "我的工单" in page
    assert "别人的工单" not in page
    assert "只统计您能看到的数据" in page
    assert client.get(address("messages")).status_code == 404


def test_others_stay_outside(enter, client, lisi):
    assert client.get(address("sales")).status_code == 302
    assert enter(lisi).get(address("sales")).status_code == 302
    customer = UserFactory(role=Role.CUSTOMER, is_staff=True)
    assert enter(customer).get(address("sales")).status_code == 302, "customers never get in"
    assert enter(lisi, is_staff=True).get(address("weather")).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_no_more_for_more_rows(enter, admin, name, django_assert_max_num_queries):
    client = enter(admin)
    for _ in range(30):
        user = UserFactory()
        moved(CustomerFactory(follow_user=user, risk_score=10), created_at=at(14))
        moved(TicketFactory(assignee=user, status="assigned", deadline=at(14)), created_at=at(14))
    with django_assert_max_num_queries(60):
        client.get(address(name))
