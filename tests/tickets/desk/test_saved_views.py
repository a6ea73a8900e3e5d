"""Filters of the ticket list under a name."""

import pytest

from tests.factories import CustomerFactory, TicketFactory
from tickets.models import SavedView

pytestmark = pytest.mark.django_db
VIEWS = "/api/ticket-views"


def test_a_view_keeps_the_lists_filters_and_leads_to_the_list(api, lisi):
    customer = CustomerFactory(follow_user=lisi)
    TicketFactory(customer=customer, priority="urgent")
    TicketFactory(customer=customer)
    filters = {"priority": ["urgent", "high"], "overdue": False, "ordering": "-created_at"}
    made = api(lisi).post(VIEWS, {"name": "要紧的", "filters": filters}, format="json")
    assert made.status_code == 201
    view = made.json()
    assert view["filters"] == {
        "priority": ["urgent", "high"], "overdue": "false", "ordering": "-created_at",
    }  # fmt: skip
    listed = api(lisi).get(f"/api/tickets?{view['query']}")
    assert listed.json()["total"] == 1


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        ({"nobody": "x"}, "nobody"),
        ({"status": "gone"}, "status"),
        ({"status": ["pending", "gone"]}, "status"),
        ({"customer": "x"}, "customer"),
        ({"keyword": {"a": 1}}, "keyword"),
        ({"keyword": []}, "keyword"),
        ({"keyword": "x" * 101}, "keyword"),
        ({"ordering": "description"}, "ordering"),
        ({"product" * 20: "x"}, ("product" * 20)[:50]),
    ],
)
def test_what_the_list_does_not_know_is_refused_by_name(api, lisi, filters, name):
    answer = api(lisi).post(VIEWS, {"name": "x", "filters": filters}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == f"filters.{name}"


def test_shared_ones_are_read_by_the_team_and_written_by_owner_and_administrators(
    api, lisi, wangwu, admin
):
    view = SavedView.objects.create(owner=wangwu, name="团队", is_shared=True)
    own = SavedView.objects.create(owner=wangwu, name="自己的")
    listed = {row["id"] for row in api(lisi).get(VIEWS).json()["list"]}
    assert listed == {view.pk}
    assert api(lisi).patch(f"{VIEWS}/{view.pk}", {"name": "x"}).status_code == 403
    assert api(lisi).get(f"{VIEWS}/{own.pk}").status_code == 404
    assert api(admin).patch(f"{VIEWS}/{view.pk}", {"name": "改名"}).status_code == 200
    assert api(wangwu).delete(f"{VIEWS}/{own.pk}").status_code == 204


def test_one_name_once_for_each(api, lisi, wangwu):
    body = {"name": "我的", "filters": {}}
    assert api(lisi).post(VIEWS, body, format="json").status_code == 201
    assert api(lisi).post(VIEWS, body, format="json").status_code == 409
    assert api(wangwu).post(VIEWS, body, format="json").status_code == 201


@pytest.mark.parametrize(
    "body", [{}, [], {"name": "x", "filters": []}, {"name": "", "filters": {}}]
)
def test_what_is_no_view_is_refused(api, lisi, body):
    assert api(lisi).post(VIEWS, body, format="json").status_code == 400
