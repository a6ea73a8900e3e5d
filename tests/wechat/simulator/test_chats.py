"""The chats of the page: what is said, who hears it, and what comes back."""

import threading

import pytest

from wechat.simulator import telling
from wechat.simulator.models import ChatMessage

CARD = {
    "card_type": "text_notice",
    "main_title": {"title": "工单 #7", "desc": "待分配"},
    "card_action": {"type": 1, "url": "https://example.com"},
}


def test_a_mention_in_the_group_reaches_the_company(group, company, settings):
    said = group.say("@助手 /帮助")
    told = group.told(said)
    assert (told["callback_state"], told["callback_note"]) == ("done", "已回调")
    (heard,) = company.heard
    assert heard["msgtype"] == "text"
    assert heard["text"] == {"content": "@助手 /帮助"}
    assert heard["from"] == {"userid": "lisi"}
    assert (heard["chattype"], heard["chatid"]) == ("group", "test_group_001")
    assert heard["msgid"]
    base = f"{settings.WECOM_API_BASE}/cgi-bin/aibot/response?response_code="
    assert heard["response_url"].startswith(base)


def test_nobody_hears_what_does_not_mention_the_robot(group, company):
    said = group.say("#123 已解决")
    assert said["callback_state"] == "unheard"
    assert said["callback_note"] == "没有 @助手，机器人收不到这条消息"
    group.told(group.say("@助手 好"))
    assert [heard["text"]["content"] for heard in company.heard] == ["@助手 好"]


def test_a_quoted_message_travels_along(group, company):
    ChatMessage.objects.create(
        chat_id="test_group_001",
        sender="robot",
        kind="markdown",
        content={"msgtype": "markdown", "markdown": {"content": "【新工单提醒】#ID7"}},
    )
    (card,) = group.messages()
    said = group.say("@助手 已解决", quote_id=card["id"])
    assert said["quote"]["sender_name"] == "群机器人"
    group.told(said)
    assert company.heard[0]["quote"] == {
        "msgtype": "text",
        "text": {"content": "【新工单提醒】#ID7"},
    }


def test_a_quoted_template_card_travels_as_its_words(group, company):
    ChatMessage.objects.create(
        chat_id="test_group_001",
        sender="robot",
        kind="template_card",
        content={"msgtype": "template_card", "template_card": CARD},
    )
    group.told(group.say("@助手 已解决", quote_id=group.messages()[0]["id"]))
    assert company.heard[0]["quote"]["text"]["content"] == "工单 #7\n待分配"


def test_a_message_to_the_app_reaches_the_company(single, company, settings):
    told = single.told(single.say("/查询工单 <客户> & ]]>张三"))
    assert told["callback_state"] == "done"
    (heard,) = company.heard
    assert heard["FromUserName"] == "lisi"
    assert heard["ToUserName"] == settings.WECOM_CORP_ID
    assert heard["MsgType"] == "text"
    assert heard["Content"] == "/查询工单 <客户> & ]]>张三"
    assert heard["AgentID"] == str(settings.WECOM_AGENT_ID)
    assert heard["MsgId"].isdigit()


# --- Tries ----------------------------------------------------------------------------------------


def test_a_company_that_stumbles_is_called_again_with_the_same_message(group, company):
    company.answers = [500, 403, b""]
    told = group.told(group.say("@助手 好"))
    assert (told["callback_state"], told["callback_note"]) == ("done", "第 3 次回调成功")
    assert len({heard["msgid"] for heard in company.heard}) == 1
    assert len(set(company.bodies)) == 3, "each try is encrypted anew"


def test_after_the_third_retry_the_platform_gives_up(group, company):
    company.answers = [403]
    told = group.told(group.say("@助手 好"))
    assert (told["callback_state"], told["callback_note"]) == (
        "failed",
        "回调失败：HTTP 403（共 4 次）",
    )
    assert len(company.heard) == 4


def test_a_company_that_is_away_is_said_so(group, settings):
    settings.SANDBOX_CALLBACK_BASE = "http://127.0.0.1:9"
    told = group.told(group.say("@助手 好"))
    assert told["callback_note"] == "回调失败：ConnectionError（共 4 次）"


# --- Passive replies ------------------------------------------------------------------------------


def answered(group, kind):
    return group.until(
        lambda: (
            next(row for row in group.messages() if row["sender"] in ("aibot", "app"))
            if kind is None
            else next(row for row in group.messages() if row["kind"] == kind)
        )
    )


def stream(content, *, finish):
    return {"msgtype": "stream", "stream": {"id": "S1", "finish": finish, "content": content}}


def test_a_finished_stream_is_shown_at_once(group, company):
    company.answers = [stream("**好的**", finish=True)]
    said = group.say("@助手 好")
    shown = answered(group, "stream")
    assert shown["content"]["stream"]["content"] == "**好的**"
    assert shown["quote"]["id"] == said["id"]
    assert len(company.heard) == 1


def test_a_growing_stream_is_asked_for_until_it_ends(group, company, monkeypatch):
    monkeypatch.setattr(telling, "REFRESH_SECONDS", 0.01)
    company.answers = [
        stream("处理中…", finish=False),
        500,
        500,
        500,
        500,
        b"",
        stream("快了", finish=False),
        stream("✅ 好了", finish=True),
    ]
    group.say("@助手 好")
    shown = group.until(
        lambda: next(
            row
            for row in group.messages()
            if row["kind"] == "stream" and row["content"]["stream"]["finish"]
        )
    )
    assert shown["content"]["stream"] == {"id": "S1", "finish": True, "content": "✅ 好了"}
    refreshes = company.heard[1:]
    assert {heard["msgtype"] for heard in refreshes} == {"stream"}
    assert {heard["stream"]["id"] for heard in refreshes} == {"S1"}
    assert len({heard["msgid"] for heard in company.heard}) == 5, "one for each refresh"
    (row,) = group.until(lambda: next(iter([outbox(group)] if outbox(group) else [])))
    assert (row["channel"], row["payload"]["stream"]["content"]) == ("AI", "✅ 好了")


def outbox(group):
    return group.client.get("/sandbox/api/outbox").json()["list"]


def test_a_stream_that_never_ends_is_given_up(group, company, monkeypatch):
    monkeypatch.setattr(telling, "REFRESH_SECONDS", 0.01)
    monkeypatch.setattr(telling, "STREAM_SECONDS", 0)
    company.answers = [stream("处理中…", finish=False)]
    said = group.say("@助手 好")
    told = group.until(
        lambda: next(
            row
            for row in group.messages()
            if row["id"] == said["id"] and row["callback_state"] == "failed"
        )
    )
    assert told["callback_note"] == "回调失败：流式应答超过 6 分钟未完成"
    assert answered(group, "stream")["content"]["stream"]["expired"]


def test_a_card_may_be_the_reply(group, company):
    company.answers = [{"msgtype": "template_card", "template_card": CARD}]
    group.say("@助手 好")
    assert answered(group, "template_card")["content"]["template_card"] == CARD


def test_the_app_may_reply_at_once(single, company):
    company.answers = [{"MsgType": "text", "Content": "收到 <b>"}]
    single.say("你好")
    assert answered(single, None)["content"]["text"]["content"] == "收到 <b>"


@pytest.mark.parametrize(
    ("spoilt", "note"),
    [
        ({"msgsignature": "0" * 40}, "应答签名不对"),
        ({"nonce": "other"}, "nonce 与回调不一致"),
        ({"encrypt": "AAAA"}, "应答签名不对"),
    ],
)
def test_a_reply_that_is_not_the_companys_own_is_not_shown(group, company, spoilt, note):
    company.answers = [stream("x", finish=True)]
    company.spoil = lambda packet: {**packet, **spoilt}
    told = group.told(group.say("@助手 好"))
    assert (told["callback_state"], told["callback_note"]) == ("failed", f"回调失败：{note}")
    assert len(group.messages()) == 1


@pytest.mark.parametrize(
    "answer",
    [b"success", b"[]", {"msgtype": "poem"}, {"msgtype": "stream", "stream": {"finish": True}}],
)
def test_a_reply_of_the_wrong_kind_is_said_so(group, company, answer):
    company.answers = [answer]
    said = group.say("@助手 好")
    told = group.until(
        lambda: next(
            row
            for row in group.messages()
            if row["id"] == said["id"] and row["callback_state"] == "failed"
        )
    )
    assert told["callback_note"].startswith("回调失败：")


def test_too_long_a_stream_is_refused(group, company):
    company.answers = [stream("字" * 6827, finish=True)]
    said = group.say("@助手 好")
    told = group.until(
        lambda: next(
            row
            for row in group.messages()
            if row["id"] == said["id"] and row["callback_state"] == "failed"
        )
    )
    assert told["callback_note"] == "应答被平台拒绝：content exceeds 20480 bytes"


@pytest.mark.parametrize("spoilt", [{"MsgSignature": "0"}, {"Encrypt": "AAAA"}])
def test_a_forged_reply_of_the_app_is_not_shown(single, company, spoilt):
    company.answers = [{"MsgType": "text", "Content": "x"}]
    company.spoil = lambda packet: {**packet, **spoilt}
    assert single.told(single.say("你好"))["callback_note"] == "回调失败：应答签名不对"
    assert len(single.messages()) == 1


# --- The page's API -------------------------------------------------------------------------------


def test_every_chat_is_listed_with_its_newest_message(group, company):
    group.say("第一")
    group.say("第二", "wangwu")
    listed = group.client.get("/sandbox/api/chats").json()
    chats = {chat["id"]: chat for chat in listed["list"]}
    assert list(chats) == ["test_group_001", "app:lisi", "app:wangwu", "app:zhaoliu", "app:admin"]
    assert chats["test_group_001"]["name"] == "售后内部群"
    assert chats["test_group_001"]["last"]["text"] == "第二"
    assert chats["test_group_001"]["last"]["sender_name"] == "王五"
    assert chats["app:lisi"]["last"] is None
    assert [member["name"] for member in listed["members"]] == ["李四", "王五", "赵六", "管理员"]


def test_older_messages_are_fetched_page_by_page(group):
    ChatMessage.objects.bulk_create(
        ChatMessage(
            chat_id="test_group_001",
            sender="lisi",
            kind="text",
            content={"msgtype": "text", "text": {"content": str(number)}},
        )
        for number in range(250)
    )
    newest = group.client.get(group.path).json()
    assert (len(newest["list"]), newest["has_earlier"]) == (200, True)
    older = group.client.get(group.path, {"before": newest["list"][0]["id"]}).json()
    assert [row["content"]["text"]["content"] for row in older["list"]] == [
        str(number) for number in range(50)
    ]
    assert not older["has_earlier"]


def test_what_changed_is_told_to_who_has_it(group, company):
    said = group.say("@助手 好")
    first = group.client.get(group.path).json()
    group.told(said)
    query = {"since": said["id"], "changed_after": first["cursor"]}
    later = group.client.get(group.path, query).json()
    assert later["list"] == []
    assert [row["callback_note"] for row in later["changed"]] == ["已回调"]


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"from": "nobody"}, "from"),
        ({"from": None}, "from"),
        ({"content": ""}, "content"),
        ({"content": "  \n"}, "content"),
        ({"content": "x" * 5001}, "content"),
        ({"content": 5}, "content"),
        ({"content": "\x00"}, "body"),
        ({"quote_id": 999_999}, "quote_id"),
        ({"quote_id": "1"}, "quote_id"),
    ],
)
def test_a_wrong_message_is_refused_by_name(group, wrong, attr):
    response = group.post(**{"from": "lisi", "content": "好", **wrong})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr
    assert group.messages() == []


@pytest.mark.parametrize("chat_id", ["nobody", "app:nobody", "lisi", "app:"])
def test_there_is_no_other_chat(group, chat_id):
    response = group.client.get(f"/sandbox/api/chats/{chat_id}/messages")
    assert response.status_code == 400


def test_nobody_speaks_in_anothers_chat_with_the_app(single):
    assert single.post(**{"from": "wangwu"}, content="x").status_code == 400


@pytest.mark.parametrize(
    "moment", ["x", "2026-01-01", "2026-01-01T00:00:00", "2026-99-01T00:00:00Z"]
)
def test_a_wrong_moment_is_refused(group, moment):
    response = group.client.get(group.path, {"since": 1, "changed_after": moment})
    assert response.status_code == 400


# --- Callbacks by hand ----------------------------------------------------------------------------


def by_hand(group, **body):
    return group.client.post("/sandbox/api/callbacks/raw", body, content_type="application/json")


def test_a_callback_by_hand_is_sent_as_often_as_asked(group, company):
    company.answers = [200, 500]
    response = by_hand(group, target="aibot", payload={"msgid": "M"}, times=2)
    assert response.json() == {
        "answers": [{"status": 200, "body": ""}, {"status": 500, "body": ""}]
    }
    assert company.heard == [{"msgid": "M"}] * 2
    assert len(set(company.bodies)) == 2


def test_a_callback_by_hand_to_the_app_is_xml(group, company):
    xml = "<xml><MsgType>event</MsgType></xml>"
    by_hand(group, target="work-message", payload=xml)
    assert company.heard == [{"MsgType": "event"}]


@pytest.mark.parametrize("target", ["aibot", "work-message"])
@pytest.mark.parametrize(
    ("corrupt", "status"),
    [("signature", 403), ("receiveid", 403), ("timestamp", 403), ("body", 400)],
)
@pytest.mark.django_db(transaction=True)
def test_our_own_door_refuses_every_corruption(platform, client, target, corrupt, status):
    payload = {"msgid": "M"} if target == "aibot" else "<xml><MsgId>1</MsgId></xml>"
    order = {"target": target, "payload": payload, "corrupt": corrupt}
    response = client.post("/sandbox/api/callbacks/raw", order, content_type="application/json")
    assert [answer["status"] for answer in response.json()["answers"]] == [status]


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"target": "elsewhere"}, "target"),
        ({"payload": 5}, "payload"),
        ({"times": 0}, "times"),
        ({"times": True}, "times"),
        ({"corrupt": "soul"}, "corrupt"),
    ],
)
def test_a_wrong_order_by_hand_is_refused(group, company, wrong, attr):
    response = by_hand(group, **{"target": "aibot", "payload": {}, **wrong})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr
    assert company.heard == []


def test_a_callback_that_nobody_takes_has_status_zero(group, settings):
    settings.SANDBOX_CALLBACK_BASE = "http://127.0.0.1:9"
    response = by_hand(group, target="aibot", payload={})
    assert response.json()["answers"] == [{"status": 0, "body": "ConnectionError"}]


@pytest.fixture(autouse=True)
def nobody_is_left_talking():
    """Background callbacks end with their test, before the database is emptied."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("sandbox-callback"):
            thread.join(15)
