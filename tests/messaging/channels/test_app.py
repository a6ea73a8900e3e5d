"""Pushes: whom they reach, what they say, how every answer ends, over real HTTP."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.core.management import call_command

from config.errors import InvalidInputError
from customers.models import Customer, CustomerIdentifier
from messaging.actions.channel_accounts import (
    InvalidAccountError,
    account_verify,
    checked_parts,
)
from messaging.channels import registry
from messaging.channels.accounts import forget
from messaging.channels.app.vapid import key_of, public_key_of
from messaging.channels.app.web_push import result_of
from messaging.channels.base import Content, Outbound, Outcome
from messaging.channels.retry_after import wait_of
from messaging.models import ChannelAccount, Message, MessageStatus, MessageTemplate
from messaging.sending import pool
from messaging.sending.accept import NewMessage, message_accept
from messaging.sending.work import send_messages
from tests.factories import CustomerFactory
from wechat.simulator.models import Delivery

PRIVATE_KEY = "AqSXSd11LrWtEI4Z-jFVQRECmobqVY4Bb8CYIdbcg9E"
WEBPUSH = {
    "provider": "webpush",
    "vapid_public_key": public_key_of(PRIVATE_KEY),
    "vapid_subject": "mailto:desk@example.com",
    "ttl": 600,
}
PAYLOAD = {"title": "工单", "body": "已解决", "url": "https://example.com/t/1", "data": {"id": 1}}


@pytest.fixture
def channel():
    return registry.get("APP")


@pytest.fixture
def webpush(platform):
    return ChannelAccount.objects.create(
        channel="APP",
        code="webpush",
        name="Web Push",
        settings=WEBPUSH,
        secrets={"vapid_private_key": PRIVATE_KEY},
    )


@pytest.fixture
def jpush(platform):
    return ChannelAccount.objects.create(
        channel="APP",
        code="jpush",
        name="极光",
        settings={
            "provider": "jpush",
            "app_key": "sandbox-app-key",
            "api_base": f"{platform.url}/sandbox/jpush",
            "ttl": 600,
            "apns_production": False,
        },
        secrets={"master_secret": "sandbox-master-secret"},
    )


def subscription(client, platform, token="phone-1"):
    """What the browser `token` would give its page, at the server's real address."""
    given = client.get(f"/sandbox/api/push/{token}").json()
    return json.dumps({**given, "endpoint": f"{platform.url}/sandbox/push/{token}"})


def attempt(account, recipient, payload=PAYLOAD):
    channel = registry.get("APP")
    address = channel.recipient(recipient).address

    async def call():
        outbound = Outbound(
            pk=1,
            message_id="MSG20261121000000000001",
            channel="APP",
            account=account,
            recipient=address,
            payload=payload,
            attempts=1,
        )
        return await channel.send(outbound, pool.session())

    return pool.run_call(call())


def order(client, **fault):
    response = client.post(
        "/sandbox/api/faults", {"channel": "APP", **fault}, content_type="application/json"
    )
    assert response.status_code == 200, response.content


def test_a_browser_reads_what_was_pushed_and_nobody_between_does(webpush, platform, client):
    payload = {**PAYLOAD, "urgency": "high", "topic": "ticket-1"}
    result = attempt(webpush, subscription(client, platform), payload)
    assert result.outcome is Outcome.SENT
    delivery = Delivery.objects.get()
    assert delivery.to == "phone-1"
    assert delivery.payload == {
        "notification": PAYLOAD,
        "ttl": 600,
        "urgency": "high",
        "topic": "ticket-1",
    }
    assert delivery.msgid in result.provider_message_id


@pytest.mark.parametrize(
    ("status", "outcome", "is_account_fault"),
    [
        (400, Outcome.PERMANENT, False),
        (401, Outcome.PERMANENT, True),
        (403, Outcome.PERMANENT, True),
        (404, Outcome.PERMANENT, False),
        (410, Outcome.PERMANENT, False),
        (413, Outcome.PERMANENT, False),
        (429, Outcome.THROTTLED, False),
        (500, Outcome.RETRY, False),
        (502, Outcome.RETRY, False),
        (503, Outcome.RETRY, False),
    ],
)
def test_a_push_service_s_status_decides(
    webpush, platform, client, status, outcome, is_account_fault
):
    order(client, mode="errcode", errcode=status)
    result = attempt(webpush, subscription(client, platform))
    assert (result.outcome, result.is_account_fault) == (outcome, is_account_fault)
    gone = status in (404, 410)
    assert result.code == ("subscription_gone" if gone else f"http_{status}")
    assert result.is_address_gone is gone
    assert not Delivery.objects.exists()


def test_a_push_service_says_how_long_to_wait(webpush, platform, client):
    order(client, mode="rate_limited")
    result = attempt(webpush, subscription(client, platform))
    assert (result.outcome, result.retry_after_seconds) == (Outcome.THROTTLED, 30.0)


def test_retry_after_may_be_a_date_or_nonsense():
    assert 50 < wait_of(format_datetime(datetime.now(UTC) + timedelta(seconds=60))) <= 60
    assert wait_of(format_datetime(datetime(2020, 1, 1, tzinfo=UTC))) == 1.0
    assert [wait_of(text) for text in ("", "soon", "-5", "99999999999999")] == [60, 60, 60, 3600]
    assert [wait_of(text) for text in (None, "²", "9" * 400)] == [60, 60, 3600]


@pytest.mark.parametrize("status", [200, 201, 202])
def test_what_a_service_took_is_sent(status):
    assert result_of(status, {"Location": "https://p/x"}).provider_message_id == "https://p/x"


def test_a_subscription_that_ended_is_forgotten(webpush, platform, client):
    gone = subscription(client, platform, "gone-1")
    kept = CustomerFactory()
    for customer in (CustomerFactory(), kept):
        token = "gone-1" if customer != kept else "phone-1"
        CustomerIdentifier.objects.create(
            customer=customer, channel="APP", address=subscription(client, platform, token)
        )
    ended = CustomerIdentifier.objects.exclude(customer=kept).get().customer
    message = message_accept(
        NewMessage(
            channel="APP",
            account=webpush,
            recipient=registry.get("APP").recipient(gone).address,
            payload=PAYLOAD,
            customer_id=ended.pk,
        )
    )
    send_messages([message.pk])
    message = Message.objects.get()
    assert (message.status, message.error_code) == (MessageStatus.FAILED, "subscription_gone")
    assert [item.customer for item in CustomerIdentifier.objects.all()] == [kept]


def test_a_key_that_is_not_ours_is_the_account_s_fault(webpush, platform, client):
    webpush.secrets = {"vapid_private_key": "no key"}
    result = attempt(webpush, subscription(client, platform))
    assert (result.outcome, result.code) == (Outcome.PERMANENT, "bad_vapid_key")
    assert result.is_account_fault


def test_a_service_that_left_the_list_is_not_called(webpush, platform, client, settings):
    address = registry.get("APP").recipient(subscription(client, platform)).address
    settings.WECOM_API_BASE = "https://qyapi.weixin.qq.com"

    async def call():
        outbound = Outbound(1, "MSG1", "APP", webpush, address, PAYLOAD, 1)
        return await registry.get("APP").send(outbound, pool.session())

    assert pool.run_call(call()).outcome is Outcome.PERMANENT
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("recipient", "audience"),
    [
        ("jpush:18171adc030d", {"registration_id": ["18171adc030d"]}),
        ("alias:user_42", {"alias": ["user_42"]}),
    ],
)
def test_jpush_gets_a_notification_for_both_platforms(jpush, recipient, audience):
    result = attempt(jpush, recipient)
    assert result.outcome is Outcome.SENT
    delivery = Delivery.objects.get()
    assert result.provider_message_id == delivery.msgid
    assert delivery.to == recipient
    body = delivery.payload
    extras = {"id": 1, "url": "https://example.com/t/1"}
    assert body["audience"] == audience
    assert body["notification"]["android"] == {
        "alert": "已解决",
        "title": "工单",
        "extras": extras,
    }
    assert body["notification"]["ios"]["alert"] == {"title": "工单", "body": "已解决"}
    assert body["options"] == {"time_to_live": 600, "apns_production": False}


def test_jpush_pushes_a_repeated_request_once(jpush, channel):
    first, second = attempt(jpush, "jpush:1a"), attempt(jpush, "jpush:1a")
    assert first.provider_message_id == second.provider_message_id
    assert Delivery.objects.count() == 1
    outbound = Outbound(1, "MSG1", "APP", jpush, "jpush:1a", PAYLOAD, 1)
    assert channel.is_idempotent(outbound)
    assert not channel.is_idempotent(Outbound(1, "MSG1", "APP", jpush, "{}", PAYLOAD, 1))


@pytest.mark.parametrize(
    ("code", "outcome", "is_account_fault"),
    [
        (1000, Outcome.RETRY, False),
        (1030, Outcome.RETRY, False),
        (2002, Outcome.THROTTLED, False),
        (2005, Outcome.THROTTLED, False),
        (2008, Outcome.THROTTLED, False),
        *[(code, Outcome.PERMANENT, False) for code in (1001, 1002, 1003, 1005, 1009, 1011, 1999)],
        *[(code, Outcome.PERMANENT, True) for code in (1004, 1008, 1020, 2003, 2004, 2006, 2007)],
    ],
)
def test_a_code_of_jpush_decides(jpush, client, code, outcome, is_account_fault):
    order(client, mode="errcode", errcode=code)
    result = attempt(jpush, "jpush:1a")
    assert (result.outcome, result.code) == (outcome, str(code))
    assert result.is_account_fault is is_account_fault
    assert result.detail
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("mode", "outcome", "code"),
    [("http_500", Outcome.RETRY, "http_500"), ("rate_limited", Outcome.THROTTLED, "2002")],
)
def test_jpush_in_trouble_is_tried_again(jpush, client, mode, outcome, code):
    order(client, mode=mode)
    result = attempt(jpush, "jpush:1a")
    assert (result.outcome, result.code) == (outcome, code)
    assert result.retry_after_seconds == (30.0 if mode == "rate_limited" else None)


def test_a_wrong_master_secret_and_a_device_that_is_nobody_s(jpush):
    assert attempt(jpush, "jpush:nobody").code == "1011"
    jpush.secrets = {"master_secret": "wrong"}
    result = attempt(jpush, "jpush:1a")
    assert (result.code, result.is_account_fault) == ("1004", True)


def test_each_provider_has_its_own_account(webpush, jpush, platform, client, channel):
    forget()
    assert channel.recipient(subscription(client, platform)).account == webpush
    assert channel.recipient("jpush:1a").account == jpush
    assert attempt(webpush, "jpush:1a").code == "no_account"
    assert attempt(None, "jpush:1a").code == "no_account"
    assert channel.limits(Outbound(1, "MSG1", "APP", jpush, "jpush:1a", PAYLOAD, 1))
    assert not channel.limits(Outbound(1, "MSG1", "APP", webpush, "{}", PAYLOAD, 1))


def test_one_subscription_has_one_address(webpush, platform, client, channel):
    text = subscription(client, platform)
    given = json.loads(text)
    other = json.dumps(
        {
            "expirationTime": None,
            "keys": {"auth": given["keys"]["auth"] + "==", "p256dh": given["keys"]["p256dh"]},
            "endpoint": given["endpoint"],
        },
        indent=2,
    )
    assert channel.recipient(other) == channel.recipient(text)


def test_what_is_no_push_address_is_refused(webpush, platform, client, channel):
    good = json.loads(subscription(client, platform))
    keys = good["keys"]
    off_curve = urlsafe_b64decode(keys["p256dh"] + "=")[:1] + b"\x01" * 64
    bad = [
        "",
        "zhangsan",
        "jpush:",
        "jpush:a b",
        "alias:" + "x" * 41,
        "alias:a,b",
        "tag:all",
        "{",
        "[" * 5000,
        "{}",
        '{"endpoint": 5, "keys": {"p256dh": 1, "auth": 2}}',
        *[
            json.dumps(item)
            for item in (
                {**good, "endpoint": "https://internal.example.com/push"},
                {**good, "endpoint": "http://169.254.169.254/latest"},
                {**good, "endpoint": "https://fcm.googleapis.com@evil.example/x"},
                {**good, "endpoint": f"{good['endpoint']}/{'x' * 1000}"},
                {**good, "keys": {**keys, "auth": "AAAA"}},
                {**good, "keys": {**keys, "auth": "密"}},
                {**good, "keys": {**keys, "p256dh": keys["auth"]}},
                {**good, "keys": {**keys, "p256dh": off_curve.hex()}},
                {**good, "keys": []},
            )
        ],
    ]
    for text in bad:
        with pytest.raises(InvalidInputError) as refused:
            channel.recipient(text)
        assert refused.value.code == "bad_recipient", text


@pytest.mark.parametrize(
    ("content", "attr"),
    [
        (Content("html", "标题", "正文"), "body_format"),
        (Content("text", "", "正文"), "subject"),
        (Content("text", "标题", "文" * 1400), "body"),
        (Content("text", "标题", "正文", {"badge": 1}), "options.badge"),
        (Content("text", "标题", "正文", {"url": "javascript:x"}), "options.url"),
        (Content("text", "标题", "正文", {"url": 5}), "options.url"),
        (Content("text", "标题", "正文", {"data": "x"}), "options.data"),
        (Content("text", "标题", "正文", {"urgency": "now"}), "options.urgency"),
        (Content("text", "标题", "正文", {"topic": "a b"}), "options.topic"),
        (Content("text", "标题", "正文", {"topic": 5}), "options.topic"),
    ],
)
def test_a_template_that_could_never_be_pushed_names_its_fault(channel, content, attr):
    with pytest.raises(InvalidInputError) as refused:
        channel.check_template(content)
    assert refused.value.attr == attr


def test_the_longest_content_that_is_taken_is_delivered(webpush, platform, client, channel):
    frame = len(json.dumps({"title": "t", "body": ""}, separators=(",", ":")))
    longest = Content("text", "t", "x" * (3993 - frame))
    assert attempt(webpush, subscription(client, platform), channel.compose(longest)).outcome is (
        Outcome.SENT
    )
    with pytest.raises(InvalidInputError):
        channel.compose(Content("text", "t", "x" * (3994 - frame)))


def test_accounts_are_checked_by_their_provider(settings):
    kept, secrets = checked_parts("APP", WEBPUSH, {"vapid_private_key": PRIVATE_KEY}, {})
    assert kept["provider"] == "webpush"
    assert secrets == {"vapid_private_key": PRIVATE_KEY}
    kept, _ = checked_parts(
        "APP", {"provider": "jpush", "app_key": "k"}, {"master_secret": "s"}, {}
    )
    assert kept["api_base"] == "https://api.jpush.cn"
    assert kept["ttl"] == 86_400


@pytest.mark.parametrize(
    ("changes", "secrets", "field"),
    [
        ({}, {}, "secrets.vapid_private_key"),
        ({}, {"vapid_private_key": "nonsense"}, "secrets.vapid_private_key"),
        (
            {"vapid_public_key": "BAAA"},
            {"vapid_private_key": PRIVATE_KEY},
            "settings.vapid_public_key",
        ),
        ({"vapid_subject": "desk"}, {"vapid_private_key": PRIVATE_KEY}, "settings.vapid_subject"),
        ({"ttl": -1}, {"vapid_private_key": PRIVATE_KEY}, "settings.ttl"),
        ({"provider": "getui"}, {"vapid_private_key": PRIVATE_KEY}, "settings.provider"),
        ({"provider": "jpush"}, {"master_secret": "s"}, "settings.app_key"),
        ({"provider": "jpush", "app_key": "k"}, {}, "secrets.master_secret"),
        (
            {"provider": "jpush", "app_key": "k", "api_base": "https://10.0.0.1"},
            {"master_secret": "s"},
            "settings.api_base",
        ),
    ],
)
def test_a_wrong_account_names_its_field(changes, secrets, field):
    with pytest.raises(InvalidAccountError) as refused:
        checked_parts("APP", {**WEBPUSH, **changes}, secrets, {})
    assert field in refused.value.errors


def test_a_key_may_be_a_pem_text():
    pem = key_of(PRIVATE_KEY).private_pem().decode()
    _, secrets = checked_parts("APP", WEBPUSH, {"vapid_private_key": pem}, {})
    assert secrets["vapid_private_key"].startswith("-----BEGIN")


def test_an_account_is_verified(webpush, jpush):
    assert account_verify(webpush).ok
    webpush.settings = {**WEBPUSH, "vapid_public_key": "BAAA"}
    assert account_verify(webpush).code == "bad_vapid_public_key"
    assert account_verify(jpush).ok
    jpush.secrets = {"master_secret": "wrong"}
    assert (account_verify(jpush).ok, account_verify(jpush).code) == (False, "1004")
    assert not Delivery.objects.exists()


def test_the_demo_reaches_its_customer(platform, client, settings, mail_server):
    call_command("demo")
    call_command("demo")
    forget()
    zhangsan = Customer.objects.get(name="张三")
    addresses = dict(zhangsan.identifiers.values_list("channel", "address"))
    for code in ("app_notice", "email_notice"):
        template = MessageTemplate.objects.get(code=code)
        recipient = registry.get(template.channel).recipient(addresses[template.channel])
        message = message_accept(
            NewMessage(
                channel=template.channel,
                account=recipient.account,
                recipient=recipient.address,
                template=template,
                variables={"name": "张三", "title": "工单", "content": "已解决"},
            )
        )
        send_messages([message.pk])
        message.refresh_from_db()
        assert message.status == MessageStatus.SENT, message.error_detail
    pushed = Delivery.objects.get(channel="APP")
    assert pushed.payload["notification"]["body"] == "张三，您好：已解决"
    assert Delivery.objects.get(channel="EMAIL").to == "zhangsan@example.com"
