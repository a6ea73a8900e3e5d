"""What holds a message back, and for how long: night, limits, open circuits; and how wide we send."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from config.errors import InvalidInputError
from config.events.models import OutboxEntry
from config.runtime import store
from messaging.channels.base import Limit, Outcome, Result
from messaging.models import ChannelAccount, ChannelCircuit, Message, MessageAttempt, MessageChunk
from messaging.sending import circuit
from messaging.sending.pool import Pool
from messaging.sending.work import send_chunk, send_messages

pytestmark = pytest.mark.django_db

RETRY = Result(Outcome.RETRY, "http_500", "平台故障")
FAULT = Result(Outcome.PERMANENT, "isv.INVALID_KEY", "密钥无效", is_account_fault=True)


def setting(key, value):
    store.change(key=key, value=value, actor=None)
    store.forget_snapshot()


def send(messages):
    send_messages([message.pk for message in messages])


def states():
    return list(Message.objects.order_by("id").values_list("status", flat=True))


def make_due():
    Message.objects.filter(status="queued").update(due_at=timezone.now() - timedelta(seconds=9))


# --- Quiet hours ----------------------------------------------------------------------------------

NIGHT = {"SMS": {"start": "22:00", "end": "08:00"}}
ELEVEN_PM = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "shanghai", "until"),
    [
        (NIGHT, "2026-03-02 23:00", "2026-03-03 08:00"),
        (NIGHT, "2026-03-03 00:00", "2026-03-03 08:00"),
        (NIGHT, "2026-03-03 07:59", "2026-03-03 08:00"),
        (NIGHT, "2026-03-03 08:00", None),
        (NIGHT, "2026-03-02 21:59", None),
        (NIGHT, "2026-03-02 22:00", "2026-03-03 08:00"),
        ({"SMS": {"start": "12:00", "end": "14:00"}}, "2026-03-02 13:30", "2026-03-02 14:00"),
        ({"SMS": {"start": "12:00", "end": "14:00"}}, "2026-03-02 14:00", None),
        ({"SMS": {"start": "09:00", "end": "09:00"}}, "2026-03-02 09:00", None),
        ({"EMAIL": {"start": "00:00", "end": "23:59"}}, "2026-03-02 12:00", None),
    ],
)
def test_in_quiet_hours_a_message_waits_for_the_morning(accept, channel, hours, shanghai, until):
    setting("quiet_hours", hours)
    with time_machine.travel(datetime.fromisoformat(shanghai + "+08:00"), tick=False):
        (message,) = accept()
        send([message])
    message.refresh_from_db()
    if until is None:
        assert message.status == "sent"
        return
    assert (message.status, message.attempts, channel.received) == ("queued", 0, [])
    assert message.due_at == datetime.fromisoformat(until + "+08:00")
    assert not MessageAttempt.objects.exists()


@pytest.mark.parametrize(("priority", "status"), [(8, "queued"), (9, "sent"), (10, "sent")])
def test_who_waits_for_a_code_wants_it_at_night_too(accept, channel, priority, status):
    setting("quiet_hours", {"SMS": {"start": "00:00", "end": "23:59"}})
    # Yesterday: the database goes by its own clock, for which noon may be still to come.
    noon = (timezone.localtime() - timedelta(days=1)).replace(hour=12, minute=0)
    with time_machine.travel(noon, tick=False):
        send(accept(priority=priority))
    assert states() == [status]


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMS": {"start": "22:00"}},
        {"SMS": {"start": "24:00", "end": "08:00"}},
        {"PIGEON": {"start": "22:00", "end": "08:00"}},
        {"SMS": "night"},
    ],
)
def test_wrong_quiet_hours_are_refused(db, wrong):
    with pytest.raises(InvalidInputError):
        setting("quiet_hours", wrong)


# --- Caps and limits ------------------------------------------------------------------------------


def to_one(accept, number, **fields):
    messages = accept(number, **fields)
    Message.objects.update(recipient="lisi")
    return messages


def test_a_person_gets_so_many_and_the_others_wait_without_an_attempt(accept, channel):
    setting("frequency_cap", {"SMS": {"count": 3, "seconds": 3600}})
    send(to_one(accept, 5))
    assert states().count("sent") == len(channel.received) == 3
    waiting = Message.objects.filter(status="queued")
    assert [message.attempts for message in waiting] == [0, 0]
    assert all(message.due_at > timezone.now() + timedelta(minutes=55) for message in waiting)


def test_the_cap_is_each_persons_own_and_an_alarm_is_above_it(accept, channel):
    setting("frequency_cap", {"SMS": {"count": 1, "seconds": 3600}})
    send(accept(4))
    assert states() == ["sent"] * 4
    send(to_one(accept, 2, priority=9))
    assert states() == ["sent"] * 6


def test_those_that_wait_for_one_limit_are_spaced_by_its_window(accept, channel):
    channel.limited = [Limit(f"robot:{timezone.now()}", 2)]
    send(accept(8))
    dues = sorted(Message.objects.filter(status="queued").values_list("due_at", flat=True))
    first = dues[0]
    windows = [round((due - first).total_seconds() / 60) for due in dues]
    assert windows == [0, 0, 1, 1, 2, 2]


# --- Circuits -------------------------------------------------------------------------------------


@pytest.fixture
def rule(db):
    setting(
        "circuit",
        {"min_failures": 5, "failure_share": 0.5, "window_seconds": 60, "open_seconds": 30},
    )


def opened():
    return OutboxEntry.objects.filter(name="messaging.circuit.opened").count()


def let_time_pass():
    """The circuit's time is over, and nobody remembers the last look."""
    ChannelCircuit.objects.update(open_until=timezone.now() - timedelta(seconds=30))
    circuit.forget()


def test_failures_open_the_circuit_once_and_the_others_wait(accept, channel, rule):
    channel.script = [RETRY] * 5
    send(accept(5))
    row = ChannelCircuit.objects.get()
    assert (row.key, row.is_open, row.code, opened()) == ("SMS:0", True, "http_500", 1)
    circuit.forget()
    send(accept(10))
    assert len(channel.received) == 5, "nothing goes out while it is open"
    held = Message.objects.filter(attempts=0)
    assert (held.count(), {m.status for m in held}) == (10, {"queued"})
    assert all(0 < (m.due_at - timezone.now()).total_seconds() <= 31 for m in held)
    assert opened() == 1


def test_a_few_failures_among_many_open_nothing(accept, channel, rule):
    channel.script = [RETRY] * 4
    send(accept(5))
    channel.script = [Result(Outcome.SENT)] * 20 + [RETRY] * 3
    send(accept(23))
    assert not ChannelCircuit.objects.filter(is_open=True).exists()


def test_a_persons_bad_address_is_not_the_channels_fault(accept, channel, rule):
    channel.script = [Result(Outcome.PERMANENT, "60111")] * 20
    send(accept(20))
    assert not ChannelCircuit.objects.exists()


def test_an_accounts_fault_opens_it_at_the_first(accept, channel, rule):
    channel.script = [FAULT]
    send(accept(1))
    row = ChannelCircuit.objects.get()
    assert (row.is_open, row.code, opened()) == (True, "isv.INVALID_KEY", 1)


def test_half_open_lets_one_look_and_a_good_look_closes_it(accept, channel, rule):
    channel.script = [FAULT]
    send(accept(1))
    waiting = accept(5)
    let_time_pass()
    send(waiting)
    assert len(channel.received) == 2, "one message looks whether it works again"
    assert ChannelCircuit.objects.get().is_open is False
    circuit.forget()
    make_due()
    send(waiting)
    assert [m.status for m in Message.objects.filter(pk__in=[w.pk for w in waiting])] == [
        "sent"
    ] * 5
    assert OutboxEntry.objects.filter(name="messaging.circuit.closed").count() == 1


def test_a_bad_look_keeps_it_open_twice_as_long_up_to_ten_minutes(accept, channel, rule):
    channel.script = [FAULT]
    send(accept(1))
    lengths = []
    for _ in range(6):
        let_time_pass()
        channel.script = [FAULT]
        send(accept(3))
        lengths.append(ChannelCircuit.objects.get().open_seconds)
    assert lengths == [60, 120, 240, 480, 600, 600]
    assert len(channel.received) == 7
    assert opened() == 1


def test_looking_often_uses_up_no_attempts_of_those_that_wait(accept, channel, rule):
    channel.script = [RETRY] * 5
    send(accept(5))
    circuit.forget()
    waiting = accept(3)
    for look in range(5):
        let_time_pass()
        make_due()
        channel.script = [RETRY]
        send(waiting)
        assert len(channel.received) == 6 + look
    found = Message.objects.filter(pk__in=[message.pk for message in waiting])
    assert {(message.status, message.attempts) for message in found} == {("queued", 0)}
    assert MessageAttempt.objects.filter(message__in=found).count() == 5, "and each look is told"


def test_only_the_account_at_fault_rests(accept, channel, rule):
    broken, sound = (
        ChannelAccount.objects.create(channel="SMS", code=code, name=code) for code in "ab"
    )
    channel.script = [FAULT]
    send(accept(1, account=broken))
    circuit.forget()
    send(accept(2, account=broken) + accept(2, account=sound))
    assert states() == ["failed", "queued", "queued", "sent", "sent"]


def test_what_waits_for_a_circuit_can_still_expire(accept, channel, rule):
    channel.script = [FAULT]
    send(accept(1))
    circuit.forget()
    (code,) = accept(1, expires_at=timezone.now() + timedelta(seconds=20))
    chunk = MessageChunk.objects.latest("pk")
    send_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert chunk.due_at <= code.expires_at, "looked at when it expires, not when it is let go"
    Message.objects.filter(pk=code.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    send_chunk(chunk.pk)
    code.refresh_from_db()
    assert code.status == "expired"


# --- The elastic pool -----------------------------------------------------------------------------

RULE = {
    "core_pool_size": 20,
    "max_pool_size": 100,
    "scale_up_threshold": 0.8,
    "scale_down_threshold": 0.2,
}


def test_the_pool_grows_under_load_up_to_its_maximum_and_shrinks_to_its_core():
    pool = Pool()
    assert [pool.adapt(100, RULE) for _ in range(6)] == [30, 45, 67, 100, 100, 100]
    assert [pool.adapt(1, RULE) for _ in range(6)] == [66, 44, 29, 20, 20, 20]


@pytest.mark.parametrize("wanted", [4, 10, 16])
def test_between_the_thresholds_it_stays(wanted):
    pool = Pool()
    assert [pool.adapt(wanted, RULE) for _ in range(3)] == [20, 20, 20]


def test_it_obeys_new_settings_at_its_next_wave():
    pool = Pool()
    pool.adapt(100, RULE)
    assert pool.adapt(100, {**RULE, "core_pool_size": 5, "max_pool_size": 10}) == 10
    assert pool.adapt(0, {**RULE, "core_pool_size": 50, "max_pool_size": 10}) == 50


def test_no_more_calls_are_under_way_than_the_pool_allows(accept, channel, monkeypatch):
    setting("message_sender", {**RULE, "core_pool_size": 3, "max_pool_size": 3})
    now, most = 0, 0

    async def send_slowly(outbound, http):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return Result(Outcome.SENT)

    monkeypatch.setattr(channel, "send", send_slowly)
    send(accept(30))
    assert (states(), most) == (["sent"] * 30, 3)
