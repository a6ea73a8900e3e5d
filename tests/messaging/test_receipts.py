"""Delivery receipts: forged, early, twice, backwards, of nobody (guarantees.md 14)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from config.events.models import OutboxEntry
from messaging.actions import receipts as receipt_actions
from messaging.actions.batches import message_resend
from messaging.channels.base import Outcome, Receipt, ReceiptStatus, Result
from messaging.models import EarlyReceipt, Message, ProviderReference
from messaging.sending.accept import NewMessage, message_accept
from messaging.sending.work import send_messages
from messaging.statistics import counters

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(reporting):
    accepted = message_accept(NewMessage(channel="APP", recipient="device-1", payload={}))
    send_messages([accepted.pk])
    accepted.refresh_from_db()
    assert accepted.status == "sent"
    return accepted


def now_of(message):
    message.refresh_from_db()
    return message.status


def number(message):
    return f"P{message.pk}"


def test_a_receipt_moves_the_message_and_says_so(message, tell):
    response = tell({"status": "delivered", "provider_message_id": number(message)})
    assert response.status_code == 200
    assert now_of(message) == "delivered"
    assert message.delivered_at
    told = OutboxEntry.objects.filter(name="message.delivered").get()
    assert told.payload["data"]["message_id"] == message.message_id


def test_it_may_name_our_own_number(message, tell):
    tell({"status": "delivered", "message_id": message.message_id})
    assert now_of(message) == "delivered"


def test_a_failure_told_later_names_its_reason(message, tell, operator):
    tell({
        "status": "failed", "provider_message_id": number(message),
        "code": "DEVICE_GONE", "detail": "设备已卸载应用",
    })  # fmt: skip
    assert now_of(message) == "failed"
    (row,) = operator.get("/api/messages?status=failed").json()["list"]
    assert (row["error_code"], row["error_detail"]) == ("DEVICE_GONE", "设备已卸载应用")


@pytest.mark.parametrize("signature", ["", "0" * 64, "é"])
def test_a_forged_receipt_is_403_and_changes_nothing(message, tell, signature):
    receipt = {"status": "delivered", "provider_message_id": number(message)}
    response = tell(receipt, signature=signature)
    assert response.status_code == 403
    assert response.json()["errors"][0]["code"] == "permission_denied"
    assert now_of(message) == "sent"
    assert not EarlyReceipt.objects.exists()


@pytest.mark.parametrize("status", ["delivered", "read", "failed"])
def test_the_same_receipt_twice_is_one(message, tell, status):
    receipt = {"status": status, "provider_message_id": number(message)}
    tell(receipt)
    first_at = Message.objects.get().delivered_at
    assert tell(receipt, receipt).status_code == 200
    assert (now_of(message), message.delivered_at) == (status, first_at)
    assert OutboxEntry.objects.filter(name=f"message.{status}").count() == 1


@pytest.mark.parametrize(
    ("first", "later"),
    [("read", "delivered"), ("delivered", "failed"), ("read", "failed"), ("failed", "delivered")],
)
def test_no_receipt_takes_a_message_backwards(message, tell, first, later):
    tell({"status": first, "provider_message_id": number(message)})
    tell({"status": later, "provider_message_id": number(message)})
    assert now_of(message) == first


def test_read_comes_after_delivered(message, tell):
    tell(
        {"status": "delivered", "provider_message_id": number(message)},
        {"status": "read", "provider_message_id": number(message)},
    )
    assert now_of(message) == "read"


@pytest.mark.parametrize("status", ["queued", "cancelled", "expired"])
def test_what_was_never_sent_cannot_be_delivered(message, tell, status):
    Message.objects.update(status=status)
    tell({"status": "delivered", "message_id": message.message_id})
    assert now_of(message) == status


@pytest.mark.parametrize(
    "receipt",
    [
        {"provider_message_id": "P-of-nobody"},
        {"message_id": "MSG-of-nobody"},
        {"provider_message_id": ""},
        {"provider_message_id": "P\x00"},
        {"message_id": "MSG\x00"},
        {"provider_message_id": "x" * 5000, "recipient": "y" * 5000, "detail": "z" * 5000},
    ],
)
def test_a_receipt_of_nobody_is_taken_quietly(message, tell, receipt):
    assert tell({"status": "delivered", **receipt}).status_code == 200
    assert now_of(message) == "sent"


def test_a_receipt_narrowed_to_another_recipient_is_not_ours(message, tell):
    tell({"status": "delivered", "provider_message_id": number(message), "recipient": "other"})
    assert now_of(message) == "sent"


def test_garbage_that_is_signed_is_a_400(message, tell):
    assert tell({"status": "eaten"}).status_code == 400
    assert tell({"state": "delivered"}).status_code == 400


def test_a_channel_without_receipts_or_without_a_name_is_404(channel):
    for name in ("SMS", "sms", "PIGEON"):
        assert APIClient().post(f"/api/messages/receipts/{name}", {}).status_code == 404
    assert APIClient().put("/api/messages/receipts/SMS").status_code == 405


# --- Before the message is written down -----------------------------------------------------------


def test_a_receipt_that_comes_during_the_call_is_applied_once_it_ends(reporting, tell):
    accepted = message_accept(NewMessage(channel="APP", recipient="device-1", payload={}))
    early = {"status": "delivered", "provider_message_id": f"P{accepted.pk}"}
    for receipt in (early, early, {**early, "status": "read"}):
        assert tell(receipt).status_code == 200
    assert EarlyReceipt.objects.count() == 3
    send_messages([accepted.pk])
    assert now_of(accepted) == "read"
    assert not EarlyReceipt.objects.exists()
    assert OutboxEntry.objects.filter(name="message.delivered").count() == 1


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_meets_the_writing_itself_is_not_lost(reporting, monkeypatch):
    """Between "I know no such message" and "I keep the receipt" the message is written down."""
    accepted = message_accept(NewMessage(channel="APP", recipient="device-1", payload={}))
    keep = receipt_actions._keep_early

    def sent_meanwhile(*arguments):
        def send():
            send_messages([accepted.pk])
            connection.close()

        sender = threading.Thread(target=send)
        sender.start()
        sender.join()
        return keep(*arguments)

    monkeypatch.setattr(receipt_actions, "_keep_early", sent_meanwhile)
    receipt_actions.receipt_apply(
        "APP", Receipt(ReceiptStatus.DELIVERED, provider_message_id=f"P{accepted.pk}")
    )
    assert now_of(accepted) == "delivered"
    assert not EarlyReceipt.objects.exists()


def test_a_receipt_whose_message_never_comes_is_forgotten_after_a_day(reporting, tell):
    tell({"status": "delivered", "provider_message_id": "P0"})
    assert receipt_actions.purge_early() == 0
    EarlyReceipt.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert receipt_actions.purge_early() == 1


# --- What doubt and resending leave behind --------------------------------------------------------


def test_a_receipt_ends_the_doubt_and_its_error(reporting, tell, operator):
    accepted = message_accept(NewMessage(channel="APP", recipient="device-1", payload={}))
    reporting.script = [Result(Outcome.UNCERTAIN, "no_answer", "平台没有应答")]
    send_messages([accepted.pk])
    assert now_of(accepted) == "uncertain"
    tell({"status": "delivered", "message_id": accepted.message_id})
    row = operator.get(f"/api/messages/{accepted.message_id}").json()
    assert (row["status"], row["error_code"], row["error_detail"]) == ("delivered", "", "")
    assert row["sent_at"]


def test_a_late_repetition_about_the_first_sending_does_not_touch_the_second(message, tell):
    first = {"status": "failed", "provider_message_id": number(message), "code": "X"}
    tell(first)
    message_resend(message_pk=message.pk)
    assert now_of(message) == "queued"
    assert (message.delivered_at, message.sent_at) == (None, None)
    send_messages([message.pk])
    # The provider gives every call a number of its own.
    ProviderReference.objects.filter(message=message).update(provider_message_id="P-second")
    tell(first)
    assert now_of(message) == "sent"
    tell({"status": "delivered", "provider_message_id": "P-second"})
    assert now_of(message) == "delivered"


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_receipts_move_the_counters_with_them(message, tell):
    counters.recount(timezone.localdate())
    tell({"status": "delivered", "provider_message_id": number(message)})
    (figures,) = counters.today().values()
    assert (figures.total, figures.sent, figures.delivered) == (1, 0, 1)
