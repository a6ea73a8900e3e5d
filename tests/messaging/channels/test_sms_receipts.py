"""What SMS providers push to `/api/messages/receipts/sms`; neither signs it, so its address must."""

import json

import pytest

from messaging.channels import accounts
from messaging.models import EarlyReceipt, Message, ProviderReference
from tests.factories import SmsAccountFactory

pytestmark = pytest.mark.django_db

TOKEN = "sandbox-receipt-token"
PHONE = "+8613800138000"
NUMBER = {"aliyun": "900619746936498440^0", "tencent": "5000:1045710669157053657849499619"}
ALIYUN = {
    "phone_number": "13800138000",
    "send_time": "2026-11-21 10:00:00",
    "report_time": "2026-11-21 10:00:05",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": NUMBER["aliyun"],
    "out_id": "",
}
TENCENT = {
    "user_receive_time": "2026-11-21 10:00:05",
    "nationcode": "86",
    "mobile": "13800138000",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "用户短信送达成功",
    "sid": NUMBER["tencent"],
}
PUSH = {"aliyun": ALIYUN, "tencent": TENCENT}
FAILURE = {
    "aliyun": {"success": False, "err_code": "MOBILE_NOT_ON_SERVICE", "err_msg": "手机停机"},
    "tencent": {"report_status": "FAIL", "errmsg": "MK:0001", "description": "号码停机"},
}


@pytest.fixture(params=["aliyun", "tencent"])
def name(request):
    return request.param


@pytest.fixture
def account(name):
    return SmsAccountFactory(provider=name)


@pytest.fixture
def message(account, name):
    return sent("MSG1", PHONE, NUMBER[name])


def sent(message_id, phone, number):
    message = Message.objects.create(
        message_id=message_id,
        channel="SMS",
        recipient=phone,
        payload={},
        status="sent",
        due_at="2026-11-21T10:00:00+08:00",
        sent_at="2026-11-21T10:00:00+08:00",
    )
    ProviderReference.objects.create(
        channel="SMS", provider_message_id=number, message_id=message.pk
    )
    return message


def push(client, body, token=TOKEN):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(
        f"/api/messages/receipts/sms?token={token}", content, content_type="application/json"
    )


def test_a_delivered_message_is_told_in_the_providers_words(client, message, name):
    answer = push(client, [PUSH[name]])
    assert answer.status_code == 200
    # Aliyun looks at the first two, Tencent at the others.
    assert answer.json() == {"code": 0, "msg": "成功", "result": 0, "errmsg": "OK"}
    message.refresh_from_db()
    assert message.status == "delivered"
    assert message.delivered_at.isoformat() == "2026-11-21T02:00:05+00:00"


def test_a_failed_delivery_keeps_the_providers_code(client, message, name):
    push(client, [{**PUSH[name], **FAILURE[name]}])
    message.refresh_from_db()
    code = FAILURE[name].get("err_code") or FAILURE[name]["errmsg"]
    assert (message.status, message.error_code) == ("failed", code)


def test_of_several_that_share_a_number_the_phone_says_which(client):
    SmsAccountFactory()
    first = sent("MSG1", PHONE, NUMBER["aliyun"])
    second = sent("MSG2", "+8613800138001", NUMBER["aliyun"])
    push(client, [{**ALIYUN, "phone_number": "13800138001"}])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("sent", "delivered")


@pytest.mark.parametrize("written", ["85261234567", "+85261234567"])
def test_a_foreign_number_is_recognised(client, written):
    SmsAccountFactory()
    message = sent("MSG1", "+85261234567", NUMBER["aliyun"])
    push(client, [{**ALIYUN, "phone_number": written}])
    message.refresh_from_db()
    assert message.status == "delivered"


def test_a_receipt_told_twice_counts_once_and_one_too_early_is_kept(client, message, name):
    push(client, [PUSH[name]])
    push(client, [{**PUSH[name], **FAILURE[name]}])
    message.refresh_from_db()
    assert message.status == "delivered"
    Message.objects.all().delete()
    ProviderReference.objects.all().delete()
    push(client, [PUSH[name]])
    assert EarlyReceipt.objects.get().recipient == PHONE


@pytest.mark.parametrize("token", ["", "wrong", "sandbox-receipt-toke", "令牌", "%00"])
def test_a_wrong_or_missing_token_is_refused_and_changes_nothing(client, message, name, token):
    assert push(client, [PUSH[name]], token=token).status_code == 403
    message.refresh_from_db()
    assert message.status == "sent"
    assert not EarlyReceipt.objects.exists()


@pytest.mark.parametrize("change", [{"secrets": {}}, {"is_active": False}])
def test_an_account_without_a_token_or_out_of_use_takes_no_receipt(
    client, account, message, name, change
):
    for field, value in change.items():
        setattr(account, field, value)
    account.save()
    accounts.forget()
    for token in ("", TOKEN, "None"):
        assert push(client, [PUSH[name]], token=token).status_code == 403


def test_nobodys_receipt_is_taken_while_there_is_no_account(client):
    assert push(client, [ALIYUN]).status_code == 403


@pytest.mark.parametrize("body", [b"", b"x", b"{}", b"[1", b"null", b'"x"', b"[" * 100_000])
def test_what_is_no_list_is_refused(client, account, body):
    answer = push(client, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "body"


WRONG = ["", None, 7, 1.5, True, [], {}, "x" * 501, "a\x00b", "\ud800", "+", "١٢٣٤٥"]


def wrong_values(*fields):
    """Every field with every wrong value; a provider's number may be any text, success is true."""
    numbers = ("biz_id", "sid")
    return [
        (field, wrong)
        for field in fields
        for wrong in WRONG
        if not (field == "success" and wrong is True)
        and not (field in numbers and wrong in ("+", "١٢٣٤٥"))
    ]


@pytest.mark.parametrize(
    ("field", "wrong"), wrong_values("phone_number", "report_time", "success", "biz_id")
)
def test_aliyuns_wrong_fields_are_named(client, field, wrong):
    SmsAccountFactory()
    message = sent("MSG1", PHONE, NUMBER["aliyun"])
    answer = push(client, [ALIYUN, {**ALIYUN, field: wrong}])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == f"1.{field}"
    message.refresh_from_db()
    assert message.status == "sent"


@pytest.mark.parametrize(
    ("field", "wrong"),
    wrong_values("nationcode", "mobile", "user_receive_time", "report_status", "sid"),
)
def test_tencents_wrong_fields_are_named(client, field, wrong):
    SmsAccountFactory(provider="tencent")
    message = sent("MSG1", PHONE, NUMBER["tencent"])
    answer = push(client, [{**TENCENT, field: wrong}])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == f"0.{field}"
    message.refresh_from_db()
    assert message.status == "sent"


@pytest.mark.parametrize("entry", [None, 1, "x", [], [ALIYUN]])
def test_an_entry_that_is_no_object_is_named(client, account, entry):
    answer = push(client, [entry])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "0"
