"""`POST /api/messages/send` and its promises: once, in time, over another channel, never unwanted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.channels import registry
from messaging.channels.base import Outcome, Result
from messaging.models import Message, MessageChunk, MessageTemplate, OptOut
from messaging.sending import group_commit
from messaging.sending.accept import NewMessage
from messaging.sending.work import send_chunk, send_messages
from tests.at_once import all_at_once
from tests.factories import CustomerFactory
from tests.messaging.answers import refused

pytestmark = pytest.mark.django_db

PERMANENT = Result(Outcome.PERMANENT, "60111", "号码无效")


@pytest.fixture
def send(operator, new_template):
    new_template(body="{{name}}")

    def post(client=operator, **fields):
        body = {"template_code": "notice", "recipient": "lisi", "variables": {"name": "x"}}
        body |= fields
        return client.post("/api/messages/send", {k: v for k, v in body.items() if v is not None})

    return post


def work_all():
    send_messages(list(Message.objects.order_by("id").values_list("pk", flat=True)))


# --- The same content -----------------------------------------------------------------------------


@pytest.fixture
def deduped(send, operator):
    MessageTemplate.objects.update(dedupe_seconds=600)
    return send


def test_the_same_content_is_answered_with_the_first_message(deduped):
    first, second = deduped().json(), deduped().json()
    assert (first["status"], second["status"]) == ("queued", "deduplicated")
    assert first["message_id"] == second["message_id"] == Message.objects.get().message_id
    work_all()
    assert deduped().json()["status"] == "deduplicated"


def test_other_words_another_person_or_a_later_time_is_another_message(deduped):
    deduped()
    assert deduped(variables={"name": "y"}).json()["status"] == "queued"
    assert deduped(recipient="wangwu").json()["status"] == "queued"
    work_all()
    Message.objects.update(created_at=timezone.now() - timedelta(seconds=601))
    assert deduped().json()["status"] == "queued"
    assert Message.objects.count() == 4


def test_a_failed_one_gives_its_place_back(deduped, channel):
    first = deduped().json()["message_id"]
    channel.script = [PERMANENT]
    work_all()
    second = deduped().json()
    assert (second["status"], second["message_id"] != first) == ("queued", True)
    work_all()
    assert len(channel.received) == 2


@pytest.mark.django_db(transaction=True)
def test_thirty_at_once_with_the_same_content_are_one(deduped, with_key):
    caller = with_key("messages:send")
    answers = []
    assert all_at_once([lambda: answers.append(deduped(caller).json())] * 30) == []
    assert {answer["message_id"] for answer in answers} == {Message.objects.get().message_id}
    assert sorted(answer["status"] for answer in answers) == ["deduplicated"] * 29 + ["queued"]


@pytest.mark.django_db(transaction=True)
def test_thirty_at_once_with_one_dedupe_key_are_one(send, with_key):
    caller = with_key("messages:send")
    acts = [lambda n=n: send(caller, dedupe_key="order-1", recipient=f"r{n}") for n in range(30)]
    assert all_at_once(acts) == []
    assert Message.objects.count() == 1


def test_a_dedupe_key_holds_even_after_a_failure(send, channel):
    first = send(dedupe_key="order-1").json()
    channel.script = [PERMANENT]
    work_all()
    again = send(dedupe_key="order-1").json()
    assert (again["message_id"], again["status"]) == (first["message_id"], "failed")


def test_one_that_cannot_be_written_fails_alone_in_its_group_commit(channel, db):
    def entry(priority):
        new = NewMessage(channel="SMS", recipient="r", payload={}, priority=priority)
        return group_commit.Entry(new, None)

    group = [entry(5), entry(99), entry(5)]
    group_commit.SINGLE_SENDS.commit(group)
    assert [bool(one.answer) for one in group] == [True, False, True]
    assert [bool(one.error) for one in group] == [False, True, False]
    assert Message.objects.count() == 2


# --- Fallback -------------------------------------------------------------------------------------


@pytest.fixture
def customer(reporting):
    found = CustomerFactory(phone="+8613800138000")
    found.identifiers.create(channel="APP", address="device-1")
    return found


def by_customer(send, customer, *channels):
    return send(recipient=None, customer_id=customer.pk, fallback_channels=list(channels))


def test_what_fails_for_good_goes_on_over_the_next_channel(send, customer, channel, reporting):
    message_id = by_customer(send, customer, "APP").json()["message_id"]
    channel.script = [PERMANENT]
    work_all()
    message = Message.objects.get()
    assert (message.status, message.channel, message.recipient) == ("queued", "APP", "device-1")
    assert MessageChunk.objects.filter(message_ids=[message.pk]).exists()
    work_all()
    message.refresh_from_db()
    assert (message.message_id, message.status, message.attempts) == (message_id, "sent", 1)
    assert [outbound.recipient for outbound in reporting.received] == ["device-1"]
    assert [outbound.recipient for outbound in channel.received] == ["+8613800138000"]


def test_a_channel_that_does_not_reach_the_customer_is_passed_over(send, customer, channel):
    by_customer(send, customer, "WORK_WECHAT", "GROUP_BOT", "APP")
    channel.script = [PERMANENT]
    work_all()
    assert Message.objects.get().channel == "APP"


def test_when_all_have_failed_it_has_failed(send, customer, channel, reporting):
    by_customer(send, customer, "APP")
    channel.script, reporting.script = [PERMANENT], [PERMANENT]
    work_all()
    work_all()
    message = Message.objects.get()
    assert (message.status, message.channel) == ("failed", "APP")


def test_doubt_does_not_fall_back(send, customer, channel):
    """It may have arrived: over a second channel it might arrive twice."""
    by_customer(send, customer, "APP")
    channel.script = [Result(Outcome.UNCERTAIN, "no_answer")]
    work_all()
    message = Message.objects.get()
    assert (message.status, message.channel) == ("uncertain", "SMS")


def test_who_has_left_the_next_channel_is_not_written_to_there(send, customer, channel, reporting):
    OptOut.objects.create(channel="APP", address="device-1")
    by_customer(send, customer, "APP")
    channel.script = [PERMANENT]
    work_all()
    work_all()
    assert (Message.objects.get().status, reporting.received) == ("failed", [])


def test_fallback_needs_a_customer_and_known_channels(send, customer, monkeypatch):
    monkeypatch.delitem(registry._channels, "FEISHU", raising=False)
    refused(send(fallback_channels=["APP"]), "fallback_channels")
    refused(by_customer(send, customer, "FEISHU"), "fallback_channels")
    refused(by_customer(send, customer, "PIGEON"), "fallback_channels.0")
    assert not Message.objects.exists()


# --- Opt-out --------------------------------------------------------------------------------------


def test_who_has_opted_out_is_not_written_to(send):
    OptOut.objects.create(channel="SMS", address="lisi")
    OptOut.objects.create(channel="EMAIL", address="wangwu")
    assert refused(send(), "recipient")["code"] == "opted_out"
    assert send(recipient="wangwu").status_code == 202


def test_who_opts_out_while_a_message_waits_does_not_get_it(send, channel):
    send(recipient="wangwu", delay_seconds=86_400)
    send(delay_seconds=86_400)
    OptOut.objects.create(channel="SMS", address="lisi")
    a_day = timedelta(days=1, seconds=5)
    for message in Message.objects.all():
        message.created_at, message.due_at = message.created_at - a_day, message.due_at - a_day
        message.save()
    work_all()
    assert dict(Message.objects.values_list("recipient", "status")) == {
        "wangwu": "sent", "lisi": "failed",
    }  # fmt: skip
    assert Message.objects.get(recipient="lisi").error_code == "opted_out"
    assert [outbound.recipient for outbound in channel.received] == ["wangwu"]


# --- In time --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1, 3600, 365 * 24 * 3600])
def test_a_delayed_message_is_scheduled_and_waits(send, channel, seconds):
    before = timezone.now()
    assert send(delay_seconds=seconds).json()["status"] == "scheduled"
    message = Message.objects.get()
    waits = (message.due_at - before).total_seconds()
    assert seconds <= waits <= seconds + 5
    assert MessageChunk.objects.get().due_at == message.due_at
    # Two seconds are our own clocks' leeway.
    if seconds > 5:
        work_all()
        assert channel.received == []


def test_no_delay_or_a_time_that_has_passed_is_now(send, channel):
    assert send(delay_seconds=0).json()["status"] == "queued"
    assert send(send_at="2020-01-01T00:00:00Z").json()["status"] == "queued"
    work_all()
    assert len(channel.received) == 2


def test_a_scheduled_message_can_be_cancelled_but_not_twice_nor_once_sent(send, operator):
    late = send(delay_seconds=3600).json()["message_id"]
    sent = send().json()["message_id"]
    work_all()
    assert operator.post(f"/api/messages/{late}/cancel").json()["status"] == "cancelled"
    for message_id in (late, sent):
        for verb in ("cancel", "retry"):
            response = operator.post(f"/api/messages/{message_id}/{verb}")
            assert response.status_code == 409
            detail = response.json()["errors"][0]["detail"]
            assert ("cancelled" if message_id == late else "sent") in detail, "names the state"


def test_a_failed_message_is_retried_by_hand(send, operator, channel):
    message_id = send().json()["message_id"]
    channel.script = [PERMANENT]
    work_all()
    answer = operator.post(f"/api/messages/{message_id}/retry").json()
    assert (answer["status"], answer["attempts"], answer["error_code"]) == ("queued", 0, "")
    work_all()
    assert operator.get(f"/api/messages/{message_id}").json()["status"] == "sent"


def test_a_code_that_has_expired_is_never_sent(send, channel):
    send(expires_at=(timezone.now() + timedelta(seconds=30)).isoformat())
    chunk = MessageChunk.objects.get()
    Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    send_chunk(chunk.pk)
    message = Message.objects.get()
    assert (message.status, message.error_code, channel.received) == ("expired", "expired", [])
    assert not MessageChunk.objects.exists()


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"send_at": "2090-01-02T00:00:00Z", "expires_at": "2090-01-01T00:00:00Z"}, "expires_at"),
        ({"send_at": "9999-12-31T23:59:59Z"}, "send_at"),
        ({"send_at": "0001-01-01T00:00:00+08:00"}, "send_at"),
        ({"send_at": "morgen"}, "send_at"),
        ({"delay_seconds": 366 * 24 * 3600}, "delay_seconds"),
        ({"dedupe_key": "x" * 256}, "dedupe_key"),
        ({"dedupe_key": ""}, "dedupe_key"),
        ({"channel": "EMAIL"}, "channel"),
        ({"customer_id": 999_999, "recipient": None}, "customer_id"),
        ({"template_id": 1}, "template_id"),
    ],
)
def test_a_wrong_wish_is_named(send, fields, attr):
    refused(send(**fields), attr)
    assert not Message.objects.exists()


def test_a_customer_without_an_address_on_the_channel_is_told(send):
    nobody = CustomerFactory(phone="")
    refusal = refused(send(recipient=None, customer_id=nobody.pk), "customer_id")
    assert refusal["code"] == "no_address"


# --- Priority -------------------------------------------------------------------------------------


def test_each_priority_has_its_queue_and_within_one_the_higher_goes_first(send, channel):
    for priority in (4, 6, 5, 10, 0):
        send(priority=priority, recipient=f"p{priority}")
    by_queue = {}
    for chunk in MessageChunk.objects.all():
        for pk in chunk.message_ids:
            by_queue[Message.objects.get(pk=pk).recipient] = chunk.queue
    assert by_queue == {
        "p10": "urgent", "p6": "normal", "p5": "normal", "p4": "normal", "p0": "low",
    }  # fmt: skip
    work_all()
    assert [outbound.recipient for outbound in channel.received] == ["p10", "p6", "p5", "p4", "p0"]
