"""Each rule sees its trouble, and nothing where there is none."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from config.runtime import store
from messaging.models import ChannelCircuit, MessageChunk
from monitoring.watch.conditions import all_rules, title_of
from monitoring.watch.rules import delivery, machine
from wechat.models import Callback, CallbackStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seen(world):
    """What the rule sees now: subjects with their summaries."""
    rules = {rule.name: rule for rule in all_rules()}

    def ask(name):
        return {found.subject: found.summary for found in rules[name].look(world.parts)}

    return ask


def waiting(queue, size):
    # The database's clock is not moved by the test.
    due_at = timezone.now() - timedelta(hours=1)
    MessageChunk.objects.create(queue=queue, size=size, due_at=due_at, message_ids=[])


def test_a_queue_that_is_long_and_still_grows(seen, clock):
    store.change(key="watch.limits", value={"queue_depth": 100}, actor=None)
    waiting("high", 150)
    assert seen("queue_growing") == {}, "long, but who knows whether it grows"
    clock.shift(10)
    waiting("high", 50)
    assert list(seen("queue_growing")) == ["high"]
    assert "200" in seen("queue_growing")["high"]
    MessageChunk.objects.all().delete()
    clock.shift(10)
    waiting("high", 120)
    assert seen("queue_growing") == {}, "long, but being worked off"


def test_a_channel_whose_messages_fail(seen, clock, monkeypatch):
    figures = {"SMS": (1000, 0), "EMAIL": (1000, 0), "APP": (0, 0)}

    def overview(days):
        return {
            "by_channel": [
                {"channel": name, "sent": sent, "failed": failed}
                for name, (sent, failed) in figures.items()
            ]
        }

    monkeypatch.setattr(delivery, "overview", overview)
    assert seen("success_rate") == {}
    clock.shift(60)
    figures |= {"SMS": (1050, 50), "EMAIL": (1990, 10), "APP": (1, 9)}
    found = seen("success_rate")
    assert list(found) == ["SMS"], "mail is well, and ten messages are too few to tell"
    assert "50%" in found["SMS"]
    clock.shift(24 * 3600)
    figures |= {"SMS": (3, 1)}
    assert seen("success_rate") == {}, "a new day begins anew"


def test_a_circuit_that_is_open(seen):
    ChannelCircuit.objects.create(key="SMS:3", is_open=True, code="isv.AMOUNT_NOT_ENOUGH")
    ChannelCircuit.objects.create(key="EMAIL:1", is_open=False)
    found = seen("circuit_open")
    assert list(found) == ["SMS:3"]
    assert "短信" in found["SMS:3"]


def test_what_waits_too_long_to_be_published(seen):
    entry = OutboxEntry.objects.create(kind="task", name="a", payload=[], queue="default")
    assert seen("outbox_lag") == {}
    OutboxEntry.objects.filter(pk=entry.pk).update(created_at=timezone.now() - timedelta(minutes=3))
    assert "180 秒" in seen("outbox_lag")[""]
    OutboxEntry.objects.create(kind="task", name="b", payload=[], queue="x", error="no queue")
    assert "set_aside" in seen("outbox_lag")


def test_callbacks_that_fail_and_that_wait(seen):
    assert seen("callbacks") == {}
    for number in range(5):
        Callback.objects.create(
            source="aibot",
            dedupe_key=str(number),
            payload={},
            status=CallbackStatus.FAILED,
            finished_at=timezone.now(),
        )
    old = Callback.objects.create(source="kf", dedupe_key="old", payload={})
    Callback.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(minutes=5))
    found = seen("callbacks")
    assert "5 个回调" in found["failed"]
    assert "300 秒" in found["waiting"]
    Callback.objects.filter(status=CallbackStatus.FAILED).update(
        finished_at=timezone.now() - timedelta(minutes=11)
    )
    assert "failed" not in seen("callbacks")


def test_a_disk_that_is_full(seen, monkeypatch):
    free = [50]

    def disk_usage(_path):
        return SimpleNamespace(total=100 << 30, free=free[0] << 30)

    monkeypatch.setattr(machine, "shutil", SimpleNamespace(disk_usage=disk_usage))
    assert seen("disk") == {}
    free[0] = 5
    assert "只剩 5%" in seen("disk")[""]


def test_every_rule_has_a_title_and_a_runbook():
    from config.environment import BASE_DIR

    runbook = (BASE_DIR / "docs" / "operations.md").read_text()
    names = {rule.name for rule in all_rules()}
    assert {"database", "broker", "cache", "beat", "relay", "worker"} < names
    for name in names:
        assert title_of(name) != name
        assert f"`{name}`" in runbook
    assert title_of("gone") == "gone"
