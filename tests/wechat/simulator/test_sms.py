"""The sandbox's SMS providers, as the providers' own SDKs and strangers find them."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from alibabacloud_dysmsapi20170525 import models as aliyun_models
from alibabacloud_dysmsapi20170525.client import Client as AliyunClient
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import ResponseException
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models as tencent_models
from tencentcloud.sms.v20210111.sms_client import SmsClient

pytestmark = pytest.mark.django_db(transaction=True)

KEY = ("sandbox-key-id", "sandbox-key-secret")
SIGN = "沙箱签名"
Wait = Callable[[], None]


class Pushed:
    """What listens at the receipt address; it answers `answers` in turn, the last again and again."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, list[str]], Any]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = [(200, {"code": 0, "result": 0})]


@pytest.fixture
def pushed(settings: Any) -> Iterator[Pushed]:
    listening = Pushed()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            listening.heard.append((parts.path, parse_qs(parts.query), body))
            several = len(listening.answers) > 1
            status, answer = listening.answers.pop(0) if several else listening.answers[0]
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.SANDBOX_CALLBACK_BASE = f"http://127.0.0.1:{server.server_port}"
        yield listening
        server.shutdown()
        thread.join()


@pytest.fixture
def host(live_server: Any, pushed: Pushed, sms_told: Wait) -> str:
    return urlsplit(live_server.url).netloc


def aliyun(host: str, key: tuple[str, str] = KEY) -> AliyunClient:
    return AliyunClient(
        Config(access_key_id=key[0], access_key_secret=key[1], endpoint=host, protocol="http")
    )


def tencent(host: str, key: tuple[str, str] = KEY) -> SmsClient:
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=host))
    return SmsClient(Credential(*key), "ap-guangzhou", profile)


def send_aliyun(host: str, key: tuple[str, str] = KEY, **change: Any) -> Any:
    asked = {
        "phone_numbers": "13800138000",
        "sign_name": SIGN,
        "template_code": "SMS_1",
        "template_param": '{"code":"你好 & +~*"}',
        "out_id": "MSG1",
        **change,
    }
    return aliyun(host, key).send_sms(aliyun_models.SendSmsRequest(**asked)).body


def send_tencent(host: str, key: tuple[str, str] = KEY, **change: Any) -> Any:
    asked = tencent_models.SendSmsRequest()
    fields = {
        "PhoneNumberSet": ["+8613800138000"],
        "SmsSdkAppId": "1400000001",
        "SignName": SIGN,
        "TemplateId": "1",
        "TemplateParamSet": ["你好"],
        "SessionContext": "MSG1",
        **change,
    }
    for name, value in fields.items():
        setattr(asked, name, value)
    return tencent(host, key).SendSms(asked)


def outbox(client: Any) -> list[dict[str, Any]]:
    return list(client.get("/sandbox/api/outbox?channel=SMS&limit=1000").json()["list"])


def test_aliyuns_sdk_sends_one_and_its_delivery_is_told(host, pushed, client, sms_told):
    answer = send_aliyun(host)
    sms_told()
    assert (answer.code, answer.message) == ("OK", "OK")
    (row,) = outbox(client)
    assert row["to"] == "13800138000"
    assert row["payload"]["params"] == {"code": "你好 & +~*"}
    ((path, query, (state,)),) = pushed.heard
    assert (path, query) == (
        "/api/messages/receipts/sms",
        {"token": ["sandbox-receipt-token"]},
    )
    assert set(state) == {
        "phone_number",
        "send_time",
        "report_time",
        "success",
        "err_code",
        "err_msg",
        "sms_size",
        "biz_id",
        "out_id",
    }
    assert state["biz_id"] == answer.biz_id
    assert (state["phone_number"], state["success"], state["out_id"]) == (
        "13800138000",
        True,
        "MSG1",
    )


def test_tencents_sdk_gets_a_state_for_each_number(host, pushed, client, sms_told):
    numbers = ["+8613800138000", "+861380013", "+8613900000404", "+8613900000405"]
    answer = send_tencent(host, PhoneNumberSet=numbers)
    sms_told()
    assert [(state.PhoneNumber, state.Code) for state in answer.SendStatusSet] == [
        ("+8613800138000", "Ok"),
        ("+861380013", "InvalidParameterValue.IncorrectPhoneNumber"),
        ("+8613900000404", "FailedOperation.PhoneNumberInBlacklist"),
        ("+8613900000405", "Ok"),
    ]
    assert {state.SessionContext for state in answer.SendStatusSet} == {"MSG1"}
    assert [row["to"] for row in outbox(client)] == ["+8613800138000", "+8613900000405"]
    ((_, _, states),) = pushed.heard
    assert [(state["nationcode"], state["mobile"], state["report_status"]) for state in states] == [
        ("86", "13800138000", "SUCCESS"),
        ("86", "13900000405", "FAIL"),
    ]
    assert states[0]["sid"] == answer.SendStatusSet[0].SerialNo


@pytest.mark.parametrize("send", [send_aliyun, send_tencent])
def test_a_receipt_is_told_again_until_it_is_answered_well(host, pushed, sms_told, send):
    pushed.answers = [(500, {}), (200, {"code": 7, "result": 7}), (200, {"code": 0, "result": 0})]
    send(host)
    sms_told()
    assert len(pushed.heard) == 3
    assert pushed.heard[0] == pushed.heard[2]


def test_aliyuns_batch_gives_each_number_its_own_variables(host, client):
    asked = aliyun_models.SendBatchSmsRequest(
        phone_number_json='["13800138000","13800138001"]',
        sign_name_json=json.dumps([SIGN, SIGN]),
        template_code="SMS_1",
        template_param_json='[{"code":"1"},{"code":"2"}]',
    )
    assert aliyun(host).send_batch_sms(asked).body.code == "OK"
    first, second = outbox(client)
    assert (first["payload"]["params"], second["payload"]["params"]) == (
        {"code": "1"},
        {"code": "2"},
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone_numbers": "1380013"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"phone_numbers": "13800138000,1"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"phone_numbers": ",".join(["13800138000"] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"template_code": "SMS_4041"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"template_code": "hello"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"sign_name": "审核中签名"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"sign_name": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"template_param": "[]"}, "isv.INVALID_JSON_PARAM"),
        ({"template_param": "{"}, "isv.INVALID_JSON_PARAM"),
    ],
)
def test_aliyun_refuses_what_it_would_refuse(host, pushed, client, sms_told, change, code):
    assert send_aliyun(host, **change).code == code
    sms_told()
    assert outbox(client) == []
    assert pushed.heard == []


@pytest.mark.parametrize(
    ("count", "signs", "code"),
    [(101, 101, "isv.MOBILE_COUNT_OVER_LIMIT"), (2, 1, "isv.INVALID_PARAMETERS")],
)
def test_aliyuns_batch_takes_a_hundred_with_a_signature_each(host, client, count, signs, code):
    asked = aliyun_models.SendBatchSmsRequest(
        phone_number_json=json.dumps([f"138{n:08d}" for n in range(count)]),
        sign_name_json=json.dumps([SIGN] * signs),
        template_code="SMS_1",
    )
    assert aliyun(host).send_batch_sms(asked).body.code == code
    assert outbox(client) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SignName": "审核中签名"}, "FailedOperation.SignatureIncorrectOrUnapproved"),
        ({"TemplateId": "4041"}, "FailedOperation.TemplateIncorrectOrUnapproved"),
        ({"TemplateId": "SMS_1"}, "FailedOperation.TemplateIncorrectOrUnapproved"),
        ({"PhoneNumberSet": ["13800138000"]}, "InvalidParameterValue.IncorrectPhoneNumber"),
    ],
)
def test_tencent_refuses_what_it_would_refuse_number_by_number(host, client, change, code):
    (state,) = send_tencent(host, **change).SendStatusSet
    assert (state.Code, state.SerialNo, state.Fee) == (code, "", 0)
    assert outbox(client) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PhoneNumberSet": []}, "MissingParameter.EmptyPhoneNumberSet"),
        (
            {"PhoneNumberSet": [f"+86138{n:08d}" for n in range(201)]},
            "LimitExceeded.PhoneNumberCountLimit",
        ),
        (
            {"PhoneNumberSet": ["+8613800138000", "+14155552671"]},
            "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
        ),
        ({"SmsSdkAppId": "1400000002"}, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
        ({"TemplateId": None}, "MissingParameter"),
        ({"TemplateParamSet": [1]}, "InvalidParameter"),
    ],
)
def test_tencent_refuses_a_wrong_call_as_a_whole(host, client, change, code):
    with pytest.raises(TencentCloudSDKException) as refused:
        send_tencent(host, **change)
    assert refused.value.code == code
    assert outbox(client) == []


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        (("nobody", KEY[1]), ("InvalidAccessKeyId.NotFound", "AuthFailure.SecretIdNotFound")),
        ((KEY[0], "wrong"), ("SignatureDoesNotMatch", "AuthFailure.SignatureFailure")),
    ],
)
def test_a_wrong_key_is_refused_by_both(host, client, key, codes):
    with pytest.raises(ResponseException) as by_aliyun:
        send_aliyun(host, key)
    with pytest.raises(TencentCloudSDKException) as by_tencent:
        send_tencent(host, key)
    assert (by_aliyun.value.code, by_tencent.value.code) == codes
    assert outbox(client) == []


@pytest.mark.parametrize("name", ["x-acs-action", "X-TC-Action"])
@pytest.mark.parametrize("authorization", ["", "x", "ACS3-HMAC-SHA256 Credential=,", "TC3 ١"])
def test_an_unsigned_call_is_refused(client, db, name, authorization):
    headers = {name: "SendSms", "Authorization": authorization}
    answer = client.post("/", b"{}", content_type="application/json", headers=headers)
    assert answer.status_code in (200, 400)
    body = answer.json()
    code = body.get("Code") or body["Response"]["Error"]["Code"]
    assert code in ("IncompleteSignature", "AuthFailure.InvalidAuthorization")


def test_changed_words_break_the_signature(host, client, monkeypatch):
    import requests

    whole = requests.Session.send

    def altered(self: Any, request: Any, **options: Any) -> Any:
        request.url = request.url.replace("13800138000", "13800138001")
        if request.body:
            request.body = request.body.replace("13800138000", "13800138001")
        return whole(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", altered)
    with pytest.raises(ResponseException) as by_aliyun:
        send_aliyun(host)
    with pytest.raises(TencentCloudSDKException) as by_tencent:
        send_tencent(host)
    assert by_aliyun.value.code == "SignatureDoesNotMatch"
    assert by_tencent.value.code == "AuthFailure.SignatureFailure"
    assert outbox(client) == []


def test_both_tell_which_signatures_are_approved(host):
    states = {}
    for sign in (SIGN, "审核中签名"):
        asked = aliyun_models.QuerySmsSignRequest(sign_name=sign)
        states[sign] = aliyun(host).query_sms_sign(asked).body.sign_status
    assert states == {SIGN: 1, "审核中签名": 0}
    wanted = tencent_models.DescribeSmsSignListRequest()
    wanted.International = 0
    listed = tencent(host).DescribeSmsSignList(wanted).DescribeSignListStatusSet
    assert {sign.SignName: sign.StatusCode for sign in listed} == {SIGN: 0, "审核中签名": 1}


def test_a_fault_speaks_in_the_providers_own_words(host, client):
    order = {"channel": "SMS", "mode": "errcode", "errcode": "isv.AMOUNT_NOT_ENOUGH", "count": 1}
    told = client.post("/sandbox/api/faults", order, content_type="application/json").json()
    assert told["list"][0]["errcode"] == "isv.AMOUNT_NOT_ENOUGH"
    assert send_aliyun(host).code == "isv.AMOUNT_NOT_ENOUGH"
    assert send_aliyun(host).code == "OK"


@pytest.mark.parametrize("errcode", ["", "两个字", "a" * 81, "a b", 0, None])
def test_a_fault_needs_a_code_that_could_be_one(client, db, errcode):
    order = {"channel": "SMS", "mode": "errcode", "errcode": errcode}
    refused = client.post("/sandbox/api/faults", order, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "errcode"


@pytest.mark.parametrize("name", ["x-acs-action", "X-TC-Action"])
def test_outside_the_sandbox_the_root_is_only_the_home_page(client, db, settings, name):
    as_provider = client.post("/", headers={name: "SendSms"})
    assert as_provider.headers["Content-Type"] == "application/json"
    settings.SANDBOX = False
    as_page = client.post("/", headers={name: "SendSms"})
    assert as_page.status_code == client.post("/").status_code
    assert as_page.content == client.post("/").content
    assert b"RequestId" not in as_page.content
