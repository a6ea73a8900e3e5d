"""`/api/tickets…` and the summary, over HTTP (contract.md §§3–4)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from config.api.roles import Role
from config.runtime import store
from customers.models import Customer
from messaging.models import Message
from tests.factories import CustomerFactory, RobotFactory, TicketFactory, UserFactory
from tickets.customer_side.links import ticket_url
from tickets.models import Ticket
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db

TICKET_FIELDS = {
    "id",
    "title",
    "description",
    "product",
    "project_id",
    "status",
    "priority",
    "progress",
    "customer",
    "assigned_to",
    "assigned_to_name",
    "deadline",
    "overdue",
    "reminder_count",
    "last_reminder_at",
    "group_message_id",
    "created_at",
    "updated_at",
    "resolved_at",
    "version",
    "responded_at",
    "closed_at",
    "waiting_since",
    "cycle",
    "merged_into",
}  # fmt: skip
TEAM_FIELDS = TICKET_FIELDS | {"sla_state", "response_due_at", "unanswered_since", "custom_fields"}


def test_a_ticket_is_made_for_a_named_customer_with_the_contracts_fields(api, lisi):
    response = api(lisi).post(
        "/api/tickets",
        {"description": "服务器无法连接\n详情", "customer_name": "张三", "phone": "138 0013 8000"},
    )
    assert response.status_code == 201
    ticket = response.json()
    assert set(ticket) == TEAM_FIELDS
    assert ticket["title"] == "服务器无法连接"
    assert (ticket["status"], ticket["priority"], ticket["progress"]) == ("pending", "normal", 0)
    customer = Customer.objects.get()
    assert ticket["customer"] == {
        "id": customer.pk, "name": "张三", "phone": "13800138000", "company": "",
    }  # fmt: skip
    assert ticket["version"] == 1
    assert ticket["created_at"].endswith("+08:00")
    left = datetime.fromisoformat(ticket["deadline"]) - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


def test_the_default_deadline_follows_the_runtime_setting(api, admin):
    store.change(key="ticket.default_deadline_hours", value=2, actor=admin)
    store.forget_snapshot()
    answer = api(admin).post("/api/tickets", {"description": "x", "customer_name": "张三"}).json()
    left = datetime.fromisoformat(answer["deadline"]) - timezone.now()
    assert left <= timedelta(hours=2)


def test_its_card_is_on_its_way_to_the_group(api, admin):
    robot = RobotFactory()
    answer = api(admin).post("/api/tickets", {"description": "x", "customer_name": "张三"}).json()
    card = Message.objects.get()
    assert answer["group_message_id"] == card.message_id
    assert (card.channel, card.account, card.recipient) == ("GROUP_BOT", robot, "test_group_001")
    assert f"#ID{answer['id']}" in card.payload["markdown"]["content"]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"description": "x"}, "customer_id"),
        ({"description": "x", "customer_id": 999}, "customer_id"),
        ({"description": "x", "customer_id": 1, "customer_name": "张三"}, "customer_name"),
        ({"description": "x", "customer_name": "张三", "phone": "12"}, "phone"),
        ({"description": "   ", "customer_name": "张三"}, "description"),
        (
            {"description": "x", "customer_name": "张三", "deadline": "2020-01-01T00:00:00Z"},
            "deadline",
        ),
        (
            {"description": "x", "customer_name": "张三", "deadline": "9999-12-31T00:00:00Z"},
            "deadline",
        ),
        ({"description": "x", "customer_name": "张三", "priority": "asap"}, "priority"),
    ],
)
def test_bad_input_names_its_field_and_leaves_nothing(api, admin, body, attr):
    response = api(admin).post("/api/tickets", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr
    assert not Ticket.objects.exists()
    assert not Customer.objects.exists()


def test_assign_reply_transition_and_their_trail(api, admin, lisi):
    client, ticket = api(admin), TicketFactory()
    path = f"/api/tickets/{ticket.pk}"
    assigned = client.post(f"{path}/assign", {"assignee": "李四"}).json()
    assert (assigned["status"], assigned["assigned_to"], assigned["assigned_to_name"]) == (
        "assigned", "lisi", "李四",
    )  # fmt: skip
    reply = client.post(f"{path}/reply", {"content": "正在看", "visibility": "internal"})
    assert reply.status_code == 201
    done = client.post(f"{path}/transition", {"status": "resolved", "reason": "已修复"}).json()
    assert (done["status"], done["progress"]) == ("resolved", 100)
    assert done["resolved_at"]
    events = client.get(f"{path}/events").json()["list"]
    assert [event["kind"] for event in events] == ["assigned", "reply", "status"]
    assert [event["sequence"] for event in events] == [1, 2, 3]
    assert events[2]["from_value"] == "assigned"
    assert {event["entry"] for event in events} == {"api"}


def test_an_illegal_transition_is_409_and_names_the_state(api, admin):
    ticket = TicketFactory()
    response = api(admin).post(f"/api/tickets/{ticket.pk}/transition", {"status": "closed"})
    assert response.status_code == 409
    error = response.json()["errors"][0]
    assert error["code"] == "illegal_transition"
    assert "pending" in error["detail"]


@pytest.mark.parametrize("assignee", ["nobody", "@", "zhangsan"])
def test_assigning_to_a_stranger_names_the_field(api, admin, assignee):
    UserFactory(username="zhangsan", role=Role.CUSTOMER)
    response = api(admin).post(f"/api/tickets/{TicketFactory().pk}/assign", {"assignee": assignee})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "assignee"


def test_an_edit_with_an_old_version_is_409(api, admin):
    client, ticket = api(admin), TicketFactory()
    path = f"/api/tickets/{ticket.pk}"
    assert client.patch(path, {"progress": 30}).json()["version"] == 1
    assert client.patch(path, {"title": "新", "version": 1}).status_code == 200
    stale = client.patch(path, {"title": "更新", "version": 1})
    assert stale.status_code == 409
    assert stale.json()["errors"][0]["code"] == "version_conflict"


@pytest.mark.parametrize("field", ["status", "customer", "id", "version_"])
def test_what_may_not_be_edited_is_refused_by_name(api, admin, field):
    response = api(admin).patch(f"/api/tickets/{TicketFactory().pk}", {field: 1})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == field


def test_filters(api, admin, lisi):
    late = TicketFactory(deadline=timezone.now() - timedelta(hours=1), title="晚了")
    mine = TicketFactory(assignee=lisi, status=TicketStatus.ASSIGNED, priority="urgent")
    client = api(admin)

    def ids(query):
        return [row["id"] for row in client.get(f"/api/tickets?{query}").json()["list"]]

    assert ids("overdue=true") == [late.pk]
    assert ids("assignee=lisi") == [mine.pk]
    assert ids("status=assigned&priority=urgent") == [mine.pk]
    assert ids("keyword=晚了") == [late.pk]
    assert ids(f"customer={mine.customer_id}") == [mine.pk]
    assert ids("overdue=false") == [mine.pk]


def test_a_list_asks_the_same_number_of_questions_however_long_it_is(
    api, admin, lisi, django_assert_max_num_queries
):
    for _ in range(30):
        TicketFactory(assignee=lisi)
    with django_assert_max_num_queries(4):
        assert len(api(admin).get("/api/tickets?size=50").json()["list"]) == 30


def test_the_summary_is_exactly_the_contracts(api, admin, lisi):
    customer = CustomerFactory(name="张三", phone="+8613800138000", company="XX科技")
    done = timezone.now()
    for number in range(6):
        TicketFactory(customer=customer, product=f"产品{number % 2}", assignee=lisi)
    TicketFactory(customer=customer, status=TicketStatus.RESOLVED, progress=100, resolved_at=done)
    TicketFactory(customer=customer, status=TicketStatus.CANCELLED)
    body = api(admin).get(f"/api/customers/{customer.pk}/tickets/summary").json()
    assert list(body) == [
        "customer", "total_tickets", "pending_tickets", "resolved_tickets", "recent_tickets",
        "products", "customer_since",
    ]  # fmt: skip
    assert body["customer"] == {
        "id": customer.pk, "name": "张三", "phone": "13800138000", "company": "XX科技",
    }  # fmt: skip
    assert (body["total_tickets"], body["pending_tickets"], body["resolved_tickets"]) == (8, 6, 1)
    assert len(body["recent_tickets"]) == 5
    assert list(body["recent_tickets"][0]) == [
        "id", "title", "status", "progress", "created_at", "assigned_to",
    ]  # fmt: skip
    assert body["recent_tickets"][2]["assigned_to"] == "李四"
    assert body["products"] == ["产品0", "产品1"]


# --- Who may ------------------------------------------------------------------------------------


def test_outside_ones_view_everything_is_404(api, lisi):
    ticket = TicketFactory()
    client, path = api(lisi), f"/api/tickets/{ticket.pk}"
    assert client.get("/api/tickets").json()["total"] == 0
    for response in (
        client.get(path),
        client.get(f"{path}/events"),
        client.patch(path, {"title": "x"}),
        client.post(f"{path}/assign", {"assignee": "lisi"}),
        client.post(f"{path}/reply", {"content": "x"}),
        client.post(f"{path}/transition", {"status": "resolved"}),
        client.get(f"/api/customers/{ticket.customer_id}/tickets/summary"),
    ):
        assert response.status_code == 404
    assert not ticket.events.exists()


def test_a_customer_reads_replies_and_reports_for_themselves_only(api):
    login = UserFactory(role=Role.CUSTOMER, customer=CustomerFactory())
    other = CustomerFactory()
    client = api(login)
    own = client.post("/api/tickets", {"description": "登录失败"})
    assert own.status_code == 201
    assert set(own.json()) == TICKET_FIELDS
    path = f"/api/tickets/{own.json()['id']}"
    assert client.post(f"{path}/reply", {"content": "补充一下"}).status_code == 201
    assert (
        client.post(f"{path}/reply", {"content": "x", "visibility": "internal"}).status_code == 403
    )
    assert client.patch(path, {"title": "x"}).status_code == 403
    assert client.post(f"{path}/assign", {"assignee": "x"}).status_code == 403
    for_other = client.post("/api/tickets", {"description": "x", "customer_id": other.pk})
    assert for_other.status_code == 400
    by_name = client.post("/api/tickets", {"description": "x", "customer_name": "别人"})
    assert by_name.status_code == 400


def test_a_customer_never_reads_internal_notes(api, admin):
    customer = CustomerFactory()
    login = UserFactory(role=Role.CUSTOMER, customer=customer)
    ticket = TicketFactory(customer=customer)
    path = f"/api/tickets/{ticket.pk}"
    api(admin).post(f"{path}/reply", {"content": "内部备注", "visibility": "internal"})
    api(admin).post(f"{path}/reply", {"content": "公开回复"})
    contents = [event["content"] for event in api(login).get(f"{path}/events").json()["list"]]
    assert contents == ["公开回复"]


# --- The page behind the card's link --------------------------------------------------------------


def test_the_secure_link_shows_the_ticket_without_a_login(client, admin, api):
    ticket = TicketFactory(title="<script>alert(1)</script>")
    api(admin).post(
        f"/api/tickets/{ticket.pk}/reply", {"content": "内部", "visibility": "internal"}
    )
    api(admin).post(f"/api/tickets/{ticket.pk}/reply", {"content": "公开的话"})
    path = ticket_url(ticket).partition("://")[2].partition("/")[2]
    page = client.get(f"/{path}").content.decode()
    assert "公开的话" in page
    assert "内部" not in page.replace("内部群", "")
    assert "<script>alert" not in page


def test_a_tampered_link_is_404(client):
    good = ticket_url(TicketFactory()).rpartition("/")[2]
    for token in (good[:-1] + ("A" if good[-1] != "A" else "B"), "x" + good, "1", "%00"):
        assert client.get(f"/t/{token}").status_code == 404


def test_an_expired_link_is_404(client):
    token = ticket_url(TicketFactory()).rpartition("/")[2]
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert client.get(f"/t/{token}").status_code == 404


@pytest.mark.parametrize(
    "deadline",
    ["0001-01-01T00:00:00+08:00", "1800-01-01T00:00:00Z", "9999-12-31T23:00:00+08:00"],
)
def test_a_deadline_is_one_that_every_clock_can_hold(api, admin, deadline):
    """What a database cannot give back would break every list that has the ticket in it."""
    client, ticket = api(admin), TicketFactory()
    refused = client.patch(f"/api/tickets/{ticket.pk}", {"deadline": deadline})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "deadline"
    new = {"customer_id": ticket.customer_id, "description": "x", "deadline": deadline}
    assert client.post("/api/tickets", new).json()["errors"][0]["attr"] == "deadline"
    assert client.post(f"/api/tickets/{ticket.pk}/wait").status_code == 200
    assert client.post(f"/api/tickets/{ticket.pk}/resume").status_code == 200
    assert client.get("/api/tickets").json()["total"] == 1
