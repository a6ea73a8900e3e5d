"""What followers do becomes the account's callbacks, in every mode and format, and replies are shown."""

import pytest

from wechat.simulator.models import Delivery, Follower

TEXT = {"MsgType": "text", "Content": "您好"}


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("mode", ["safe", "compatible", "plain"])
def test_words_arrive_and_the_reply_is_shown_in_every_mode_and_format(fan, account, mode, form):
    account.answers = [TEXT]
    done = fan.does("say", content="]]>你好 <b>&", mode=mode, format=form)
    heard, body = account.heard[0], account.bodies[0]
    assert (heard["MsgType"], heard["Content"]) == ("text", "]]>你好 <b>&")
    assert str(heard["MsgId"]) == str(done["event"]["MsgId"])
    assert body.startswith(b"{") == (form == "json")
    assert (b"Encrypt" in body) == (mode != "plain")
    assert (b"Content" in body) == (mode != "safe")
    assert done["answers"][0]["reply"]["Content"] == "您好"
    assert fan.sees() == [("me", "]]>你好 <b>&"), ("passive", "您好")]


def test_somebody_new_follows_by_a_code_and_leaves(fan, account):
    followed = fan.does("follow", scene="ticket_77", name="小明", unionid="u1")
    assert account.heard[0]["Event"] == "subscribe"
    assert account.heard[0]["EventKey"] == "qrscene_ticket_77"
    assert account.heard[0]["Ticket"]
    assert "MsgId" not in account.heard[0]
    assert fan.act("follow").status_code == 400, "follows already"
    fan.does("unfollow")
    assert account.heard[1]["Event"] == "unsubscribe"
    assert fan.act("say", content="在吗").json()["errors"][0]["attr"] == "openid"
    fan.does("scan", scene="again")
    assert account.heard[2]["EventKey"] == "qrscene_again"
    fan.does("scan", scene="again")
    assert (account.heard[3]["Event"], account.heard[3]["EventKey"]) == ("SCAN", "again")
    row = Follower.objects.get(openid=followed["openid"])
    assert (row.name, row.unionid, row.is_following) == ("小明", "u1", True)


def test_a_newcomer_gets_an_openid(fan, account):
    response = fan.client.post(
        "/sandbox/api/official", {"act": "follow"}, content_type="application/json"
    )
    assert response.json()["openid"] == account.heard[0]["FromUserName"]


@pytest.mark.parametrize(
    ("act", "fields", "heard"),
    [
        ("click", {"key": "progress"}, {"Event": "CLICK", "EventKey": "progress"}),
        ("view", {"url": "http://x/"}, {"Event": "VIEW", "EventKey": "http://x/"}),
        ("locate", {"latitude": 1.5}, {"Event": "LOCATION", "Latitude": "1.500000"}),
        ("send_voice", {"recognition": "坏了"}, {"MsgType": "voice", "Recognition": "坏了"}),
        ("send_video", {"short": True}, {"MsgType": "shortvideo"}),
        ("send_location", {"label": "杭州"}, {"MsgType": "location", "Label": "杭州"}),
        ("send_link", {"title": "t", "url": "http://x/"}, {"MsgType": "link", "Title": "t"}),
        ("other", {"fields": {"MsgType": "event", "Event": "new"}}, {"Event": "new"}),
    ],
)
def test_every_other_act_is_told(fan, account, act, fields, heard):
    fan.does(act, **fields)
    assert heard.items() <= account.heard[0].items()


def test_a_picture_of_ones_own_is_behind_its_address(fan, account, tmp_path):
    content = b"\x89PNG" + b"x" * 20
    path = tmp_path / "p.png"
    path.write_bytes(content)
    with path.open("rb") as file:
        answer = fan.client.post("/sandbox/api/official/pictures", {"picture": file})
    url = answer.json()["url"]
    fan.does("send_image", url=url)
    assert account.heard[0]["PicUrl"] == url
    assert fan.client.get(url[url.index("/sandbox") :]).content == content
    fan.does("send_image")
    other = account.heard[1]["PicUrl"]
    assert fan.client.get(other[other.index("/sandbox") :]).content.startswith(b"\x89PNG")
    path.write_text("no picture")
    with path.open("rb") as file:
        refused = fan.client.post("/sandbox/api/official/pictures", {"picture": file})
    assert refused.json()["errors"][0]["attr"] == "picture"


def test_what_gets_no_two_hundred_is_repeated_with_the_same_number(fan, account):
    account.answers = [500, 500, TEXT]
    done = fan.does("say", content="在吗")
    assert len({heard["MsgId"] for heard in account.heard}) == 1
    assert len({heard["CreateTime"] for heard in account.heard}) == 1
    assert len(account.heard) == 3
    assert done["answers"][0]["status"] == 200


@pytest.mark.parametrize("answer", [500, b"<html>", {**TEXT, "ToUserName": "somebody"}])
def test_the_phone_says_that_the_account_is_out_of_service(fan, account, answer):
    account.answers = [answer]
    fan.does("say", content="在吗")
    assert fan.sees()[-1] == ("platform", "该公众号提供的服务出现故障，请稍后再试")


def test_in_safe_mode_a_reply_in_plain_is_not_shown(fan, account):
    account.answers = [b"<xml><MsgType>text</MsgType><Content>x</Content></xml>"]
    assert "没有加密" in fan.does("say", content="在吗")["answers"][0]["refused"]


def test_a_callback_may_come_several_times_and_is_one_bubble(fan, account):
    account.answers = [TEXT]
    done = fan.does("say", content="在吗", times=3)
    assert len(account.heard) == 3
    assert len({heard["MsgId"] for heard in account.heard}) == 1
    assert [answer["status"] for answer in done["answers"]] == [200, 200, 200]
    assert fan.sees() == [("me", "在吗"), ("passive", "您好")]


def test_callbacks_are_doubled_and_lost_on_order(fan, account):
    def order(**fault):
        body = {"channel": "CALLBACK", **fault}
        answer = fan.client.post("/sandbox/api/faults", body, content_type="application/json")
        assert answer.status_code == 200, answer.content

    order(mode="double", count=1)
    fan.does("say", content="一")
    assert [heard["Content"] for heard in account.heard] == ["一", "一"]
    order(mode="lost", count=1)
    fan.does("say", content="二")
    assert [heard["Content"] for heard in account.heard] == ["一", "一", "二"]
    order(mode="lost")
    fan.does("say", content="三")
    assert len(account.heard) == 3
    order(mode="ok")
    refused = fan.client.post(
        "/sandbox/api/faults",
        {"channel": "CALLBACK", "mode": "http_500"},
        content_type="application/json",
    )
    assert refused.json()["errors"][0]["attr"] == "mode"


def test_what_is_not_told_remains_on_the_phone(fan, account):
    fan.does("say", content="在吗", callback=False)
    assert account.heard == []
    assert fan.sees() == [("me", "在吗")]


def test_an_old_message_says_when_it_was_written(fan, account):
    fan.does("say", content="旧的")
    fan.does("say", content="更旧的", age_seconds=3600)
    now, then = (int(heard["CreateTime"]) for heard in account.heard)
    assert 3599 <= now - then <= 3605


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"act": "dance"}, "act"),
        ({"act": "say", "content": " "}, "content"),
        ({"act": "say", "content": "x", "openid": "short"}, "openid"),
        ({"act": "say", "content": "x", "mode": "open"}, "mode"),
        ({"act": "say", "content": "x", "format": "yaml"}, "format"),
        ({"act": "say", "content": "x", "times": 11}, "times"),
        ({"act": "say", "content": "x", "wait": 1}, "wait"),
        ({"act": "click"}, "key"),
        ({"act": "locate", "latitude": 91}, "latitude"),
        ({"act": "other", "fields": []}, "fields"),
    ],
)
def test_a_bad_act_names_its_field(fan, account, fields, attr):
    answer = fan.act(**fields)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert account.heard == []


class TestWindows:
    """What the account may send after an act (§4.7)."""

    @pytest.fixture
    def send(self, fan, settings):
        def ask(path, body, **query):
            address = f"/sandbox/mp/cgi-bin/{path}"
            return fan.client.post(
                address, body, content_type="application/json", query_params=query
            ).json()

        token = ask(
            "stable_token",
            {
                "grant_type": "client_credential",
                "appid": settings.MP_APP_ID,
                "secret": settings.MP_APP_SECRET,
            },
        )["access_token"]

        def custom():
            body = {"touser": fan.openid, "msgtype": "text", "text": {"content": "答"}}
            return ask("message/custom/send", body, access_token=token)["errcode"]

        return custom

    def test_a_follow_opens_three_messages_for_a_minute(self, fan, send):
        assert send() == 45015
        fan.does("follow")
        assert [send() for _ in range(4)] == [0, 0, 0, 45047]
        fan.does("say", content="你好")
        assert [send() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
        fan.does("click", key="progress")
        assert [send() for _ in range(4)] == [0, 0, 0, 45047]
        assert fan.sees()[-1] == ("custom", "答")
        assert Delivery.objects.count() == 11

    def test_who_left_gets_nothing(self, fan, send):
        fan.does("say", content="你好")
        fan.does("unfollow")
        assert send() == 43004
