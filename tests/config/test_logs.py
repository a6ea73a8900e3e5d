"""Log lines carry whose they are, and nobody's data."""

import json
import logging
import os
import subprocess
import sys

import pytest
import structlog

from config import logs
from config.broker.trace import as_request, current_request_id
from config.celery import app
from config.events import relay
from config.events.models import OutboxEntry
from config.events.publish import enqueue, publish
from config.logs.masks import masked
from tests.live import ROOT

WORDS = [
    ("call 13800138000 now", "138****8000"),
    ("+8613800138000", "+86138****8000"),
    ("lisi@example.com", "l***@example.com"),
    ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", "key=***"),
    ("GET /cgi-bin/x?access_token=abcdef123456&type=1", "access_token=***&type=1"),
    ("postgresql://scrm:hunter2@db:5432/scrm", "postgresql://scrm:***@db"),
    ('{"secret": "abcdef"}', '"secret": "***"'),
    ("Authorization: Bearer abcdefghijkl", "Bearer ***"),
    ("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "***"),
]


@pytest.mark.parametrize(("text", "shown"), WORDS)
def test_what_should_not_be_there_is_masked(text, shown):
    assert shown in masked(text)
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "MSG202602031103316031 sent",
        "TRC20260203110331 took 13800 ms",
        "1764244115000",
        "task messaging.tasks.send_chunk[8c1d3800-1380-4138-8000-138001380001]",
        "ticket 13800138",
        "host:8000",
    ],
)
def test_ids_and_figures_stay(text):
    assert masked(text) == text


@pytest.fixture
def lines():
    """Emits through the real configuration; yields what would have been written."""
    formatter = logs.configuration("json", "INFO")["formatters"]["structured"]
    made = structlog.stdlib.ProcessorFormatter(
        processor=formatter["processor"], foreign_pre_chain=formatter["foreign_pre_chain"]
    )
    written = []

    class Handler(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Handler()
    handler.setFormatter(made)
    root = logging.getLogger("tests.logs")
    root.addHandler(handler)
    root.setLevel("INFO")
    root.propagate = False
    yield written
    root.removeHandler(handler)


def test_our_own_lines_and_those_of_libraries_are_masked_alike(lines):
    structlog.stdlib.get_logger("tests.logs").info(
        "sent", to="13800138000", password="hunter2", nested={"phones": ["13900139000"]}
    )
    logging.getLogger("tests.logs").warning("login of %s failed", "13800138000")
    try:
        raise ValueError("no such customer: 13800138000")
    except ValueError:
        logging.getLogger("tests.logs").exception("failed")
    text = json.dumps(lines, ensure_ascii=False)
    assert len(lines) == 3
    for secret in ("13800138000", "13900139000", "hunter2"):
        assert secret not in text
    assert "ValueError" in lines[2]["exception"]


def test_a_line_of_a_request_carries_its_id(lines):
    with as_request("req-1"):
        logging.getLogger("tests.logs").info("something")
    assert lines[0]["request_id"] == "req-1"


@app.task(name="tests.logs.remember", bind=True)
def remember(self):
    SEEN.append((current_request_id(), dict(structlog.contextvars.get_contextvars())))


SEEN: list = []


@pytest.mark.django_db(transaction=True)
def test_the_request_goes_along_through_the_outbox_to_the_task(client, monkeypatch):
    with as_request("req-2"):
        enqueue("tests.logs.remember", [[]], queue="default")
        publish("customer.test", {})
    assert set(OutboxEntry.objects.values_list("request_id", flat=True)) == {"req-2"}
    sent = []

    def send_task(name, **options):
        sent.append((name, current_request_id()))

    monkeypatch.setattr(app, "send_task", send_task)
    relay.relay_once(app)
    assert ("tests.logs.remember", "req-2") in sent
    assert current_request_id() == ""


def test_a_task_hears_the_request_in_its_headers_and_forgets_it_after():
    from celery.signals import before_task_publish

    headers: dict = {}
    with as_request("req-3"):
        before_task_publish.send(sender="x", headers=headers, body=None)
    assert headers == {"request_id": "req-3"}
    SEEN.clear()
    remember.apply(headers=headers)
    ((request_id, bound),) = SEEN
    assert request_id == "req-3"
    assert bound["task"] == "tests.logs.remember"
    assert bound["task_id"]
    assert "task_id" not in structlog.contextvars.get_contextvars()


@pytest.mark.django_db
def test_an_answer_names_its_request_and_a_task_of_it_has_the_same(client, api, admin, lisi):
    from tests.factories import CustomerFactory

    answer = api(admin).post(
        "/api/tickets",
        {"description": "门禁坏了", "customer_id": CustomerFactory().pk},
        headers={"X-Request-Id": "from-the-client"},
    )
    assert answer["X-Request-Id"] == "from-the-client"
    assert set(OutboxEntry.objects.values_list("request_id", flat=True)) == {"from-the-client"}


AS_A_WORKER = """
import django; django.setup()
from config.celery import app
app.log.setup(loglevel="WARNING")
from config.logs import get_logger
get_logger("messaging.anything").info("heard", count=3)
"""


def test_a_workers_own_lines_are_as_loud_as_the_webs():
    done = subprocess.run(
        [sys.executable, "-c", AS_A_WORKER],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "INFO",
            "LOG_FORMAT": "json",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    line = json.loads(done.stderr.splitlines()[-1])
    assert (line["event"], line["count"], line["logger"]) == ("heard", 3, "messaging.anything")
