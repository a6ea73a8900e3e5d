"""Failed messages that may well arrive now are sent anew: where it is switched on, and once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.runtime import store
from messaging.actions.retry_failed import REQUEUED, SETTING, failed_retry
from messaging.models import Message, MessageAttempt, MessageChunk
from messaging.sending.accept import NewMessage, message_accept

pytestmark = pytest.mark.django_db


@pytest.fixture
def switched_on(db):
    store.change(key=SETTING, value={"enabled": True}, actor=None)


def ended(outcome="retry", status="failed", *, hours=1, attempts=3, number=3, **more):
    message = message_accept(
        NewMessage(channel="GROUP_BOT", recipient="g", payload={"msgtype": "text"}, **more)
    )
    at = timezone.now() - timedelta(hours=hours)
    Message.objects.filter(pk=message.pk).update(
        status=status, attempts=attempts, created_at=at, finished_at=at, error_code="500"
    )
    MessageAttempt.objects.create(message=message, number=number, outcome=outcome, duration_ms=1)
    MessageChunk.objects.all().delete()
    return message


def test_it_is_off_until_somebody_switches_it_on():
    ended()
    assert failed_retry() == 0


def test_what_passing_trouble_ended_is_sent_anew_once(switched_on):
    message = ended()
    assert failed_retry() == 1
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("queued", 0)
    assert MessageChunk.objects.get().message_ids == [message.pk]
    assert message.failed_attempts.filter(outcome=REQUEUED).count() == 1
    Message.objects.update(
        status="failed", attempts=3, finished_at=timezone.now() - timedelta(hours=1)
    )
    assert failed_retry() == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"outcome": "permanent"},
        {"outcome": "uncertain", "status": "uncertain"},
        {"status": "cancelled"},
        {"hours": 25},
        {"hours": 0},
        # A receipt said so after it had been sent at its third attempt.
        {"attempts": 3, "number": 2},
        {"expires_at": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_everything_else_stays_as_it_is(switched_on, facts):
    message = ended(**facts)
    assert failed_retry() == 0
    message.refresh_from_db()
    assert message.status == facts.get("status", "failed")


def test_at_most_so_many_at_once(switched_on):
    store.change(key=SETTING, value={"enabled": True, "limit": 2}, actor=None)
    for _ in range(3):
        ended()
    assert [failed_retry(), failed_retry(), failed_retry()] == [2, 1, 0]
