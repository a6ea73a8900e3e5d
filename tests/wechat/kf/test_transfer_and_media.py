"""Giving a customer to a servicer in WeCom, and files that customers send (§4.6)."""

import base64

import pytest

from tests.wechat.kf.conftest import ZHANGSAN
from tickets.models import Sender, Visibility
from wechat.models import KfCustomer, KfState
from wechat.simulator.kf.models import KfServicer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def transfer(api, agent, in_chat, work_all):
    def ask(**body):
        path = f"/api/customer-service/chats/{in_chat.pk}/kf-transfer"
        answer = api(agent).post(path, body, format="json")
        work_all()
        in_chat.refresh_from_db()
        return answer

    return ask


def notes(chat):
    rows = chat.messages.filter(visibility=Visibility.INTERNAL)
    return "\n".join(rows.values_list("content", flat=True))


def test_the_agent_sees_who_may_take_the_customer(api, agent, in_chat, wangwu):
    path = f"/api/customer-service/chats/{in_chat.pk}/kf-servicers"
    listed = api(agent).get(path).json()["list"]
    assert {"userid": "wangwu", "name": "王五", "is_receiving": True} in listed


def test_a_customer_given_to_a_servicer_is_theirs_and_the_chat_ends(transfer, session, in_chat):
    answer = transfer(servicer="wangwu")
    assert (answer.status_code, answer.json()["status"]) == (202, "active")
    assert (session()["state"], session()["servicer_userid"]) == (KfState.HUMAN, "wangwu")
    assert (in_chat.status, in_chat.ended_by) == ("ended", "agent")
    assert KfCustomer.objects.get().servicer_userid == "wangwu"


@pytest.mark.parametrize(("to", "state"), [("queue", KfState.QUEUE), ("end", KfState.ENDED)])
def test_to_the_queue_or_to_nobody(transfer, session, in_chat, to, state):
    assert transfer(to=to).status_code == 202
    assert (session()["state"], in_chat.status) == (state, "ended")


def test_if_the_platform_refuses_the_agent_keeps_the_chat_and_reads_why(transfer, in_chat):
    KfServicer.objects.filter(userid="wangwu").update(status=1)
    assert transfer(servicer="wangwu").status_code == 202
    assert in_chat.status == "active"
    assert "没有转成：接待人员未激活，或已停止接待" in notes(in_chat)


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "servicer"),
        ({"servicer": "nobody"}, "servicer"),
        ({"servicer": 7}, "servicer"),
        ({"to": "moon"}, "to"),
    ],
)
def test_bad_input_names_its_field(transfer, in_chat, body, attr):
    answer = transfer(**body)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert in_chat.status == "active"


def test_a_picture_arrives_in_its_message(kf, work_all, in_chat, api, agent):
    kf("customer_says", msgtype="image")
    work_all()
    message = in_chat.messages.filter(sender=Sender.CUSTOMER).last()
    assert (message.type, message.file.content_type) == ("image", "image/png")
    path = f"/api/customer-service/chats/{in_chat.pk}/files/{message.file_id}"
    got = api(agent).get(path)
    content = b"".join(got.streaming_content) if got.streaming else got.content
    assert content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"msgtype": "file", "filename": "a.exe", "base64": "TVqQAAMAAAAEAAAA"}, "不支持这种文件"),
        ({"msgtype": "image", "media_id": "gone"}, "素材无效或已过期"),
    ],
)
def test_a_file_that_cannot_be_had_is_told_to_the_agent(kf, work_all, in_chat, fields, why):
    kf("customer_says", **fields)
    work_all()
    message = in_chat.messages.filter(sender=Sender.CUSTOMER).last()
    assert (message.file, message.content) == (
        None,
        f"[{'图片' if fields['msgtype'] == 'image' else '文件'}]",
    )
    assert why in notes(in_chat)


def test_a_file_beyond_the_limit_is_not_taken(kf, work_all, in_chat, setting):
    setting("chat.files", {"customer_max_bytes": 1024, "team_max_bytes": 1024, "per_chat": 5})
    big = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 4096).decode()
    kf("customer_says", msgtype="image", base64=big)
    work_all()
    assert in_chat.messages.filter(sender=Sender.CUSTOMER).last().file is None
    assert "文件超过" in notes(in_chat)


def test_erasing_a_customer_forgets_who_served_them(in_chat, api, admin):
    path = f"/api/v1/customers/{in_chat.customer_id}/erase"
    answer = api(admin).post(path, {"confirm": True, "reason": "本人要求"}, format="json")
    assert answer.status_code in (200, 204), answer.content
    assert not KfCustomer.objects.filter(external_userid=ZHANGSAN).exists()
