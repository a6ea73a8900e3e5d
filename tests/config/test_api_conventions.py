"""contract.md §1, spoken over HTTP: who may call, one error shape, lists, idempotency."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from config.api.keys import ApiKey
from config.api.roles import Role
from tests.factories import PASSWORD, CustomerFactory, TicketFactory, UserFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def errors_of(response):
    body = response.json()
    assert set(body) == {"type", "errors"}
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}
    return body["errors"]


def key_with(*scopes, **fields):
    _, key = ApiKey.objects.create_key(name="对接方", scopes=list(scopes), **fields)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    return client


def test_a_login_opens_the_api_and_a_refresh_renews_it(lisi):
    client = APIClient()
    answer = client.post("/api/auth/token", {"username": "lisi", "password": PASSWORD})
    assert answer.status_code == 200
    tokens = answer.json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    assert client.get("/api/tickets").status_code == 200
    renewed = client.post("/api/auth/token/refresh", {"refresh": tokens["refresh"]})
    assert renewed.json()["access"]


@pytest.mark.parametrize(
    "header",
    [None, "Bearer nonsense", "Api-Key nonsense", "Api-Key abcdefgh.nonsense", "Basic eA=="],
)
def test_without_a_valid_login_everything_is_401(header):
    client = APIClient()
    if header:
        client.credentials(HTTP_AUTHORIZATION=header)
    for path in ("/api/tickets", "/api/customers/1/tickets/summary"):
        response = client.get(path)
        assert response.status_code == 401
        assert response["WWW-Authenticate"]
        assert [error["attr"] for error in errors_of(response)] == [None]


def test_guessing_passwords_is_slowed_down(lisi, settings):
    settings.LOGIN_RATE = {"count": 3, "seconds": 60}
    client = APIClient()
    codes = [
        client.post("/api/auth/token", {"username": "lisi", "password": "wrong"}).status_code
        for _ in range(4)
    ]
    assert codes == [401, 401, 401, 429]
    blocked = client.post("/api/auth/token", {"username": "lisi", "password": PASSWORD})
    assert blocked.status_code == 429
    assert int(blocked["Retry-After"]) > 0


def test_an_api_key_does_what_its_scopes_say_and_nothing_else():
    TicketFactory()
    reader = key_with("tickets:read")
    assert reader.get("/api/tickets").json()["total"] == 1
    assert (
        reader.post("/api/tickets", {"description": "x", "customer_name": "张三"}).status_code
        == 403
    )
    assert reader.post("/api/messages/send", {}).status_code == 403


def test_a_revoked_or_expired_key_is_401():
    revoked = key_with("tickets:read")
    ApiKey.objects.update(revoked=True)
    expired = key_with("tickets:read", expiry_date=timezone.now() - timedelta(days=1))
    assert revoked.get("/api/tickets").status_code == 401
    assert expired.get("/api/tickets").status_code == 401


def test_every_wrong_field_is_named(api, admin):
    response = api(admin).post("/api/tickets", {"priority": "sofort", "deadline": "gestern"})
    assert response.status_code == 400
    assert {error["attr"] for error in errors_of(response)} == {
        "priority",
        "deadline",
        "description",
    }


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ('{"description": "\\u0000"}', "application/json", 400),
        ('{"description": "\\ud800"}', "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("[]", "application/json", 400),
        ("{}", "application/json; charset=utf-7", 415),
        ("description=x", "application/x-www-form-urlencoded", 415),
        ("<x/>", "text/xml", 415),
    ],
)
def test_a_broken_body_is_a_clear_refusal(api, admin, body, content_type, status):
    response = api(admin).post("/api/tickets", body, content_type=content_type)
    assert response.status_code == status
    errors_of(response)


def test_a_body_over_the_limit_is_413(api, admin, settings):
    settings.API_BODY_LIMIT_BYTES = 1000
    response = api(admin).post("/api/tickets", {"description": "长" * 1000})
    assert response.status_code == 413
    errors_of(response)


def test_an_unknown_address_is_a_json_404():
    response = APIClient().get("/api/nothing/here")
    assert response.status_code == 404
    errors_of(response)


def test_a_wrong_method_is_405(api, admin):
    assert api(admin).delete("/api/tickets").status_code == 405


def test_lists_have_pages(api, admin):
    customer = CustomerFactory()
    for number in range(5):
        TicketFactory(customer=customer, title=f"第{number}个")
    body = api(admin).get("/api/tickets?page=2&size=2").json()
    assert (body["total"], body["page"], body["size"]) == (5, 2, 2)
    assert [ticket["title"] for ticket in body["list"]] == ["第2个", "第1个"]
    beyond = api(admin).get("/api/tickets?page=9&size=2").json()
    assert (beyond["list"], beyond["total"]) == ([], 5)


@pytest.mark.parametrize(
    "query",
    [
        "size=201",
        "size=0",
        "page=0",
        "page=x",
        "page=-1",
        "ordering=password",
        "status=x",
        "customer=x",
        "priority=x",
        "page=" + "9" * 40,
        "customer=" + "9" * 40,
    ],
)
def test_a_bad_query_is_a_400_that_names_the_parameter(api, admin, query):
    response = api(admin).get(f"/api/tickets?{query}")
    assert response.status_code == 400
    assert errors_of(response)[0]["attr"] == query.split("=")[0]


def test_ordering_by_a_named_field(api, admin):
    TicketFactory(title="b", priority="low")
    TicketFactory(title="a", priority="urgent")
    rows = api(admin).get("/api/tickets?ordering=priority").json()["list"]
    assert [row["title"] for row in rows] == ["b", "a"]


# --- Idempotency-Key ----------------------------------------------------------------------------

BODY = {"description": "服务器无法连接", "customer_name": "张三", "phone": "13800138000"}


def test_the_same_request_twice_is_one_ticket(api, admin):
    client = api(admin)
    first = client.post("/api/tickets", BODY, headers={"Idempotency-Key": "k1"})
    again = client.post("/api/tickets", BODY, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")
    assert Ticket.objects.count() == 1


def test_the_key_with_another_body_is_409(api, admin):
    client = api(admin)
    client.post("/api/tickets", BODY, headers={"Idempotency-Key": "k1"})
    other = client.post(
        "/api/tickets", {**BODY, "description": "另一个"}, headers={"Idempotency-Key": "k1"}
    )
    assert other.status_code == 409
    assert errors_of(other)[0]["code"] == "idempotency_key_reused"


def test_a_key_belongs_to_its_caller(api, admin, lisi):
    api(admin).post("/api/tickets", BODY, headers={"Idempotency-Key": "k1"})
    api(lisi).post("/api/tickets", BODY, headers={"Idempotency-Key": "k1"})
    assert Ticket.objects.count() == 2


def test_a_refused_request_leaves_its_key_free(api, admin):
    client = api(admin)
    bad = client.post("/api/tickets", {"description": ""}, headers={"Idempotency-Key": "k1"})
    assert bad.status_code == 400
    good = client.post("/api/tickets", BODY, headers={"Idempotency-Key": "k1"})
    assert good.status_code == 201


def test_a_key_of_256_characters_is_refused(api, admin):
    response = api(admin).post("/api/tickets", BODY, headers={"Idempotency-Key": "k" * 256})
    assert response.status_code == 400


# --- Schema and probes --------------------------------------------------------------------------


def test_the_schema_describes_the_api_and_the_docs_show_it(client):
    schema = client.get("/api/schema?format=json")
    paths = json.loads(schema.content)["paths"]
    for path in (
        "/api/tickets",
        "/api/messages/send",
        "/api/wechat/work-message",
        "/api/auth/token",
    ):
        assert path in paths
    assert "swagger-ui" in client.get("/docs").content.decode()


def test_the_probes_answer(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    body = client.get("/readyz").json()
    assert body["checks"]["database"] == "ok"
    # No worker runs in this process, and the probe says so.
    assert body["checks"]["workers"] == "unavailable"


def test_staff_without_a_role_in_the_rule_are_403(api):
    customer = UserFactory(role=Role.CUSTOMER, customer=CustomerFactory())
    ticket = TicketFactory(customer=customer.customer)
    response = api(customer).post(f"/api/tickets/{ticket.pk}/transition", {"status": "resolved"})
    assert response.status_code == 403
    errors_of(response)
