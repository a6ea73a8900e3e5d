"""SMS by Aliyun's and Tencent's own SDKs, to the sandbox over HTTP (wechat-protocol.md §7.1)."""

from urllib.parse import urlsplit

import pytest

from messaging.channels.base import Outbound, Outcome
from messaging.channels.sms import calls, provider
from messaging.channels.sms.sender import SmsChannel
from messaging.models import ChannelAccount, Message, MessageTemplate
from messaging.sending import pool
from tests.factories import SmsAccountFactory

pytestmark = pytest.mark.django_db(transaction=True)

PROVIDERS = ["aliyun", "tencent"]
OPTIONS = {
    "aliyun": {"template_code": "SMS_1234", "template_params": {"code": "{{code}}"}},
    "tencent": {"template_code": "1234", "template_params": ["{{code}}"]},
}


@pytest.fixture(params=PROVIDERS)
def name(request):
    return request.param


@pytest.fixture
def account(platform, name, sms_told):
    return SmsAccountFactory(provider=name, endpoint=urlsplit(platform.url).netloc)


@pytest.fixture
def template(name):
    return MessageTemplate.objects.create(
        code="code",
        name="验证码",
        channel="SMS",
        body="您的验证码是{{code}}",
        options=OPTIONS[name],
    )


def outbound(account, phone="+8613800138000", pk=1, **payload):
    is_aliyun = account.settings["provider"] == "aliyun"
    payload = {
        "template_code": "SMS_1234" if is_aliyun else "1234",
        "template_params": {"code": "1"} if is_aliyun else ["1"],
        **payload,
    }
    return Outbound(pk, f"MSG{pk}", "SMS", account, phone, payload, 1)


def send(*outbounds):
    channel = SmsChannel()

    async def attempt():
        if len(outbounds) == 1:
            return [await channel.send(outbounds[0], pool.session())]
        return await channel.send_together(outbounds, pool.session())

    return pool.run_call(attempt())


def outbox(client):
    return client.get("/sandbox/api/outbox?channel=SMS&limit=1000").json()["list"]


def fault(client, **order):
    answer = client.post("/sandbox/api/faults", {"channel": "SMS", **order}, format="json")
    assert answer.status_code == 200, answer.content


def test_an_sms_is_accepted_sent_delivered_and_its_trace_has_four_nodes(
    platform, api, admin, run_outbox, sms_told, name
):
    client = api(admin)
    made = client.post(
        "/api/channels",
        {
            "channel": "SMS",
            "code": "sms_main",
            "name": "短信",
            "is_default": True,
            "settings": {
                "provider": name,
                "sign_name": "沙箱签名",
                "sdk_app_id": "1400000001" if name == "tencent" else "",
                "endpoint": urlsplit(platform.url).netloc,
            },
            "secrets": {
                "access_key_id": "sandbox-key-id",
                "access_key_secret": "sandbox-key-secret",
                "receipt_token": "sandbox-receipt-token",
            },
        },
    )
    assert made.status_code == 201, made.content
    assert made.json()["secrets"]["access_key_secret"] == "••••cret"
    assert client.post(f"/api/channels/{made.json()['id']}/verify").json()["ok"] is True
    template = client.post(
        "/api/template",
        {
            "code": "login",
            "name": "登录验证码",
            "channel": "SMS",
            "body": "您的验证码是{{code}}",
            "options": OPTIONS[name],
        },
    )
    assert template.status_code == 201, template.content
    accepted = client.post(
        "/api/messages/send",
        {"template_code": "login", "recipient": "138 0013 8000", "variables": {"code": "0427"}},
    ).json()
    run_outbox()
    sms_told()
    (received,) = outbox(client)
    assert received["to"] == ("13800138000" if name == "aliyun" else "+8613800138000")
    assert received["payload"] == {
        "provider": name,
        "action": "SendSms",
        "sign": "沙箱签名",
        "template": OPTIONS[name]["template_code"],
        "params": {"code": "0427"} if name == "aliyun" else ["0427"],
        "out_id": accepted["message_id"],
    }
    message = client.get(f"/api/messages/{accepted['message_id']}").json()
    assert message["status"] == "delivered"
    assert message["provider_message_id"]
    trace = client.get(f"/api/messages/traces/{accepted['trace_id']}").json()
    assert [node["node"] for node in trace["nodes"]] == ["queue", "process", "send", "callback"]
    assert all(node["at"] for node in trace["nodes"])
    assert trace["nodes"][2]["at"] <= trace["nodes"][3]["at"]


def test_a_number_that_cannot_be_reached_fails_by_its_receipt(
    account, template, api, admin, run_outbox, sms_told
):
    body = {"template_code": "code", "recipient": "13900000405", "variables": {"code": "1"}}
    sent = api(admin).post("/api/messages/send", body).json()
    run_outbox()
    sms_told()
    message = Message.objects.get(message_id=sent["message_id"])
    told = {"aliyun": "MOBILE_NOT_ON_SERVICE", "tencent": "MK:0001"}
    assert (message.status, message.error_code) == (
        "failed",
        told[account.settings["provider"]],
    )


def test_a_wave_of_equal_messages_shares_calls_and_each_receipt_finds_its_own(
    account, template, api, admin, run_outbox, sms_told, name
):
    phones = [f"138000000{n:02d}" for n in range(30)] + ["13900000405"]
    client = api(admin)
    client.post(
        "/api/messages/send-batch",
        {"template_code": "code", "recipients": phones, "variables": {"code": "8"}},
    )
    run_outbox()
    sms_told()
    received = outbox(client)
    assert len(received) == 31
    action = {"aliyun": "SendBatchSms", "tencent": "SendSms"}[name]
    assert {row["payload"]["action"] for row in received} == {action}
    ids = set(Message.objects.values_list("provider_message_id", flat=True))
    # Aliyun gives one number to the call, Tencent one to each message.
    assert len(ids) == (1 if name == "aliyun" else 31)
    states = dict(Message.objects.values_list("recipient", "status"))
    assert states.pop("+8613900000405") == "failed"
    assert set(states.values()) == {"delivered"}


def test_each_of_aliyuns_batch_has_variables_of_its_own(platform, api, admin, run_outbox, sms_told):
    SmsAccountFactory(endpoint=urlsplit(platform.url).netloc)
    MessageTemplate.objects.create(
        code="code", name="n", channel="SMS", body="{{code}}", options=OPTIONS["aliyun"]
    )
    client = api(admin)
    recipients = [{"recipient": f"1380000000{n}", "variables": {"code": f"c{n}"}} for n in range(9)]
    client.post("/api/messages/send-batch", {"template_code": "code", "recipients": recipients})
    run_outbox()
    received = outbox(client)
    assert {row["payload"]["action"] for row in received} == {"SendBatchSms"}
    assert {row["to"][-1]: row["payload"]["params"]["code"] for row in received} == {
        str(n): f"c{n}" for n in range(9)
    }


def test_one_refused_number_does_not_sink_those_that_share_its_call(account, api, admin, name):
    phones = ["+8613800000001", "+8613900000404", "+8613800000002"]
    results = send(*[outbound(account, phone, pk) for pk, phone in enumerate(phones)])
    assert [result.outcome for result in results] == [
        Outcome.SENT,
        Outcome.PERMANENT,
        Outcome.SENT,
    ]
    assert results[1].code == (
        "isv.MOBILE_NUMBER_ILLEGAL"
        if name == "aliyun"
        else "FailedOperation.PhoneNumberInBlacklist"
    )
    # The refused call had delivered nothing.
    assert len(outbox(api(admin))) == 2


def test_a_call_takes_as_many_numbers_as_the_provider_allows_and_none_twice(account, name):
    many = [outbound(account, f"+86138{n:08d}", n) for n in range(250)]
    sizes = [len(call) for call in SmsChannel().calls(many)]
    assert sizes == ([100, 100, 50] if name == "aliyun" else [200, 50])
    again = [*many[:3], outbound(account, many[0].recipient, 900)]
    assert [len(call) for call in SmsChannel().calls(again)] == [3, 1]


def test_different_templates_accounts_and_countries_do_not_share_a_call(account, name):
    other = SmsAccountFactory(
        provider=name,
        endpoint=account.settings["endpoint"],
        is_default=False,
        key_secret="another-secret-of-somebody",
    )
    code = "SMS_5678" if name == "aliyun" else "5678"
    messages = [
        outbound(account, "+8613800000001", 1),
        outbound(account, "+8613800000002", 2, template_code=code),
        outbound(other, "+8613800000003", 3),
        outbound(account, "+14155552671", 4),
        outbound(account, "+8613800000004", 5),
    ]
    together = [[one.pk for one in call] for call in SmsChannel().calls(messages)]
    assert together == [[1, 5], [2], [3], [4]]


def test_tencents_numbers_share_a_call_only_with_equal_variables(platform):
    account = SmsAccountFactory(provider="tencent", endpoint=urlsplit(platform.url).netloc)
    messages = [
        outbound(account, f"+861380000000{n}", n, template_params=[str(n % 2)]) for n in range(4)
    ]
    together = [[one.pk for one in call] for call in SmsChannel().calls(messages)]
    assert together == [[0, 2], [1, 3]]


def test_a_foreign_number_goes_out_as_the_provider_writes_it(account, api, admin, name):
    (result,) = send(outbound(account, "+14155552671"))
    assert result.outcome is Outcome.SENT
    (received,) = outbox(api(admin))
    assert received["to"] == ("14155552671" if name == "aliyun" else "+14155552671")


def test_silence_after_the_request_left_is_uncertain_and_not_repeated(
    account, template, api, admin, run_outbox, monkeypatch, name
):
    client = api(admin)
    monkeypatch.setattr(provider, "READ_SECONDS", 0.3)
    _forget_clients()
    fault(client, mode="timeout", seconds=1, delivered=True, count=1)
    body = {"template_code": "code", "recipient": "13800138000", "variables": {"code": "1"}}
    sent = client.post("/api/messages/send", body).json()
    run_outbox()
    message = Message.objects.get(message_id=sent["message_id"])
    assert (message.status, message.error_code) in [
        ("uncertain", "no_answer"),
        # Aliyun's receipt carries our number, so it may have settled the matter already.
        ("delivered", "no_answer"),
    ]
    run_outbox()
    assert len(outbox(client)) == 1
    _forget_clients()


def test_a_receipt_settles_an_uncertain_message_by_our_own_number(
    platform, api, admin, run_outbox, monkeypatch, sms_told
):
    SmsAccountFactory(endpoint=urlsplit(platform.url).netloc)
    MessageTemplate.objects.create(
        code="code", name="n", channel="SMS", body="{{code}}", options=OPTIONS["aliyun"]
    )
    client = api(admin)
    monkeypatch.setattr(provider, "READ_SECONDS", 0.3)
    fault(client, mode="timeout", seconds=1, delivered=False, count=1)
    body = {"template_code": "code", "recipient": "13800138000", "variables": {"code": "1"}}
    sent = client.post("/api/messages/send", body).json()
    run_outbox()
    message = Message.objects.get(message_id=sent["message_id"])
    assert message.status == "uncertain"
    push = {
        "phone_number": "13800138000",
        "send_time": "2026-11-21 10:00:00",
        "report_time": "2026-11-21 10:00:05",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "900000000000000001^0",
        "out_id": message.message_id,
    }
    answer = client.post("/api/messages/receipts/sms?token=sandbox-receipt-token", [push])
    assert answer.status_code == 200
    message.refresh_from_db()
    assert message.status == "delivered"


def test_a_refused_connection_is_tried_again(account, settings, name):
    settings.WECOM_API_BASE = "http://127.0.0.1:1/sandbox"
    account.settings["endpoint"] = "127.0.0.1:1"
    (result,) = send(outbound(account))
    assert (result.outcome, result.code) == (Outcome.RETRY, "connection_failed")


def test_a_providers_http_500_is_tried_again(account, api, admin):
    fault(api(admin), mode="http_500")
    (result,) = send(outbound(account))
    assert result.outcome is Outcome.RETRY


def test_a_providers_rate_limit_waits_for_its_window(account, api, admin):
    fault(api(admin), mode="rate_limited")
    (result,) = send(outbound(account))
    assert (result.outcome, result.retry_after_seconds) == (Outcome.THROTTLED, 60.0)


@pytest.mark.parametrize(
    ("secret", "codes"),
    [("a-wrong-secret", {"SignatureDoesNotMatch", "AuthFailure.SignatureFailure"})],
)
def test_a_wrong_secret_is_the_accounts_fault(account, secret, codes):
    account.secrets["access_key_secret"] = secret
    (result,) = send(outbound(account))
    assert result.outcome is Outcome.PERMANENT
    assert result.is_account_fault
    assert result.code in codes


def test_a_template_that_the_provider_does_not_know_fails_for_good(account):
    known = {"aliyun": "SMS_4040", "tencent": "4040"}
    (result,) = send(outbound(account, template_code=known[account.settings["provider"]]))
    assert result.outcome is Outcome.PERMANENT
    assert not result.is_account_fault
    assert result.code in {
        "isv.SMS_TEMPLATE_ILLEGAL",
        "FailedOperation.TemplateIncorrectOrUnapproved",
    }


def test_an_unapproved_signature_is_the_accounts_fault(account):
    account.settings["sign_name"] = "审核中签名"
    (result,) = send(outbound(account))
    assert result.is_account_fault
    assert result.code in {
        "isv.SMS_SIGNATURE_ILLEGAL",
        "FailedOperation.SignatureIncorrectOrUnapproved",
    }


def test_a_message_whose_thread_would_have_to_wait_goes_back_untried(account, monkeypatch):
    places = calls.threading.BoundedSemaphore(1)
    places.acquire()
    monkeypatch.setattr(calls, "_places", places)
    (result,) = send(outbound(account))
    assert (result.outcome, result.was_tried) == (Outcome.THROTTLED, False)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"endpoint": "10.0.0.8:8000"}, "host_not_allowed"),
        ({"provider": "pigeon"}, "no_account"),
    ],
)
def test_an_account_that_points_elsewhere_sends_nothing(account, change, code):
    account.settings |= change
    (result,) = send(outbound(account, template_code="SMS_1", template_params=None))
    assert (result.outcome, result.code) == (Outcome.PERMANENT, code)


def test_variables_of_the_other_providers_kind_are_refused_before_any_call(account, api, admin):
    wrong = ["1"] if account.settings["provider"] == "aliyun" else {"code": "1"}
    (result,) = send(outbound(account, template_params=wrong))
    assert (result.outcome, result.code) == (Outcome.PERMANENT, "bad_template_params")
    assert outbox(api(admin)) == []


def test_without_an_account_a_message_fails_saying_so(platform, template, api, admin, run_outbox):
    body = {"template_code": "code", "recipient": "13800138000", "variables": {"code": "1"}}
    sent = api(admin).post("/api/messages/send", body).json()
    run_outbox()
    message = Message.objects.get(message_id=sent["message_id"])
    assert (message.status, message.error_code) == ("failed", "no_account")


def test_a_second_code_within_a_minute_waits_and_a_second_notice_does_not(
    account, template, api, admin, run_outbox, sms_told, name
):
    MessageTemplate.objects.create(
        code="otp",
        name="验证码",
        channel="SMS",
        body="{{code}}",
        options={**OPTIONS[name], "template_type": "code"},
    )
    client = api(admin)
    for used in ("code", "code", "otp", "otp"):
        body = {"template_code": used, "recipient": "13800138000", "variables": {"code": "1"}}
        assert client.post("/api/messages/send", body).status_code == 202
    run_outbox()
    sms_told()
    states = list(Message.objects.order_by("pk").values_list("status", "error_code"))
    assert [status for status, _ in states] == ["delivered", "delivered", "delivered", "queued"]
    assert states[-1][1] == "local_limit"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"settings": {"sign_name": "审核中签名"}}, "sign_not_approved"),
        ({"secrets": {"access_key_id": "nobody"}}, None),
        ({"settings": {"endpoint": "10.0.0.8"}}, "host_not_allowed"),
    ],
)
def test_verifying_an_account_reports_what_the_provider_says(account, api, admin, change, code):
    account.settings |= change.get("settings", {})
    account.secrets |= change.get("secrets", {})
    account.save()
    said = api(admin).post(f"/api/channels/{account.pk}/verify").json()
    expected = {"aliyun": "InvalidAccessKeyId.NotFound", "tencent": "AuthFailure.SecretIdNotFound"}
    assert (said["ok"], said["code"]) == (
        False,
        code or expected[account.settings["provider"]],
    )
    assert outbox(api(admin)) == []


def test_a_key_never_shows_where_an_account_is_printed():
    account = ChannelAccount(
        settings={}, secrets={"access_key_id": "the-id", "access_key_secret": "the-secret"}
    )
    shown = repr(provider.access_of(account))
    assert "the-id" not in shown
    assert "the-secret" not in shown


def _forget_clients():
    from messaging.channels.sms import tencent

    tencent._client.cache_clear()
