"""WeChat customer service as the platform keeps it: pages, quotas, states, codes (§4.6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.wechat.simulator.conftest import Company, Tencent
from wechat.simulator.kf.models import KfCode, KfItem, KfSession

KF = "wkSandboxKf01"
ZHANGSAN = "wmSandbox000001"

Act = Callable[..., dict[str, Any]]
Kf = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    settings.SANDBOX_CONTACTS = 30


@pytest.fixture
def act(tencent: Tencent) -> Act:
    def do(act: str, **fields: Any) -> dict[str, Any]:
        body = {"act": act, "external_userid": ZHANGSAN, "callback": False, **fields}
        answer = tencent.client.post("/sandbox/api/kf", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    return do


@pytest.fixture
def kf(tencent: Tencent) -> Kf:
    def call(path: str, **body: Any) -> dict[str, Any]:
        return tencent.post(f"kf/{path}", {"open_kfid": KF, **body}, access_token=tencent.token)

    return call


def send(kf: Kf, **more: Any) -> dict[str, Any]:
    return kf("send_msg", touser=ZHANGSAN, msgtype="text", text={"content": "您好"}, **more)


def test_a_doorbell_says_that_there_is_something_and_its_token_opens_the_page(
    act: Act, kf: Kf, company: Company
):
    said = act("customer_says", content="连不上了", callback=True, times=2)
    assert [answer["status"] for answer in said["answers"]] == [200, 200]
    heard = company.heard
    assert heard[0]["Token"] == heard[1]["Token"]
    assert (heard[0]["Event"], heard[0]["OpenKfId"]) == ("kf_msg_or_event", KF)
    assert "FromUserName" not in heard[0]
    page = kf("sync_msg", token=heard[0]["Token"])
    assert [item["text"] for item in page["msg_list"]] == [{"content": "连不上了"}]
    assert (page["msg_list"][0]["origin"], page["has_more"]) == (3, 0)
    assert kf("sync_msg", token="made-up")["errcode"] == 95007


def test_pages_go_on_behind_the_cursor_and_leave_out_what_the_api_sent(act: Act, kf: Kf):
    act("customer_says", content="一")
    assert send(kf)["errcode"] == 0
    act("customer_says", content="二")
    seen, cursor, pages = [], "", 0
    while True:
        page = kf("sync_msg", cursor=cursor, limit=1)
        seen += [item["text"]["content"] for item in page["msg_list"]]
        cursor, pages = page["next_cursor"], pages + 1
        if not page["has_more"]:
            break
    assert (seen, pages) == (["一", "二"], 3)
    assert kf("sync_msg", cursor=cursor)["msg_list"] == []


def test_without_a_cursor_one_sees_three_days(act: Act, kf: Kf):
    old = act("customer_says", content="上周")
    KfItem.objects.filter(msgid=old["msgid"]).update(send_time=timezone.now() - timedelta(days=4))
    act("customer_says", content="今天")
    assert [item["text"]["content"] for item in kf("sync_msg")["msg_list"]] == ["今天"]


def test_without_a_token_only_a_few_calls_a_minute(act: Act, kf: Kf):
    codes = [kf("sync_msg")["errcode"] for _ in range(7)]
    assert codes == [0] * 6 + [45009]


def test_five_messages_for_each_of_the_customers_within_48_hours(act: Act, kf: Kf):
    assert send(kf)["errcode"] == 40096
    act("customer_enters")
    assert send(kf)["errcode"] == 95002
    act("customer_says", content="在吗")
    assert [send(kf)["errcode"] for _ in range(6)] == [0] * 5 + [95001]
    act("customer_says", content="喂")
    assert send(kf)["errcode"] == 0
    KfSession.objects.update(last_customer_at=timezone.now() - timedelta(hours=49))
    assert send(kf)["errcode"] == 95002


def test_the_same_msgid_is_delivered_once(act: Act, kf: Kf, tencent: Tencent):
    act("customer_says", content="在吗")
    assert [send(kf, msgid="chat7")["msgid"] for _ in range(2)] == ["chat7", "chat7"]
    assert len(tencent.outbox(channel="KF")) == 1
    assert send(kf, msgid="with space")["errcode"] == 40058


def test_states_move_as_the_platform_allows(act: Act, kf: Kf):
    act("customer_says", content="在吗")

    def trans(state: int, **more: Any) -> int:
        body = {"external_userid": ZHANGSAN, "service_state": state, **more}
        return int(kf("service_state/trans", **body)["errcode"])

    assert trans(1) == 0
    assert trans(1) == 95016
    assert trans(3, servicer_userid="nobody") == 95014
    assert trans(3, servicer_userid="lisi") == 0
    state = kf("service_state/get", external_userid=ZHANGSAN)
    assert (state["service_state"], state["servicer_userid"]) == (3, "lisi")
    assert send(kf)["errcode"] == 95018
    assert trans(4) == 0
    assert (trans(1), send(kf)["errcode"]) == (95013, 95013)
    act("customer_says", content="还有一个问题")
    assert kf("service_state/get", external_userid=ZHANGSAN)["service_state"] == 0


def test_a_welcome_code_is_good_once_and_for_twenty_seconds(act: Act, kf: Kf, tencent: Tencent):
    act("customer_enters", scene="menu")
    event = kf("sync_msg")["msg_list"][0]["event"]
    assert (event["event_type"], event["scene"]) == ("enter_session", "menu")
    greeting = {"msgtype": "text", "text": {"content": "欢迎"}, "msgid": "w1"}
    body = {"code": event["welcome_code"], **greeting}
    assert [kf("send_msg_on_event", **body)["errcode"] for _ in range(2)] == [0, 40078]
    assert tencent.outbox(channel="KF")[0]["payload"]["text"] == {"content": "欢迎"}
    act("customer_enters")
    KfCode.objects.update(expires_at=timezone.now())
    code = kf("sync_msg")["msg_list"][-1]["event"]["welcome_code"]
    assert kf("send_msg_on_event", **{**body, "code": code, "msgid": "w2"})["errcode"] == 40078


def test_what_servicers_do_is_told(act: Act, kf: Kf):
    act("customer_says", content="在吗")
    act("servicer_takes", servicer_userid="lisi")
    act("servicer_says", content="我来了")
    act("servicer_takes", servicer_userid="wangwu")
    act("servicer_ends")
    act("servicer_status", servicer_userid="lisi", status=2)
    lines = kf("sync_msg")["msg_list"][1:]
    events = [line.get("event", {}) for line in lines]
    assert [event.get("change_type") for event in events] == [1, None, 2, 3, None]
    assert (lines[1]["origin"], lines[1]["servicer_userid"]) == (5, "lisi")
    assert events[2]["old_servicer_userid"] == "lisi"
    servicers = {one["userid"]: one["status"] for one in kf_servicers(kf)}
    assert servicers == {"lisi": 1, "wangwu": 0, "zhaoliu": 0}


def kf_servicers(kf: Kf) -> list[dict[str, Any]]:
    tencent = Tencent()
    path = "kf/servicer/list"
    answer = tencent.get(path, open_kfid=KF, access_token=tencent.token)
    return list(answer["servicer_list"])


def test_customers_accounts_and_links(kf: Kf):
    names = [row["name"] for row in kf("account/list")["account_list"]]
    assert names == ["售后客服", "售前咨询"]
    answer = kf("customer/batchget", external_userid_list=[ZHANGSAN, "wmNobody"])
    assert answer["customer_list"][0]["nickname"] == "张三"
    assert answer["invalid_external_userid"] == ["wmNobody"]
    assert kf("add_contact_way", scene="web")["url"].startswith("http")
    assert kf("add_contact_way", open_kfid="wkNone")["errcode"] == 95000


def test_media_come_back_as_they_were_sent(act: Act, kf: Kf, tencent: Tencent):
    act("customer_says", msgtype="image")
    media_id = kf("sync_msg")["msg_list"][0]["image"]["media_id"]
    query = {"media_id": media_id, "access_token": tencent.token}
    answer = tencent.client.get("/sandbox/cgi-bin/media/get", query)
    assert answer.content.startswith(b"\x89PNG")
    assert 'filename="picture.png"' in answer["Content-Disposition"]
    gone = tencent.get("media/get", media_id="none", access_token=tencent.token)
    assert gone["errcode"] == 40007


def test_the_page_shows_both_sides_of_a_talk(act: Act, kf: Kf, tencent: Tencent):
    said = act("customer_says", content="在吗")
    send(kf)
    act("customer_recalls", msgid=said["msgid"])
    query = {"open_kfid": KF, "external_userid": ZHANGSAN}
    rows = tencent.client.get("/sandbox/api/kf/messages", query).json()["list"]
    assert [row["from"] for row in rows] == ["customer", "api", "system"]
    assert rows[0]["recalled"]
    session = tencent.client.get("/sandbox/api/kf").json()["sessions"][0]
    assert (session["name"], session["state"], session["sends_left"]) == ("张三", 0, 4)


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"act": "dance"}, "act"),
        ({"act": "customer_says", "external_userid": ZHANGSAN}, "content"),
        (
            {"act": "customer_says", "external_userid": "wmNobody", "content": "x"},
            "external_userid",
        ),
        ({"act": "customer_says", "open_kfid": "wkNone"}, "open_kfid"),
        ({"act": "servicer_takes", "external_userid": ZHANGSAN}, "external_userid"),
        ({"act": "customer_enters", "name": "甲", "times": 11}, "times"),
    ],
)
def test_a_bad_act_names_its_field(tencent: Tencent, body: dict[str, Any], attr: str):
    answer = tencent.client.post("/sandbox/api/kf", body, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
