"""A worker that dies while it writes a result down leaves all of it undone, or nothing (guarantees.md 3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.channels.base import Outcome, Result
from messaging.models import Message, MessageChunk, ProviderReference
from messaging.sending import fallback, references
from messaging.sending.accept import NewMessage, message_accept
from messaging.sending.work import send_messages

pytestmark = pytest.mark.django_db


class Death(BaseException):
    """SIGKILL, as near as one process comes to it."""


def dies(*_):
    raise Death


def now_of(message):
    message.refresh_from_db()
    return message.status


def test_between_sent_and_the_number_of_its_receipt(reporting, tell, monkeypatch):
    reporting.idempotent = True
    message = message_accept(NewMessage(channel="APP", recipient="device-1", payload={}))
    with monkeypatch.context() as broken:
        broken.setattr(references, "keep", dies)
        with pytest.raises(Death):
            send_messages([message.pk])
    assert now_of(message) == "sending", "its lease runs out, and another sends it"
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    send_messages([message.pk])
    assert ProviderReference.objects.filter(message=message).count() == 1
    tell({"status": "delivered", "provider_message_id": f"P{message.pk}"})
    assert now_of(message) == "delivered"


def test_between_failed_and_the_channel_that_takes_over(reporting, monkeypatch):
    message = message_accept(
        NewMessage(
            channel="APP", recipient="device-1", payload={}, fallback_channels=["WORK_WECHAT"]
        )
    )
    reporting.script = [Result(Outcome.PERMANENT, "refused")]
    with monkeypatch.context() as broken:
        broken.setattr(fallback, "take_over", dies)
        with pytest.raises(Death):
            send_messages([message.pk])
    assert now_of(message) == "sending"


def test_a_takeover_that_cannot_be_made_leaves_the_failure_standing(reporting, monkeypatch):
    message = message_accept(
        NewMessage(channel="APP", recipient="device-1", payload={}, fallback_channels=["SMS"])
    )
    reporting.script = [Result(Outcome.PERMANENT, "refused")]

    def breaks(*_):
        MessageChunk.objects.create(queue="low", message_ids=[], size=0, due_at=None)

    monkeypatch.setattr(fallback, "take_over", breaks)
    send_messages([message.pk])
    assert now_of(message) == "failed"
