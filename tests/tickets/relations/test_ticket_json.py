"""What a ticket says of itself over HTTP, and how lists are narrowed and ordered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.api.roles import Role
from customers.conditions.matching import customers_matching
from customers.conditions.parsing import parse
from customers.models import Customer
from customers.risk.rules import risk_rules
from customers.risk.signals import assess
from tests.factories import CustomerFactory, ProjectFactory, TicketFactory, UserFactory, actor
from tickets import actions
from tickets.models import ChecklistTemplate, CustomField, Ticket, TicketRating
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


def ids(client, query):
    return [row["id"] for row in client.get(f"/api/tickets?{query}").json()["list"]]


def test_filters_by_what_hangs_on_a_ticket(api, admin):
    customer = CustomerFactory()
    project = ProjectFactory(customer=customer)
    late = TicketFactory(sla_state="breached", product="云盘", customer=customer, project=project)
    waiting = TicketFactory(waiting_since=timezone.now(), product="云主机")
    client = api(admin)
    assert ids(client, "sla_state=breached&sla_state=at_risk") == [late.pk]
    assert ids(client, "waiting=true") == [waiting.pk]
    assert ids(client, "waiting=false") == [late.pk]
    assert ids(client, "product=云盘") == [late.pk]
    assert ids(client, f"project={project.pk}") == [late.pk]


def test_filters_by_the_time_of_making(api, admin):
    old, new = TicketFactory(), TicketFactory()
    then = timezone.now() - timedelta(days=2)
    Ticket.objects.filter(pk=old.pk).update(created_at=then)
    border = (then + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(api(admin), f"created_after={border}") == [new.pk]
    assert ids(api(admin), f"created_before={border}") == [old.pk]


@pytest.mark.parametrize(
    "query", ["sla_state=x", "project=x", "created_after=9999-12-31T23:59:59Z", "waiting=perhaps"]
)
def test_nonsense_in_a_filter_is_no_500(api, admin, query):
    assert api(admin).get(f"/api/tickets?{query}").status_code in (200, 400)


def test_priorities_are_ordered_by_weight(api, admin):
    rows = {name: TicketFactory(priority=name).pk for name in ("urgent", "low", "high", "normal")}
    order = ["urgent", "high", "normal", "low"]
    assert ids(api(admin), "ordering=-priority") == [rows[name] for name in order]
    assert ids(api(admin), "ordering=priority") == [rows[name] for name in reversed(order)]


def test_what_colleagues_alone_see_is_not_a_customers(api, admin):
    login = UserFactory(role=Role.CUSTOMER, customer=CustomerFactory())
    ticket = TicketFactory(customer=login.customer)
    path = f"/api/tickets/{ticket.pk}"
    api(admin).post(f"{path}/transition", {"status": "processing"})
    hidden = {"sla_state", "response_due_at", "unanswered_since", "custom_fields"}
    assert hidden <= set(api(admin).get(path).json())
    assert not hidden & set(api(login).get(path).json())
    [of_team] = api(admin).get(f"{path}/events").json()["list"]
    [of_customer] = api(login).get(f"{path}/events").json()["list"]
    assert of_team["before"]["status"] == "pending"
    assert "before" not in of_customer


def test_waiting_and_going_on_over_http(api, admin):
    path = f"/api/tickets/{TicketFactory().pk}"
    waiting = api(admin).post(f"{path}/wait", {"reason": "等截图"}).json()
    assert waiting["waiting_since"]
    assert api(admin).post(f"{path}/resume").json()["waiting_since"] is None


def test_own_fields_are_checked_and_changed_one_by_one(api, admin):
    CustomField.objects.create(key="machine", label="机型")
    CustomField.objects.create(key="floor", label="楼层", kind="number")
    client = api(admin)
    body = {"description": "x", "customer_name": "张三", "custom_fields": {"floor": "三"}}
    refused = client.post("/api/tickets", body)
    assert refused.json()["errors"][0]["attr"] == "custom_fields.floor"
    made = client.post("/api/tickets", {**body, "custom_fields": {"floor": 3}}).json()
    path = f"/api/tickets/{made['id']}"
    changed = client.patch(path, {"custom_fields": {"machine": "T14"}}).json()
    assert changed["custom_fields"] == {"floor": 3, "machine": "T14"}
    emptied = client.patch(path, {"custom_fields": {"floor": None}}).json()
    assert emptied["custom_fields"] == {"machine": "T14"}
    unknown = client.patch(path, {"custom_fields": {"x": 1}})
    assert unknown.json()["errors"][0]["attr"] == "custom_fields.x"


def test_a_required_field_is_asked_of_the_api_but_not_of_a_group(api, admin):
    CustomField.objects.create(key="machine", label="机型", is_required=True)
    refused = api(admin).post("/api/tickets", {"description": "x", "customer_name": "张三"})
    assert refused.json()["errors"][0]["attr"] == "custom_fields.machine"
    made = actions.ticket_create(customer=CustomerFactory(), description="x", actor=actor(admin))
    assert made.custom_fields == {}


def test_a_new_ticket_gets_its_steps(api, admin):
    ChecklistTemplate.objects.create(name="通用", items=["联系客户", "定位原因"])
    api(admin).post("/api/tickets", {"description": "x", "customer_name": "张三"})
    assert list(Ticket.objects.get().checklist.values_list("text", flat=True)) == [
        "联系客户",
        "定位原因",
    ]


def rated(customer, *scores):
    for score in scores:
        done = timezone.now()
        ticket = TicketFactory(
            customer=customer, status=TicketStatus.RESOLVED, progress=100, resolved_at=done
        )
        TicketRating.objects.create(ticket=ticket, cycle=1, score=score, entry="web")


def test_low_ratings_count_as_a_risk():
    content, angry = CustomerFactory(), CustomerFactory()
    rated(content, 5)
    rated(angry, 1, 2)
    found = assess([content.pk, angry.pk], risk_rules(), timezone.now())
    assert "ticket_low_rating" not in {reason.code for reason in found[content.pk].reasons}
    [reason] = [r for r in found[angry.pk].reasons if r.code == "ticket_low_rating"]
    assert "2 次低分评价，最低 1 分" in reason.evidence


@pytest.mark.parametrize(
    ("op", "value", "names"),
    [("lte", 2, {"低"}), ("eq", 5, {"高"}), ("ne", 5, {"低"}), ("between", [1, 5], {"低", "高"})],
)
def test_segments_ask_for_the_last_rating(op, value, names):
    rated(CustomerFactory(name="低"), 5, 2)
    rated(CustomerFactory(name="高"), 1, 5)
    CustomerFactory(name="无")
    tree = {"all": [{"field": "tickets.rating", "op": op, "value": value}]}
    found = customers_matching(parse(tree), Customer.objects.all())
    assert set(found.values_list("name", flat=True)) == names
