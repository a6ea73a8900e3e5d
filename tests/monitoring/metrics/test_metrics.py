"""`/metrics`: for those who may, whole, bounded, without anybody's data."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from config import measures
from config.api.keys import ApiKey
from config.events.models import OutboxEntry
from config.health import probing
from config.health.reading import Reading, Status
from messaging.models import ChannelCircuit
from messaging.sending.accept import NewMessage, message_accept
from monitoring.metrics import exposition
from tests.factories import CustomerFactory, TicketFactory
from wechat.models import Callback, CallbackStatus

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "metrics-token-0123456789"


@pytest.fixture
def read(settings, client):
    """The samples of a fresh look, as `(name, labels) -> value`."""
    settings.METRICS_TOKEN = TOKEN

    def look():
        exposition.forget()
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"].startswith("text/plain; version=")
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }

    return look


def test_who_may_read_them(settings, client, api, admin, lisi):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 401
    for wrong in ("Bearer wrong", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert api(admin).get("/metrics").status_code == 200
    assert api(lisi).get("/metrics").status_code == 403


def test_without_a_token_set_nobody_has_it(settings, client):
    settings.METRICS_TOKEN = ""
    for given in ("Bearer", "Bearer ", "Bearer None"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 401


def test_an_api_key_needs_the_scope(client):
    _, key = ApiKey.objects.create_key(name="prometheus", scopes=["metrics:read"])
    _, other = ApiKey.objects.create_key(name="other", scopes=["messages:read"])
    assert client.get("/metrics", headers={"Authorization": f"Api-Key {key}"}).status_code == 200
    assert client.get("/metrics", headers={"Authorization": f"Api-Key {other}"}).status_code == 403


def test_they_tell_what_is(read, lisi):
    customer = CustomerFactory()
    TicketFactory(customer=customer, status="pending")
    TicketFactory(
        customer=customer, status="processing", deadline=timezone.now() - timedelta(hours=1)
    )
    ChannelCircuit.objects.create(key="SMS:7", is_open=True)
    OutboxEntry.objects.create(kind="task", name="a", payload=[], queue="default")
    OutboxEntry.objects.create(kind="task", name="b", payload=[], queue="x", error="no such queue")
    Callback.objects.create(source="aibot", dedupe_key="1", payload={})
    Callback.objects.create(
        source="kf", dedupe_key="2", payload={}, status=CallbackStatus.FAILED,
        finished_at=timezone.now(),
    )  # fmt: skip
    message_accept(
        NewMessage(channel="GROUP_BOT", recipient="x", payload={"msgtype": "text"}, priority=9)
    )
    found = read()
    assert found["scrm_part_up", "database"] == 1
    assert found["scrm_tickets_open", "pending"] == 1
    assert found["scrm_tickets_overdue",] == 1
    assert found["scrm_circuit_open", "7", "SMS"] == 1
    assert found["scrm_outbox_rows",] >= 1
    assert found["scrm_outbox_set_aside_rows",] == 1
    assert found["scrm_callbacks_waiting", "aibot"] == 1
    assert found["scrm_callbacks_failed_recently", "kf"] == 1
    assert found["scrm_messages_waiting", "urgent"] == 1
    assert found["scrm_messages_today", "GROUP_BOT", "total"] == 1
    assert found["scrm_incidents_open", "circuit_open"] == 0
    assert found["scrm_disk_free_bytes",] > 0
    assert found["scrm_metrics_left_out",] == 0


def test_requests_are_counted_by_room_and_not_by_address(read, api, admin):
    ticket = TicketFactory(customer=CustomerFactory())
    api(admin).get(f"/api/tickets/{ticket.pk}")
    api(admin).get("/api/tickets/999999999")
    api(admin).get("/nowhere/at/all")
    found = read()
    assert found["scrm_http_requests_total", "/api/tickets", "2xx"] == 1
    assert found["scrm_http_requests_total", "/api/tickets", "4xx"] == 1
    assert found["scrm_http_requests_total", "4xx", "other"] == 1
    assert found["scrm_http_request_duration_seconds_count", "/api/tickets"] == 2
    assert found["scrm_http_request_duration_seconds_bucket", "+Inf", "/api/tickets"] == 2


def test_they_cost_the_same_however_much_there_is(settings_read_once):
    def cost():
        exposition.forget()
        with CaptureQueriesContext(connection) as queries:
            exposition.text()
        return len(queries)

    exposition.text()
    few = cost()
    customer = CustomerFactory()
    for number in range(8):
        TicketFactory(customer=customer)
        ChannelCircuit.objects.create(key=f"SMS:{number}")
        Callback.objects.create(source="aibot", dedupe_key=str(number), payload={})
    assert cost() == few <= 25


def test_many_who_ask_at_once_cost_one_look(read, client, monkeypatch):
    looks = []

    def look():
        looks.append(1)
        return []

    monkeypatch.setattr(measures, "_readers", [])
    measures.register(look, [measures.Measure("scrm_counted", "x")])
    read()
    for _ in range(5):
        client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert len(looks) == 1


def test_without_the_database_the_rest_is_told(monkeypatch):
    parts = {**probing.readings(), "database": Reading(Status.UNAVAILABLE)}
    monkeypatch.setattr(probing, "readings", lambda: parts)
    with CaptureQueriesContext(connection) as queries:
        page = exposition.text().decode()
    assert len(queries) == 0
    assert 'scrm_part_up{part="database"} 0.0' in page
    needing = sum(reader.needs_database for reader in measures.readers())
    assert f"scrm_metrics_left_out {needing}.0" in page
    assert "scrm_disk_free_bytes" in page


def test_no_word_of_anybodys_is_in_them(read, client):
    customer = CustomerFactory(name="欧阳测试", phone="+8613900139000")
    TicketFactory(customer=customer, title="门禁坏了")
    read()
    exposition.forget()
    page = exposition.text().decode()
    for word in ("欧阳测试", "13900139000", "门禁坏了"):
        assert word not in page


def test_every_measure_has_a_name_as_prometheus_wants_it():
    import re

    named = [measure for reader in measures.readers() for measure in reader.measures]
    assert len({measure.name for measure in named}) == len(named) > 25
    assert all(re.fullmatch(r"scrm_[a-z][a-z0-9_]*", measure.name) for measure in named)
    assert all(measure.description for measure in named)


def test_an_unknown_client_learns_nothing(client: APIClient):
    assert b"scrm_" not in client.get("/metrics").content
