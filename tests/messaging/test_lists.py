"""`GET /api/messages`: pages, cursors, filters, and who may look (contract.md §§1, 2)."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from config.api.roles import Role
from messaging.channels.base import Outcome, Result
from messaging.models import Message, MessageStatus
from messaging.sending.work import send_messages
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def listed(client, **query):
    response = client.get(f"/api/messages?{urlencode(query, doseq=True)}")
    assert response.status_code == 200, response.content
    return response.json()


def ids(rows):
    return [row["message_id"] for row in rows]


# --- Pages and cursors ----------------------------------------------------------------------------


def test_a_cursor_shows_every_message_once_while_new_ones_arrive(accept, operator):
    before = [message.message_id for message in accept(45)]
    seen, cursor = [], ""
    while cursor is not None:
        page = listed(operator, cursor=cursor, size=10)
        assert len(page["list"]) <= 10
        seen += ids(page["list"])
        cursor = page["next_cursor"]
        accept(3)
    assert seen == list(reversed(before)), "nothing twice, nothing lost, newest first"


def test_a_cursor_keeps_to_its_filter(accept, operator):
    accept(12)
    Message.objects.filter(recipient="r3").update(recipient="r4")
    page = listed(operator, cursor="", size=1, recipient="r4")
    rest = listed(operator, cursor=page["next_cursor"], size=1, recipient="r4")
    assert (len(page["list"]), len(rest["list"]), rest["next_cursor"]) == (1, 1, None)


def test_pages_count_and_overlap_nowhere(accept, operator):
    accept(25)
    pages = [listed(operator, page=number, size=10) for number in (1, 2, 3, 4)]
    assert [len(page["list"]) for page in pages] == [10, 10, 5, 0]
    assert {page["total"] for page in pages} == {25}
    assert len({row for page in pages for row in ids(page["list"])}) == 25


def test_the_list_can_be_ordered_by_time_but_a_cursor_has_its_own_order(accept, operator):
    messages = accept(3)
    Message.objects.filter(pk=messages[1].pk).update(created_at=timezone.now() + timedelta(hours=1))
    newest = listed(operator, ordering="-created_at")["list"]
    oldest = listed(operator, ordering="created_at")["list"]
    assert newest[0]["message_id"] == oldest[-1]["message_id"] == messages[1].message_id
    response = operator.get("/api/messages?cursor=&ordering=created_at")
    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "ordering")


@pytest.mark.parametrize("number", [3, 60])
def test_a_list_asks_as_much_for_many_as_for_few(
    new_template, accept, operator, django_assert_max_num_queries, number
):
    accept(number, template=new_template())
    for query in ({"size": 100}, {"cursor": "", "size": 100}):
        with django_assert_max_num_queries(3):
            rows = listed(operator, **query)["list"]
        assert {row["template"] for row in rows} == {"notice"}


def test_a_batch_is_looked_at_in_few_queries(new_template, operator, django_assert_max_num_queries):
    new_template(body="x")
    body = {"template_code": "notice", "recipients": [f"u{n}" for n in range(200)]}
    url = operator.post("/api/messages/send-batch", body).json()["status_url"]
    with django_assert_max_num_queries(4):
        operator.get(url)


# --- Filters --------------------------------------------------------------------------------------


@pytest.fixture
def world(new_template, accept, channel, operator):
    """One of each kind."""
    customer = CustomerFactory()
    new_template(code="other", body="x")
    batch = operator.post(
        "/api/messages/send-batch", {"template_code": "other", "recipients": ["in-batch"]}
    ).json()["batch_id"]
    (failed,) = accept()
    channel.script = [Result(Outcome.PERMANENT, "60111", "成员不存在")]
    send_messages([failed.pk])
    (old,) = accept()
    Message.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(days=3), recipient="old", customer=customer
    )
    (read,) = accept()
    Message.objects.filter(pk=read.pk).update(
        status=MessageStatus.READ, delivered_at=timezone.now(), recipient="reader"
    )
    return {"customer": customer.pk, "batch": batch}


@pytest.mark.parametrize(
    ("query", "recipients"),
    [
        ({"status": "failed"}, ["r0"]),
        ({"status": ["failed", "read"]}, ["reader", "r0"]),
        ({"status": "read"}, ["reader"]),
        ({"status": "cancelled"}, []),
        ({"status": "queued"}, ["old", "in-batch"]),
        ({"channel": "EMAIL"}, []),
        ({"channel": "SMS", "recipient": "old"}, ["old"]),
        ({"template": "other"}, ["in-batch"]),
        ({"template": "nothing"}, []),
        ({"recipient": "reader"}, ["reader"]),
        ({"recipient": "read"}, []),
    ],
)
def test_every_filter_finds_its_own(world, operator, query, recipients):
    assert [row["recipient"] for row in listed(operator, **query)["list"]] == recipients


def test_by_batch_customer_template_id_and_time(world, operator):
    def found(**query):
        return [row["recipient"] for row in listed(operator, **query)["list"]]

    template_id = Message.objects.get(recipient="in-batch").template_id
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    assert found(batch=world["batch"]) == ["in-batch"]
    assert found(template=template_id) == ["in-batch"]
    assert found(customer=world["customer"]) == ["old"]
    assert found(created_before=yesterday) == ["old"]
    assert found(created_after=yesterday) == ["reader", "r0", "in-batch"]
    assert found(created_after=yesterday, status="failed") == ["r0"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "sofort"),
        ("channel", "PIGEON"),
        ("customer", "lisi"),
        ("customer", "0"),
        ("customer", str(2**63)),
        ("customer", "NaN"),
        ("created_after", "gestern"),
        ("created_after", "0001-01-01T00:00:00+14:00"),
        ("created_before", "9999-12-31T23:59:59-14:00"),
        ("recipient", "a\x00b"),
        ("recipient", "x" * 1001),
        ("batch", "x" * 41),
        ("template", "x" * 65),
        ("cursor", "nonsense"),
        ("cursor", "é"),
        ("cursor", "LTE"),
        ("size", "201"),
        ("size", "0"),
        ("page", "-1"),
        ("page", "99999"),
        ("ordering", "recipient"),
    ],
)
def test_a_wrong_value_names_its_field(accept, operator, name, value):
    query = {"size": 100, name: value} if name == "page" else {name: value}
    response = operator.get(f"/api/messages?{urlencode(query)}")
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [name]


@pytest.mark.parametrize(
    "path",
    [
        "messages/{}",
        "messages/traces/{}",
        "messages/batches/{}",
        "messages/receipts/{}",
        "template/{}",
        "channels/{}",
    ],
)
@pytest.mark.parametrize("name", ["nothing", "%00", "TRC%00", "999999999999999999", "%F0%9F%98%80"])
def test_what_is_not_there_is_404_whatever_it_is_called(operator, path, name):
    call = operator.post if "receipts" in path else operator.get
    assert call(f"/api/{path.format(name)}").status_code == 404


# --- Who may look ---------------------------------------------------------------------------------

READING = ["/api/messages", "/api/template/list", "/api/channels"]


@pytest.mark.parametrize("path", READING)
def test_a_key_reads_what_its_scope_says(with_key, path):
    assert with_key("messages:read").get(path).status_code == 200
    assert with_key("messages:send", "customers:read").get(path).status_code == 403


@pytest.mark.parametrize("path", [*READING, "/api/messages/statistics/overview"])
def test_staff_see_figures_only_and_customers_see_nothing(api, lisi, path):
    customer = UserFactory(role=Role.CUSTOMER)
    assert api(lisi).get(path).status_code == (200 if "statistics" in path else 403)
    assert api(customer).get(path).status_code == 403
    assert api().get(path).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/messages/send"),
        ("post", "/api/messages/send-batch"),
        ("post", "/api/template/test-send"),
        ("post", "/api/template"),
        ("post", "/api/channels"),
        ("put", "/api/channels/1"),
        ("post", "/api/channels/1/verify"),
        ("delete", "/api/template/1"),
        ("post", "/api/messages/MSG1/retry"),
        ("post", "/api/messages/MSG1/cancel"),
    ],
)
def test_a_reading_key_changes_nothing(with_key, api, lisi, method, path):
    for client in (with_key("messages:read"), api(lisi)):
        assert getattr(client, method)(path, {}).status_code == 403
