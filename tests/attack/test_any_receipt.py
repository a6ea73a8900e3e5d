"""Receipts of providers: who knows an account's token may still write anything."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.channels.accounts import forget
from messaging.models import ChannelAccount
from tests.attack.hostile import ANY, VALUES, WORDS, answered, is_well

pytestmark = [pytest.mark.django_db, pytest.mark.attacks]


@pytest.fixture
def accounts():
    for channel in ("SMS", "EMAIL"):
        account = ChannelAccount(
            channel=channel, code=channel.lower(), name=channel, is_active=True
        )
        account.settings = (
            {"provider": "aliyun"}
            if channel == "SMS"
            else {"host": "smtp.example.com", "port": 465}
        )
        account.secrets = {"receipt_token": "t" * 20}
        account.save()
    forget()


def told(channel, body, content_type):
    return answered(f"/api/messages/receipts/{channel}", body, {"token": "t" * 20}, content_type)


MAIL = (
    b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
    b"Reporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; %s\r\n\r\n--b\r\n"
    b"Content-Type: message/rfc822\r\n\r\nMessage-ID: %s\r\n\r\nx\r\n--b--\r\n"
)


def nested_mail(depth):
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
        for n in range(depth)
    )
    return opened + b"Content-Type: text/plain\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    "body",
    [
        MAIL % (b"x", b"<a\x00b@x>"),
        MAIL % (b"a\x00b", b"<a@x>"),
        MAIL % (b"x" * 50_000, b"<" + b"9" * 5000 + b"@x>"),
        MAIL % (b"\xff\xfe", b"\xff@x"),
        MAIL % (b"=?utf-8?q?=00?=", b"=?x?q?=ff?="),
        nested_mail(300),
        nested_mail(3000),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"\x00" * 1000,
        b"",
        b"Content-Type: multipart/report\r\n\r\n",
        b"Message-ID: " + b" " * 100_000,
    ],
)
def test_any_bounce_is_answered(accounts, body):
    assert is_well(told("email", body, "message/rfc822"))
    assert is_well(told("email", body, 'multipart/report; boundary="b"'))
    assert is_well(told("email", body, 'multipart/report; boundary="\x00\xff"'))


@ANY
@given(
    st.lists(
        st.one_of(
            VALUES,
            st.fixed_dictionaries(
                {},
                optional=dict.fromkeys(
                    [
                        "phone_number",
                        "success",
                        "biz_id",
                        "out_id",
                        "send_time",
                        "report_time",
                        "err_code",
                        "err_msg",
                        "mobile",
                        "sid",
                        "user_receive_time",
                        "nationcode",
                        "report_status",
                        "errmsg",
                        "description",
                        "sms_size",
                    ],
                    st.one_of(
                        WORDS,
                        st.just(True),
                        st.just("13800138000"),
                        st.just("2026-01-02 03:04:05"),
                        st.just("0001-01-01 00:00:00"),
                        st.just("9999-12-31 23:59:59"),
                    ),
                ),
            ),
        ),
        max_size=3,
    )
)
@example(
    [
        {
            "phone_number": "13800138000",
            "success": True,
            "biz_id": "a",
            "report_time": "0001-01-01 00:00:00",
        }
    ]
)
def test_any_push_of_an_sms_provider_is_answered(accounts, pushed):
    assert is_well(told("sms", json.dumps(pushed).encode(), "application/json"))


@pytest.mark.parametrize(
    "token", ["", "t" * 19, "t" * 21, "T" * 20, "t" * 19 + "\x00", "é" * 10, " " + "t" * 20]
)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_wrong_token_tells_no_receipt(accounts, channel, token):
    answer = answered(
        f"/api/messages/receipts/{channel}", b"[]", {"token": token}, "application/json"
    )
    assert answer.status_code == 403
