"""The stand-in refuses what the real platform refuses (wechat-protocol.md §§4.1, 4.2, 4.4, 4.8)."""

import base64
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from wechat.simulator.models import ChatMessage, Delivery, Media, ResponseCode, Token

pytestmark = pytest.mark.django_db

KEY = settings.GROUP_WEBHOOK_URL.rpartition("=")[2]


@pytest.fixture
def token(client):
    query = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_CORP_SECRET}
    return client.get("/sandbox/cgi-bin/gettoken", query).json()["access_token"]


@pytest.fixture
def call(client):
    def call(path, body, **query):
        response = client.post(
            f"/sandbox/cgi-bin/{path}",
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            query_params=query,
        )
        assert response.status_code == 200
        return response.json()

    return call


@pytest.fixture
def send(call, token):
    def send(to="lisi", **fields):
        body = {"touser": to, "agentid": settings.WECOM_AGENT_ID, "msgtype": "text"}
        body |= {"text": {"content": "你好"}} | fields
        return call("message/send", body, access_token=token)

    return send


def text(content):
    return {"msgtype": "text", "text": {"content": content}}


def markdown(content):
    return {"msgtype": "markdown", "markdown": {"content": content}}


def test_a_token_is_the_same_until_it_expires(client, token):
    query = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_CORP_SECRET}
    again = client.get("/sandbox/cgi-bin/gettoken", query).json()
    assert again["access_token"] == token
    assert 7000 < again["expires_in"] <= 7200
    Token.objects.update(expires_at=timezone.now())
    assert client.get("/sandbox/cgi-bin/gettoken", query).json()["access_token"] != token


@pytest.mark.parametrize(
    ("change", "code"), [({"corpid": "x"}, 40013), ({"corpsecret": "x"}, 40001)]
)
def test_wrong_credentials(client, change, code):
    query = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_CORP_SECRET}
    answer = client.get("/sandbox/cgi-bin/gettoken", {**query, **change}).json()
    assert answer["errcode"] == code


def test_every_call_needs_a_living_token(call, token):
    assert call("message/send", {})["errcode"] == 41001
    assert call("message/send", {}, access_token="x")["errcode"] == 40014
    Token.objects.update(expires_at=timezone.now())
    assert call("message/send", {}, access_token=token)["errcode"] == 42001


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"agentid": 1}, 301002),
        ({"to": ""}, 40003),
        ({"to": "|".join(f"u{n}" for n in range(1001))}, 40003),
        ({"to": "unknown1"}, 81013),
        ({"msgtype": "fax"}, 40008),
        ({"text": {}}, 44004),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": 5}}, 40058),
        ({"msgtype": "file", "file": {"media_id": "x"}}, 40007),
        ({"msgtype": "textcard", "textcard": {"title": "x"}}, 40058),
        ({"msgtype": "template_card", "template_card": {"card_type": "text_notice"}}, 40058),
        ({"msgtype": "news", "news": {"articles": [{}] * 9}}, 40058),
    ],
)
def test_what_message_send_refuses(send, fields, code):
    assert send(**fields)["errcode"] == code
    assert not Delivery.objects.exists()


def test_a_partial_failure_names_who_got_nothing(send):
    answer = send("lisi|unknown1|wangwu")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "unknown1")
    assert sorted(Delivery.objects.values_list("to", flat=True)) == ["lisi", "wangwu"]
    assert answer["msgid"]


def test_an_overlong_text_is_cut_at_the_byte(send):
    send(text={"content": "长" * 1000})
    content = Delivery.objects.get().payload["text"]["content"]
    assert 2045 <= len(content.encode()) <= 2048


def test_the_thirty_first_message_of_a_minute_vanishes_without_a_word(send):
    for number in range(31):
        assert send(text={"content": str(number)})["errcode"] == 0
    assert Delivery.objects.count() == 30


def test_the_duplicate_check_delivers_once_and_answers_with_the_first_id(send):
    first, again = (send(enable_duplicate_check=1) for _ in range(2))
    assert first["msgid"] == again["msgid"]
    assert Delivery.objects.count() == 1
    send()
    assert Delivery.objects.count() == 2, "without the check it is a message of its own"


def test_members_and_media(client, call, token):
    query = {"access_token": token, "userid": "lisi"}
    assert client.get("/sandbox/cgi-bin/user/get", query).json()["name"] == "李四"
    query["userid"] = "unknown1"
    assert client.get("/sandbox/cgi-bin/user/get", query).json()["errcode"] == 60111
    upload = client.post(
        f"/sandbox/cgi-bin/media/upload?access_token={token}&type=file",
        {"media": SimpleUploadedFile("a.txt", b"hello world")},
    ).json()
    assert upload["type"] == "file"
    body = {"msgtype": "file", "file": {"media_id": upload["media_id"]}}
    assert call("webhook/send", body, key=KEY)["errcode"] == 0
    Media.objects.update(created_at=timezone.now() - timedelta(days=4))
    assert call("webhook/send", body, key=KEY)["errcode"] == 40007
    empty = client.post(
        f"/sandbox/cgi-bin/webhook/upload_media?key={KEY}&type=file",
        {"media": SimpleUploadedFile("a.txt", b"x")},
    ).json()
    assert empty["errcode"] == 44001


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (text("x" * 2049), 40058),
        (markdown("长" * 1366), 40058),
        (text(""), 44004),
        ({"msgtype": "template_card", "template_card": {"card_type": "button_interaction"}}, 40058),
        ({"msgtype": "image", "image": {"base64": "x"}}, 40058),
        ({"msgtype": "fax"}, 40008),
        ("not json", 47001),
        ("[]", 47001),
    ],
)
def test_what_the_group_robot_refuses(call, body, code):
    assert call("webhook/send", body, key=KEY)["errcode"] == code
    assert not Delivery.objects.exists()


def test_the_group_robot_takes_what_fits(call):
    image = {"base64": base64.b64encode(b"x").decode(), "md5": "9dd4e461268c8034f5c8564e155c67a6"}
    for body in (text("x" * 2048), markdown("x" * 4096), {"msgtype": "image", "image": image}):
        assert call("webhook/send", body, key=KEY)["errcode"] == 0
    assert call("webhook/send", text("x"), key="wrong")["errcode"] == 93000


def test_the_robots_twenty_first_message_of_a_minute_is_refused(call):
    codes = [call("webhook/send", text(str(n)), key=KEY)["errcode"] for n in range(21)]
    assert codes == [0] * 20 + [45009]
    Delivery.objects.update(received_at=timezone.now() - timedelta(seconds=61))
    assert call("webhook/send", text("later"), key=KEY)["errcode"] == 0


def test_a_response_code_answers_once_and_for_an_hour(call):
    asked = ChatMessage.objects.create(
        chat_id="test_group_001", sender="lisi", kind="text", content={}
    )
    hour = timezone.now() + timedelta(hours=1)
    ResponseCode.objects.create(code="RC1", message=asked, expires_at=hour)
    ResponseCode.objects.create(code="RC2", message=asked, expires_at=timezone.now())
    assert call("aibot/response", markdown("好"), response_code="RC1")["errcode"] == 0
    assert call("aibot/response", markdown("好"), response_code="RC1")["errcode"] == 40078
    assert call("aibot/response", markdown("好"), response_code="RC2")["errcode"] == 40078
    assert call("aibot/response", markdown("好"), response_code="?")["errcode"] == 40078
    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.to) == ("AI", "test_group_001")


# --- The sandbox's own API (contract.md §10) ---------------------------------------------------------


def test_the_outbox_lists_newest_last_and_can_be_emptied(client, call, send):
    call("webhook/send", text("一"), key=KEY)
    send()
    rows = client.get("/sandbox/api/outbox").json()["list"]
    assert [row["channel"] for row in rows] == ["GROUP_BOT", "WORK_WECHAT"]
    assert set(rows[0]) == {"id", "channel", "to", "payload", "received_at"}
    since = client.get(f"/sandbox/api/outbox?since={rows[0]['id']}").json()["list"]
    assert [row["id"] for row in since] == [rows[1]["id"]]
    only = client.get("/sandbox/api/outbox?channel=GROUP_BOT").json()["list"]
    assert [row["to"] for row in only] == ["test_group_001"]
    assert client.delete("/sandbox/api/outbox").status_code == 204
    assert client.get("/sandbox/api/outbox").json() == {"list": []}


def test_a_fault_lasts_as_many_calls_as_ordered(client, call):
    order = {"channel": "GROUP_BOT", "mode": "errcode", "errcode": 93004, "count": 2}
    client.post("/sandbox/api/faults", order, content_type="application/json")
    codes = [call("webhook/send", text(str(n)), key=KEY)["errcode"] for n in range(3)]
    assert codes == [93004, 93004, 0]


def test_a_timeout_may_have_delivered(client):
    for delivered in (True, False):
        order = {
            "channel": "GROUP_BOT",
            "mode": "timeout",
            "seconds": 0,
            "delivered": delivered,
            "count": 1,
        }
        client.post("/sandbox/api/faults", order, content_type="application/json")
        response = client.post(
            f"/sandbox/cgi-bin/webhook/send?key={KEY}", text("x"), content_type="application/json"
        )
        assert response.status_code == 504
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body", "attr"),
    [
        ("faults", {"channel": "FAX", "mode": "ok"}, "channel"),
        ("faults", {"channel": "AI", "mode": "slow"}, "mode"),
        ("faults", {"channel": "AI", "mode": "errcode"}, "errcode"),
        ("faults", {"channel": "AI", "mode": "timeout", "seconds": 61}, "seconds"),
        ("chats/test_group_001/messages", {"from": "nobody", "content": "x"}, "from"),
        ("chats/test_group_001/messages", {"from": "lisi", "content": " "}, "content"),
        (
            "chats/test_group_001/messages",
            {"from": "lisi", "content": "x", "quote_id": 9},
            "quote_id",
        ),
        ("chats/app:lisi/messages", {"from": "wangwu", "content": "x"}, "from"),
        ("chats/nowhere/messages", {"from": "lisi", "content": "x"}, "chat_id"),
        ("callbacks/raw", {"target": "x", "payload": {}}, "target"),
        ("callbacks/raw", {"target": "aibot", "payload": {}, "times": 99}, "times"),
        ("callbacks/raw", {"target": "aibot", "payload": {}, "corrupt": "x"}, "corrupt"),
    ],
)
def test_a_bad_order_is_refused_by_name(client, path, body, attr):
    response = client.post(f"/sandbox/api/{path}", body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


@pytest.mark.parametrize(
    "path", ["", "api/outbox", "api/chats", "cgi-bin/gettoken", "api/chats/test_group_001/messages"]
)
def test_without_the_sandbox_nothing_answers(client, settings, path):
    settings.SANDBOX = False
    assert client.get(f"/sandbox/{path}").status_code == 404
