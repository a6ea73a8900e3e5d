"""A group robot gets twenty a minute, whoever sends: by the platform's own log (guarantees.md 7)."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_redis import get_redis_connection

from messaging.models import Message, MessageAttempt, MessageTemplate
from messaging.sending import limits
from messaging.sending.work import send_messages
from tests.at_once import all_at_once
from tests.factories import RobotFactory
from tests.live import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES = 60
WORKERS = 3
PER_MINUTE = 20


@pytest.fixture
def messages(platform, settings, operator):
    """Sixty for one robot; two accounts name the same webhook, as two codes for one group may."""
    for code in ("bot_001", "bot_002"):
        RobotFactory(
            code=code,
            is_default=code == "bot_001",
            settings={"group_id": code},
            secrets={"webhook_url": settings.GROUP_WEBHOOK_URL},
        )
    MessageTemplate.objects.create(code="g", name="g", channel="GROUP_BOT", body="第{{n}}条")
    recipients = [
        {"recipient": f"bot_00{1 + n % 2}", "variables": {"n": n}} for n in range(MESSAGES)
    ]
    answer = operator.post(
        "/api/messages/send-batch", {"template_code": "g", "recipients": recipients}
    )
    assert answer.json()["accepted"] == MESSAGES
    return list(Message.objects.order_by("pk").values_list("pk", flat=True))


def log():
    """What the platform took since the last look."""
    client = Client()
    rows = client.get("/sandbox/api/outbox?channel=GROUP_BOT&limit=1000").json()["list"]
    client.delete("/sandbox/api/outbox")
    return [row["payload"]["text"]["content"] for row in rows]


def a_window_passes():
    """Every moment that the limit remembers lies a window and its margin further back."""
    Message.objects.filter(status="queued").update(due_at=timezone.now())
    seconds = 60 + limits.MARGIN_SECONDS
    if not django_settings.REDIS_URL:
        for name, moments in limits._local_log.items():
            limits._local_log[name] = type(moments)(at - seconds for at in moments)
        return
    redis = get_redis_connection("default")
    for key in redis.scan_iter("scrm:limit:*"):
        for member in redis.zrange(key, 0, -1):
            redis.zincrby(key, -seconds * 1000, member)


def by_threads(messages):
    assert all_at_once([lambda: send_messages(messages)] * WORKERS) == []


def by_processes(messages):
    """Workers of their own, with nothing but the database and Redis in common."""
    program = (
        "import sys, django; django.setup();"
        "from django.conf import settings;"
        "settings.WECOM_API_BASE = sys.argv[1];"
        "from messaging.sending.work import send_messages;"
        "send_messages([int(pk) for pk in sys.argv[2].split(',')])"
    )
    base = django_settings.WECOM_API_BASE
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgresql://{USER}@{HOST}:{PORT}/{NAME}".format(**database),
        "REDIS_URL": django_settings.REDIS_URL,
    }
    # Each begins elsewhere, so that they meet in the middle and not at every row.
    third = len(messages) // WORKERS
    orders = [messages[third * n :] + messages[: third * n] for n in range(WORKERS)]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", program, base, ",".join(map(str, order))],
            cwd=ROOT,
            env=environment,
        )
        for order in orders
    ]
    assert [worker.wait(60) for worker in workers] == [0] * WORKERS


@pytest.mark.parametrize(
    "work", [by_threads, pytest.param(by_processes, marks=pytest.mark.services_only)]
)
def test_three_workers_together_send_twenty_in_each_minute_and_every_message_once(messages, work):
    taken: list[str] = []
    for sent in (20, 40, 60):
        work(messages)
        window = log()
        assert len(window) == PER_MINUTE, "not one more, and not one less"
        taken += window
        assert Message.objects.filter(status="sent").count() == sent
        a_window_passes()
    assert Counter(taken) == Counter(f"第{n}条" for n in range(MESSAGES))
    assert not MessageAttempt.objects.exists(), "the platform never had to refuse one"


def test_within_one_minute_the_rest_waits_and_costs_no_attempt(messages):
    by_threads(messages)
    Message.objects.filter(status="queued").update(due_at=timezone.now())
    by_threads(messages)
    assert len(log()) == PER_MINUTE
    waiting = Message.objects.filter(status="queued")
    assert waiting.count() == MESSAGES - PER_MINUTE
    assert set(waiting.values_list("attempts", flat=True)) == {0}
    assert all(message.due_at > timezone.now() for message in waiting)
