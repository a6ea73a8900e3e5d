"""Every answer of a mail server ends in its class, over real SMTP (wechat-protocol.md §7.3)."""

import pytest

from config.runtime import store
from messaging.channels import registry
from messaging.channels.accounts import accounts, forget
from messaging.channels.base import Outbound, Outcome
from messaging.channels.email.connections import connections_of
from messaging.models import Message, MessageStatus
from messaging.sending import pool
from messaging.sending.accept import NewMessage, message_accept
from messaging.sending.work import send_messages
from wechat.simulator.models import Delivery


def attempt(account, recipient="zhangsan@example.com"):
    """One attempt, as the pool makes it."""
    channel = registry.get("EMAIL")

    async def call():
        outbound = Outbound(
            pk=1,
            message_id="MSG20261121000000000001",
            channel="EMAIL",
            account=account,
            recipient=recipient,
            payload={"subject": "标题", "text": "正文"},
            attempts=1,
        )
        return await channel.send(outbound, pool.session())

    return pool.run_call(call())


def order(client, **fault):
    response = client.post(
        "/sandbox/api/faults", {"channel": "EMAIL", **fault}, content_type="application/json"
    )
    assert response.status_code == 200, response.content


RETRIED = [421, 450, 451, 452, 454, 455]
REFUSED = [500, 501, 502, 503, 504, 521, 550, 551, 552, 553, 554, 555, 556]
ACCOUNT_FAULTS = [530, 534, 535, 538]


@pytest.mark.parametrize(
    ("code", "outcome", "is_account_fault"),
    [
        *[(code, Outcome.RETRY, False) for code in RETRIED],
        *[(code, Outcome.PERMANENT, False) for code in REFUSED],
        *[(code, Outcome.PERMANENT, True) for code in ACCOUNT_FAULTS],
    ],
)
def test_a_reply_code_decides(mailbox, client, code, outcome, is_account_fault):
    order(client, mode="errcode", errcode=code)
    result = attempt(mailbox)
    assert (result.outcome, result.code) == (outcome, f"smtp_{code}")
    assert result.is_account_fault is is_account_fault
    assert result.detail
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("mode", "outcome", "code"),
    [
        ("http_500", Outcome.RETRY, "smtp_451"),
        ("rate_limited", Outcome.THROTTLED, "smtp_450"),
    ],
)
def test_trouble_and_rate_limits_are_told_apart_by_the_enhanced_status(
    mailbox, client, mode, outcome, code
):
    order(client, mode=mode)
    result = attempt(mailbox)
    assert (result.outcome, result.code) == (outcome, code)
    assert (result.retry_after_seconds is not None) == (outcome is Outcome.THROTTLED)


@pytest.mark.parametrize(
    ("recipient", "code", "enhanced"),
    [("nobody@example.com", "smtp_550", "5.1.1"), ("full@example.com", "smtp_552", "5.2.2")],
)
def test_a_mailbox_that_takes_nothing_fails_for_good(mailbox, recipient, code, enhanced):
    result = attempt(mailbox, recipient)
    assert (result.outcome, result.code) == (Outcome.PERMANENT, code)
    assert enhanced in result.detail
    assert not result.is_account_fault
    # The refusal has not spoiled the connection for the next one.
    assert attempt(mailbox).outcome is Outcome.SENT


def test_a_wrong_password_is_the_account_s_fault(mailbox):
    mailbox.secrets = {"password": "wrong"}
    result = attempt(mailbox)
    assert (result.outcome, result.code) == (Outcome.PERMANENT, "smtp_535")
    assert result.is_account_fault


def test_a_server_without_the_chosen_encryption_is_the_account_s_fault(mailbox):
    mailbox.settings["security"] = "starttls"
    result = attempt(mailbox)
    assert (result.outcome, result.code) == (Outcome.PERMANENT, "smtp_not_supported")
    assert result.is_account_fault


def test_a_server_that_is_away_is_tried_again(mailbox, mail_server, settings):
    mailbox.settings["port"] = settings.SANDBOX_SMTP_PORT = 1
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1:1"]
    result = attempt(mailbox)
    assert (result.outcome, result.code) == (Outcome.RETRY, "connection_failed")


def test_nothing_goes_in_the_clear_to_a_server_outside_the_sandbox(mailbox, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = ["smtp.example.com"]
    mailbox.settings |= {"host": "smtp.example.com", "port": 25}
    assert attempt(mailbox).code == "host_not_allowed"


def test_without_an_account_the_message_fails_with_a_name(db):
    assert attempt(None).code == "no_account"


def accepted(account):
    return message_accept(
        NewMessage(
            channel="EMAIL",
            account=account,
            recipient="zhangsan@example.com",
            payload={"subject": "标题", "text": "正文"},
        )
    )


@pytest.mark.parametrize("delivered", [True, False])
def test_silence_after_the_text_is_doubt(mailbox, client, delivered):
    order(client, mode="timeout", seconds=0, delivered=delivered)
    message = accepted(mailbox)
    send_messages([message.pk])
    assert Message.objects.get().status == MessageStatus.UNCERTAIN
    assert Delivery.objects.count() == int(delivered)


def test_where_the_operator_chose_resending_the_repeat_has_the_same_message_id(
    mailbox, client, admin
):
    store.change(key="resend_uncertain", value=["EMAIL"], actor=admin)
    store.change(key="retry", value={"max_attempts": 3, "delay_seconds": 0}, actor=admin)
    order(client, mode="timeout", seconds=0, delivered=True, count=1)
    message = accepted(mailbox)
    send_messages([message.pk])
    assert Message.objects.get().status == MessageStatus.QUEUED
    send_messages([message.pk])
    assert Message.objects.get().status == MessageStatus.SENT
    ids = {delivery.payload["message_id"] for delivery in Delivery.objects.all()}
    assert ids == {f"<{message.message_id}@example.com>"}
    assert Delivery.objects.count() == 2


def test_a_server_that_restarted_between_two_messages_is_not_noticed(mailbox):
    assert attempt(mailbox).outcome is Outcome.SENT

    async def hang_up():
        for connection, _ in connections_of(mailbox)._idle:
            connection.transport.abort()

    pool.run_call(hang_up())
    assert attempt(mailbox).outcome is Outcome.SENT
    assert Delivery.objects.count() == 2


def test_a_changed_account_is_used_at_once(mailbox):
    assert attempt(mailbox).outcome is Outcome.SENT
    mailbox.secrets = {"password": "wrong"}
    mailbox.save()
    forget()
    fresh = accounts().by_pk[mailbox.pk]
    assert attempt(fresh).code == "smtp_535"
