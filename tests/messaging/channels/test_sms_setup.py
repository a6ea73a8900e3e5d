"""What an SMS account, a template and a number may be."""

import pytest

from config.errors import InvalidInputError
from messaging.channels.sms.sender import SmsChannel
from tests.factories import SmsAccountFactory

pytestmark = pytest.mark.django_db

ACCOUNT = {
    "channel": "SMS",
    "code": "sms_main",
    "name": "短信",
    "settings": {"provider": "aliyun", "sign_name": "签名"},
    "secrets": {"access_key_id": "id", "access_key_secret": "secret"},
}


@pytest.mark.parametrize(
    ("provider", "more", "endpoint"),
    [
        ("aliyun", {}, "dysmsapi.aliyuncs.com"),
        ("tencent", {"sdk_app_id": "1400000001"}, "sms.tencentcloudapi.com"),
    ],
)
def test_an_account_without_an_endpoint_speaks_to_the_official_one(
    api, admin, provider, more, endpoint
):
    settings = {"provider": provider, "sign_name": "签名", **more}
    made = api(admin).post("/api/channels", {**ACCOUNT, "settings": settings})
    assert made.status_code == 201, made.content
    assert made.json()["settings"]["endpoint"] == endpoint
    assert made.json()["secrets"]["access_key_secret"].startswith("••••")


@pytest.mark.parametrize(
    ("settings", "secrets", "attr"),
    [
        ({"provider": "pigeon"}, {}, "settings.provider"),
        ({"provider": "tencent"}, {}, "settings.sdk_app_id"),
        ({"provider": "tencent", "sdk_app_id": "app"}, {}, "settings.sdk_app_id"),
        ({"sign_name": ""}, {}, "settings.sign_name"),
        ({"endpoint": "169.254.169.254"}, {}, "settings.endpoint"),
        ({"endpoint": "http://dysmsapi.aliyuncs.com"}, {}, "settings.endpoint"),
        ({"endpoint": "dysmsapi.aliyuncs.com@10.0.0.1"}, {}, "settings.endpoint"),
        ({"endpoint": "dysmsapi.aliyuncs.com/x"}, {}, "settings.endpoint"),
        ({"endpoint": "dysmsapi.aliyuncs.com:22"}, {}, "settings.endpoint"),
        ({}, {"access_key_id": ""}, "secrets.access_key_id"),
        ({}, {"access_key_secret": ""}, "secrets.access_key_secret"),
        ({}, {"receipt_token": "short"}, "secrets.receipt_token"),
        ({"colour": "red"}, {}, "settings.colour"),
    ],
)
def test_a_wrong_account_is_refused_naming_the_field(api, admin, settings, secrets, attr):
    refused = api(admin).post(
        "/api/channels",
        {
            **ACCOUNT,
            "settings": {**ACCOUNT["settings"], **settings},
            "secrets": {**ACCOUNT["secrets"], **secrets},
        },
    )
    assert refused.status_code == 400
    assert attr in [error["attr"] for error in refused.json()["errors"]]


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"options": {}}, "options.template_code"),
        ({"options": {"template_code": 1234}}, "options.template_code"),
        ({"options": {"template_code": "SMS_{{n}}"}}, "options.template_code"),
        ({"options": {"template_code": "SMS_1"}, "body": "{{n}}"}, "options.template_params"),
        (
            {"options": {"template_code": "SMS_1", "template_params": "x"}},
            "options.template_params",
        ),
        (
            {"options": {"template_code": "SMS_1", "template_params": [1]}},
            "options.template_params",
        ),
        (
            {"options": {"template_code": "SMS_1", "template_params": {"n": {}}}},
            "options.template_params",
        ),
        (
            {"options": {"template_code": "SMS_1", "template_params": ["x"] * 51}},
            "options.template_params",
        ),
        (
            {"options": {"template_code": "SMS_1", "template_type": "advert"}},
            "options.template_type",
        ),
        ({"body_format": "markdown"}, "body_format"),
    ],
)
def test_a_template_that_could_never_be_sent_is_refused_naming_the_field(api, admin, change, attr):
    body = {
        "code": "t",
        "name": "t",
        "channel": "SMS",
        "body": "通知",
        "options": {"template_code": "SMS_1"},
    }
    assert api(admin).post("/api/template", {**body, "code": "good"}).status_code == 201
    refused = api(admin).post("/api/template", {**body, **change})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == attr


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("+852 6123 4567", "+85261234567"),
        ("+1 415 555 2671", "+14155552671"),
    ],
)
def test_a_number_is_kept_as_the_database_writes_it(written, phone):
    account = SmsAccountFactory()
    found = SmsChannel().recipient(written)
    assert (found.address, found.account) == (phone, account)


@pytest.mark.parametrize(
    "written", ["", "lisi", "1380013", "010-62345678", "+86 400 800 8888", "12345678901", "@all"]
)
def test_what_takes_no_sms_is_no_recipient(written):
    with pytest.raises(InvalidInputError) as refused:
        SmsChannel().recipient(written)
    assert (refused.value.code, refused.value.attr) == ("bad_recipient", "recipient")
