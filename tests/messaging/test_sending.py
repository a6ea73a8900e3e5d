"""From accepted to final: claims, outcomes, fences, the sweep (guarantees.md)."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError
from config.processes import ending
from config.runtime import store
from messaging.actions.batches import message_resend
from messaging.channels.base import Limit, Outcome, Result
from messaging.models import Message, MessageAttempt, MessageChunk, MessageStatus
from messaging.models.batch import queue_for
from messaging.sending import pool, sweep
from messaging.sending.accept import NewMessage, messages_accept
from messaging.sending.chunks import CHUNK_SIZE
from messaging.sending.claim import LEASE_SECONDS, claim
from messaging.sending.results import Finished, flush
from messaging.sending.work import send_chunk, send_messages
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db


def ids(messages):
    return [message.pk for message in messages]


def states():
    return list(Message.objects.order_by("id").values_list("status", flat=True))


@pytest.mark.parametrize(
    ("priority", "queue"),
    [
        (0, "low"),
        (3, "low"),
        (4, "normal"),
        (6, "normal"),
        (7, "high"),
        (8, "high"),
        (9, "urgent"),
        (10, "urgent"),
    ],
)
def test_a_priority_names_its_queue(priority, queue):
    assert queue_for(priority) == queue


def test_accepting_writes_rows_and_their_chunks(accept):
    messages = accept(CHUNK_SIZE + 1, priority=9)
    chunks = list(MessageChunk.objects.order_by("id"))
    assert [chunk.queue for chunk in chunks] == ["urgent", "urgent"]
    assert [chunk.size for chunk in chunks] == [CHUNK_SIZE, 1]
    assert [pk for chunk in chunks for pk in chunk.message_ids] == ids(messages)


def test_accepting_is_all_or_nothing(accept, channel):
    good = NewMessage(channel=channel.code, recipient="r", payload={})
    with pytest.raises(InvalidInputError):
        messages_accept([good, NewMessage(channel="PIGEON", recipient="r", payload={})])
    with pytest.raises(InvalidInputError):
        messages_accept([NewMessage(channel=channel.code, recipient="r", payload={}, priority=11)])
    assert not Message.objects.exists()
    assert not MessageChunk.objects.exists()


def test_a_chunk_is_sent_once_however_often_its_task_runs(accept, channel):
    messages = accept(250)
    assert send_messages(ids(messages)) == 250
    assert send_messages(ids(messages)) == 0
    assert len(channel.received) == 250
    message = Message.objects.first()
    assert message.status == MessageStatus.SENT
    assert message.attempts == 1
    assert message.sent_at
    assert message.lease_token is None


def test_a_wave_is_ordered_by_priority(accept, channel):
    low, high = accept(2, priority=1), accept(2, priority=9)
    claimed = claim(ids(low + high))
    assert [row.pk for row in claimed.rows] == ids(high) + ids(low)


def test_a_passing_trouble_is_tried_three_times_then_dead(accept, channel):
    (message,) = accept()
    channel.script = [Result(Outcome.RETRY, "-1", "平台繁忙")] * 3
    for attempt in (1, 2, 3):
        send_messages([message.pk])
        message.refresh_from_db()
        assert message.attempts == attempt
        Message.objects.filter(status="queued").update(due_at=timezone.now())
    assert message.status == MessageStatus.FAILED
    assert message.error_code == "-1"
    assert message.finished_at
    assert MessageAttempt.objects.filter(message=message).count() == 3


def test_a_retry_waits_its_delay_with_jitter(accept, channel):
    (message,) = accept()
    channel.script = [Result(Outcome.RETRY, "-1")]
    before = timezone.now()
    send_messages([message.pk])
    message.refresh_from_db()
    wait = (message.due_at - before).total_seconds()
    assert 240 <= wait <= 361
    assert send_messages([message.pk]) == 0, "not before it is due"


def test_a_limit_of_the_provider_costs_no_attempt(accept, channel):
    (message,) = accept()
    channel.script = [Result(Outcome.THROTTLED, "45009", retry_after_seconds=60)]
    send_messages([message.pk])
    message.refresh_from_db()
    assert (message.status, message.attempts) == (MessageStatus.QUEUED, 0)
    assert message.due_at > timezone.now() + timedelta(seconds=50)


def test_a_permanent_refusal_fails_at_once_with_a_sentence(accept, channel):
    (message,) = accept()
    channel.script = [Result(Outcome.PERMANENT, "93000", "机器人已被移出群")]
    send_messages([message.pk])
    message.refresh_from_db()
    assert (message.status, message.error_code) == (MessageStatus.FAILED, "93000")
    assert message.error_detail == "机器人已被移出群"


@pytest.mark.parametrize(
    ("idempotent", "status"), [(False, MessageStatus.UNCERTAIN), (True, MessageStatus.QUEUED)]
)
def test_silence_after_the_request_is_doubt_unless_a_repetition_is_harmless(
    accept, channel, idempotent, status
):
    (message,) = accept()
    channel.idempotent = idempotent
    channel.script = [TimeoutError()]
    send_messages([message.pk])
    message.refresh_from_db()
    assert message.status == status


def test_a_poison_message_fails_alone_with_its_traceback(accept, channel):
    messages = accept(10)
    channel.script = [Result(Outcome.SENT), ValueError("unforeseen")]
    send_messages(ids(messages))
    assert states().count("sent") == 9
    attempt = MessageAttempt.objects.get()
    assert "ValueError: unforeseen" in attempt.detail
    assert attempt.code == "unforeseen"


def test_a_refused_connection_is_a_passing_trouble(accept, channel):
    (message,) = accept()
    key = aiohttp.client_reqrep.ConnectionKey("h", 1, False, True, None, None, None)
    channel.script = [aiohttp.ClientConnectorError(key, OSError("refused"))]
    send_messages([message.pk])
    message.refresh_from_db()
    assert (message.status, message.error_code) == (MessageStatus.QUEUED, "connection_failed")


def test_a_provider_too_slow_for_the_lease_costs_nothing_that_was_not_tried(
    accept, channel, monkeypatch
):
    messages = accept(3)
    store.change(key="message_sender", value={"core_pool_size": 1, "max_pool_size": 1}, actor=None)
    store.forget_snapshot()
    monkeypatch.setattr(pool, "WAVE_SECONDS", 0.3)

    async def hangs(outbound, http):
        channel.received.append(outbound)
        await asyncio.sleep(30)

    monkeypatch.setattr(channel, "send", hangs)
    send_messages(ids(messages))
    assert len(channel.received) == 1
    assert states() == ["uncertain", "queued", "queued"]
    assert set(Message.objects.filter(status="queued").values_list("attempts", flat=True)) == {0}


def test_what_is_too_late_is_not_sent(accept, channel):
    now = timezone.now()
    (message,) = accept(expires_at=now + timedelta(hours=1))
    Message.objects.update(expires_at=now - timedelta(seconds=1))
    send_messages([message.pk])
    assert states() == ["expired"]
    assert channel.received == []


def test_what_its_worker_died_with_is_too_late_as_well(accept, channel):
    (message,) = accept(expires_at=timezone.now() + timedelta(hours=1))
    claim([message.pk])
    lose_the_lease()
    Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    chunk = MessageChunk.objects.get()
    send_chunk(chunk.pk)
    assert states() == ["expired"]
    assert channel.received == []
    assert not MessageChunk.objects.exists(), "nobody looks for it for ever"


def test_a_message_is_not_sent_that_became_too_late_behind_slow_ones(accept, channel, monkeypatch):
    messages = accept(3, expires_at=timezone.now() + timedelta(seconds=1))
    store.change(key="message_sender", value={"core_pool_size": 1, "max_pool_size": 1}, actor=None)
    store.forget_snapshot()

    async def is_slow(outbound, http):
        channel.received.append(outbound)
        await asyncio.sleep(1.2)
        return Result(Outcome.SENT)

    monkeypatch.setattr(channel, "send", is_slow)
    send_messages(ids(messages))
    assert len(channel.received) == 1
    assert states() == ["sent", "expired", "expired"]
    late = Message.objects.filter(status="expired")
    assert set(late.values_list("attempts", "error_code")) == {(0, "expired")}
    assert all(message.finished_at for message in late)


def test_a_scheduled_message_waits_for_its_time(accept, channel):
    later = timezone.now() + timedelta(hours=1)
    accept(send_at=later)
    chunk = MessageChunk.objects.get()
    assert (states(), chunk.due_at) == (["scheduled"], later)
    assert send_chunk(chunk.pk) == 0
    assert MessageChunk.objects.get().due_at == later
    Message.objects.update(due_at=timezone.now())
    send_chunk(chunk.pk)
    assert states() == ["sent"]
    assert not MessageChunk.objects.exists()


def test_our_own_limit_lets_just_so_many_through(accept, channel):
    messages = accept(30)
    channel.limited = [Limit("robot", 20)]
    send_messages(ids(messages))
    assert len(channel.received) == 20
    assert sorted(states()) == ["queued"] * 10 + ["sent"] * 20
    waiting = Message.objects.filter(status="queued").first()
    assert waiting.attempts == 0
    assert waiting.due_at > timezone.now()
    assert not MessageAttempt.objects.exists(), "what we held back ourselves was not tried"


# --- Leases, fences, the sweep --------------------------------------------------------------------


def lose_the_lease():
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_worker_past_its_lease_changes_nothing(accept, channel):
    (message,) = accept()
    frozen = claim([message.pk])
    lose_the_lease()
    send_messages([message.pk])
    late = Finished(frozen.rows[0], Result(Outcome.PERMANENT, "late"))
    assert flush(frozen.token, [late]) == []
    message.refresh_from_db()
    assert (message.status, message.error_code) == (MessageStatus.SENT, "")
    assert [attempt.outcome for attempt in MessageAttempt.objects.all()] == ["interrupted"]


class WorkerDies(BaseException):
    """What no worker survives."""


def test_a_message_that_kills_two_workers_is_set_aside_and_takes_nobody_with_it(accept, channel):
    messages = accept(20)
    deadly = messages[7]

    def kills(outbound):
        if outbound.pk == deadly.pk:
            raise WorkerDies

    for _ in range(2):
        channel.script = [kills] * 40
        with pytest.raises(WorkerDies):
            send_messages(ids(messages))
        lose_the_lease()
    send_messages(ids(messages))
    deadly.refresh_from_db()
    assert (deadly.status, deadly.error_code) == (MessageStatus.FAILED, "worker_lost")
    assert states().count("sent") == 19
    assert [outbound.pk for outbound in channel.received].count(deadly.pk) == 2
    told = MessageAttempt.objects.filter(message=deadly).values_list("outcome", flat=True)
    assert list(told) == ["interrupted", "interrupted", "permanent"]


def test_a_lease_in_force_is_left_alone(accept, channel):
    (message,) = accept()
    claim([message.pk])
    assert send_messages([message.pk]) == 0
    assert states() == ["sending"]
    message.refresh_from_db()
    assert 0 < (message.lease_until - timezone.now()).total_seconds() <= LEASE_SECONDS


def test_the_chunk_of_a_dead_worker_comes_back_when_its_lease_has_run_out(accept, channel):
    (message,) = accept()
    claim([message.pk])
    chunk = MessageChunk.objects.get()
    send_chunk(chunk.pk)
    message.refresh_from_db()
    chunk.refresh_from_db()
    assert chunk.due_at == message.lease_until
    lose_the_lease()
    send_chunk(chunk.pk)
    assert states() == ["sent"]
    assert not MessageChunk.objects.exists()


def published(chunk, *, seconds_ago, begun_seconds_ago=None):
    now = timezone.now()
    begun = None
    if begun_seconds_ago is not None:
        begun = now - timedelta(seconds=begun_seconds_ago)
    MessageChunk.objects.filter(pk=chunk.pk).update(
        published_at=now - timedelta(seconds=seconds_ago), begun_at=begun
    )


def test_a_lost_task_is_published_again_but_not_a_fresh_one(accept, channel):
    accept(3)
    chunk = MessageChunk.objects.get()
    published(chunk, seconds_ago=0)
    assert sweep.sweep() == 0
    published(chunk, seconds_ago=46)
    assert sweep.sweep({"normal": 7}) == 0, "it may just wait in its full queue"
    assert sweep.sweep({"normal": 0}) == 1
    assert MessageChunk.objects.get().published_at is None


def test_a_task_that_was_lost_is_found_although_its_queue_is_full_of_later_ones(accept, channel):
    for _ in range(4):
        accept(1)
    first, second, third, in_work = MessageChunk.objects.order_by("id")
    published(first, seconds_ago=60)
    published(second, seconds_ago=55)
    published(third, seconds_ago=10)
    published(in_work, seconds_ago=60, begun_seconds_ago=3)
    assert sweep.sweep({"normal": 3}) == 0, "three wait, and three tasks are there"
    assert sweep.sweep({"normal": 2}) == 1
    lost = MessageChunk.objects.get(published_at=None)
    assert lost == first, "the oldest: queues are first in, first out"


def test_a_chunk_whose_worker_fell_silent_is_found_however_full_its_queue_is(accept, channel):
    accept(1)
    chunk = MessageChunk.objects.get()
    published(chunk, seconds_ago=600, begun_seconds_ago=44)
    assert sweep.sweep({"normal": 99}) == 0
    published(chunk, seconds_ago=600, begun_seconds_ago=46)
    assert sweep.sweep({"normal": 99}) == 1


def test_a_worker_that_is_told_to_end_gives_back_what_it_has_not_begun(accept, channel):
    accept(3)
    chunk = MessageChunk.objects.get()
    ending.begin_to_end()
    try:
        assert send_chunk(chunk.pk) == 0
    finally:
        ending.forget()
    assert channel.received == []
    assert states() == ["queued"] * 3
    chunk.refresh_from_db()
    assert chunk.published_at is None
    send_chunk(chunk.pk)
    assert states() == ["sent"] * 3


def test_messages_that_no_chunk_knows_are_found(accept, channel):
    accept(3)
    MessageChunk.objects.all().delete()
    assert sweep.adopt_orphans() == 0, "they may be about to get one"
    Message.objects.update(
        created_at=timezone.now() - timedelta(hours=1), due_at=timezone.now() - timedelta(hours=1)
    )
    assert sweep.adopt_orphans() == 3
    assert sweep.adopt_orphans() == 0


def test_an_operator_resends_what_ended_badly_and_nothing_else(accept, channel):
    (message,) = accept()
    with pytest.raises(ConflictError):
        message_resend(message_pk=message.pk)
    channel.script = [Result(Outcome.UNCERTAIN, "no_answer")]
    send_messages([message.pk])
    message_resend(message_pk=message.pk)
    send_messages([message.pk])
    assert states() == ["sent"]


@pytest.mark.django_db(transaction=True)
def test_four_workers_on_the_same_ids_send_each_once(accept, channel):
    messages = accept(400)
    assert all_at_once([lambda: send_messages(ids(messages))] * 4) == []
    assert sorted(outbound.pk for outbound in channel.received) == ids(messages)
    assert set(states()) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_enqueued_when_the_transaction_fails(accept):
    with pytest.raises(RuntimeError), transaction.atomic():
        accept(5)
        raise RuntimeError
    assert not Message.objects.exists()
    assert not MessageChunk.objects.exists()
