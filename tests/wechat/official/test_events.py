"""Every message and event of the Official Account (wechat-protocol.md §2.8), as XML and as JSON."""

import time
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from config.runtime import store
from customers.models import Customer, CustomerEvent, CustomerIdentifier
from messaging.models import Message
from messaging.models.receipt import ProviderReference
from tests.factories import CustomerFactory, TagFactory, UserFactory
from tests.wechat.official.conftest import FORMS, OPENID, fields, tell, worked
from tickets.assistant import reception
from tickets.assistant.heard import Heard
from tickets.models import Intent
from wechat.models import Callback, CallbackStatus, OfficialFollower, OfficialQrCode

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("form", FORMS)]


@pytest.fixture
def heard(monkeypatch):
    """What reached the assistant."""
    calls = []

    def hear(**said):
        calls.append(said)
        return Heard(reply="好的", note="助手")

    monkeypatch.setattr(reception, "hear", hear)
    monkeypatch.setattr(reception, "hear_choice", hear)
    return calls


# --- Messages -------------------------------------------------------------------------------------


MESSAGES = [
    ({"MsgType": "text", "Content": "你好"}, "你好"),
    ({"MsgType": "image", "PicUrl": "http://mmbiz.qpic.cn/1", "MediaId": "m"},
     "[图片] http://mmbiz.qpic.cn/1"),
    ({"MsgType": "voice", "MediaId": "m", "Format": "amr"}, "[语音]"),
    ({"MsgType": "voice", "MediaId": "m", "Format": "amr", "Recognition": "打印机坏了"},
     "打印机坏了"),
    ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}, "[视频]"),
    ({"MsgType": "shortvideo", "MediaId": "m", "ThumbMediaId": "t"}, "[小视频]"),
    ({"MsgType": "location", "Location_X": "31.2304", "Location_Y": "121.4737", "Scale": 16,
      "Label": "人民广场"}, "[位置] 人民广场 （31.2304，121.4737）"),
    ({"MsgType": "link", "Title": "手册", "Description": "第一章", "Url": "https://x.cn/1"},
     "[链接] 手册 第一章 https://x.cn/1"),
    ({"MsgType": "hologram", "Shape": "cube"}, "[消息]"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "words"), MESSAGES, ids=[words for _, words in MESSAGES])
def test_whatever_somebody_sends_is_heard_in_words(heard, callback, follower, form, said, words):
    moment = int(time.time()) - 5
    answer = tell(fields("text", MsgId="230001", CreateTime=moment, **said), form=form)
    assert answer.words == "好的"
    (call,) = heard
    assert (call["entry"], call["address"]) == ("official_account", OPENID)
    assert (call["content"], call["external_id"]) == (words, "230001")
    assert call["at"] == datetime.fromtimestamp(moment, UTC)
    assert callback().status == CallbackStatus.DONE
    assert follower().is_subscribed
    assert follower().last_seen_at == call["at"]


# --- Following ------------------------------------------------------------------------------------


def test_a_follow_makes_a_customer_a_follower_and_a_greeting(follower, form):
    answer = tell(fields("subscribe", EventKey=""), form=form)
    assert "欢迎关注" in answer.words
    row = follower()
    assert (row.is_subscribed, row.scene, row.qr_code) == (True, "", None)
    assert (row.customer.channel, row.customer.name) == ("official_account", "公众号客户 000001")
    address = CustomerIdentifier.objects.get(customer=row.customer)
    assert (address.channel, address.address) == ("WECHAT", OPENID)
    assert CustomerEvent.objects.filter(content="关注公众号").exists()
    jobs = OutboxEntry.objects.filter(name="wechat.tasks.official.read_follower")
    assert [job.payload for job in jobs] == [[OPENID]]
    assert not Message.objects.exists()


def test_a_follow_by_a_code_brings_its_tags_owner_and_greeting(follower, lisi, form):
    tag = TagFactory(name="展会")
    code = OfficialQrCode.objects.create(
        name="展会二维码", scene="ticket_77", owner=lisi, greeting="展会的朋友您好"
    )
    code.tags.add(tag)
    answer = tell(fields("subscribe", EventKey="qrscene_ticket_77", Ticket="TK"), form=form)
    assert answer.words == "展会的朋友您好"
    row = follower()
    assert (row.scene, row.qr_code) == ("ticket_77", code)
    assert row.customer.follow_user == lisi
    assert [one.name for one in row.customer.tags.all()] == ["展会"]
    code.refresh_from_db()
    assert (code.scan_count, code.follow_count) == (1, 1)
    assert CustomerEvent.objects.filter(content="关注公众号，来自「展会二维码」").exists()


def test_a_scene_that_is_no_code_of_ours_is_kept(follower, form):
    tell(fields("subscribe", EventKey="qrscene_elsewhere"), form=form)
    assert (follower().scene, follower().qr_code) == ("elsewhere", None)


def test_a_code_that_is_switched_off_gives_nothing(follower, lisi, form):
    OfficialQrCode.objects.create(name="旧", scene="old", owner=lisi, is_active=False)
    tell(fields("subscribe", EventKey="qrscene_old"), form=form)
    assert follower().customer.follow_user is None


def test_somebody_whose_openid_we_know_stays_that_customer(follower, form):
    known = CustomerFactory(name="老客户", follow_user=UserFactory())
    CustomerIdentifier.objects.create(customer=known, channel="WECHAT", address=OPENID)
    code = OfficialQrCode.objects.create(name="码", scene="s", owner=UserFactory())
    tell(fields("subscribe", EventKey=f"qrscene_{code.scene}"), form=form)
    assert follower().customer == known
    known.refresh_from_db()
    assert known.follow_user != code.owner, "whoever looks after them already goes on"


def test_whoever_comes_back_keeps_where_they_first_came_from(follower, form):
    moment = int(time.time()) - 100
    worked(fields("subscribe", EventKey="qrscene_first", CreateTime=moment), form=form)
    worked(fields("unsubscribe", EventKey="", CreateTime=moment + 10), form=form)
    worked(fields("subscribe", EventKey="qrscene_second", CreateTime=moment + 20), form=form)
    row = follower()
    assert (row.is_subscribed, row.scene) == (True, "first")
    assert Customer.objects.count() == 1
    said = CustomerEvent.objects.filter(content__contains="公众号").order_by("id")
    assert [event.content for event in said] == [
        "关注公众号，来自场景 first",
        "取消关注公众号",
        "再次关注公众号，来自场景 second",
    ]


def test_an_unfollow_forgets_where_they_were_and_keeps_who_they_are(follower, form):
    worked(fields("subscribe", EventKey="", CreateTime=int(time.time()) - 10), form=form)
    worked(fields("LOCATION", Latitude="23.1", Longitude="113.3", Precision="119"), form=form)
    answer = worked(fields("unsubscribe", EventKey=""), form=form)
    assert answer.raw == "success"
    row = follower()
    assert (row.is_subscribed, row.latitude, row.located_at) == (False, None, None)
    assert row.unsubscribed_at is not None
    assert Customer.objects.filter(pk=row.customer_id).exists()


def test_news_that_came_late_does_not_undo_what_came_after(follower, form):
    moment = int(time.time()) - 100
    worked(fields("unsubscribe", EventKey="", CreateTime=moment + 20), form=form)
    assert not OfficialFollower.objects.exists(), "nobody we know"
    worked(fields("subscribe", EventKey="", CreateTime=moment + 30), form=form)
    worked(fields("unsubscribe", EventKey="", CreateTime=moment + 10), form=form)
    assert follower().is_subscribed
    worked(fields("unsubscribe", EventKey="", CreateTime=moment + 40), form=form)
    answer = worked(fields("subscribe", EventKey="", CreateTime=moment + 35), form=form)
    assert not follower().is_subscribed
    assert answer.raw == "success"


def test_a_greeting_may_be_switched_off(form):
    store.change(key="wechat.official_greeting", value="", actor=None)
    store.forget_snapshot()
    assert tell(fields("subscribe", EventKey=""), form=form).raw == "success"


def test_a_blocked_customer_is_not_greeted(known, form):
    Customer.objects.update(blocked_at=timezone.now())
    answer = tell(fields("subscribe", EventKey="", CreateTime=int(time.time()) + 1), form=form)
    assert answer.raw == "success"


# --- Scans, the menu, places ----------------------------------------------------------------------


def test_a_scan_of_a_follower_brings_tags_and_greeting_but_no_first_scene(known, follower, form):
    code = OfficialQrCode.objects.create(name="门店", scene="shop", greeting="门店欢迎您")
    code.tags.add(TagFactory(name="门店"))
    answer = tell(fields("SCAN", EventKey="shop", Ticket="TK"), form=form)
    assert answer.words == "门店欢迎您"
    assert follower().scene == ""
    assert [tag.name for tag in known.tags.all()] == ["门店"]
    code.refresh_from_db()
    assert (code.scan_count, code.follow_count) == (1, 0)


@pytest.mark.parametrize(
    ("key", "intent"),
    [
        ("progress", Intent.PROGRESS),
        ("human", Intent.HUMAN),
        ("bind", Intent.BIND),
        ("submit", Intent.FAULT),
    ],
)
def test_a_tap_of_the_menu_says_plainly_what_is_wanted(heard, known, form, key, intent):
    answer = tell(fields("CLICK", EventKey=key), form=form)
    assert answer.words == "好的"
    (call,) = heard
    assert (call["intent"], call["address"]) == (intent, OPENID)
    assert key in call["external_id"]


def test_a_menu_of_former_days_harms_nobody(heard, known, callback, form):
    assert tell(fields("CLICK", EventKey="V1001"), form=form).raw == "success"
    assert callback().reply == "没有这个菜单：V1001"
    assert heard == []


def test_an_opened_link_is_noted(known, follower, callback, run_outbox, form):
    OutboxEntry.objects.all().delete()
    url = "https://x.cn/page?a=1"
    assert tell(fields("VIEW", EventKey=url, MenuId="M1"), form=form).raw == "success"
    run_outbox()
    assert (callback().status, callback().reply) == (CallbackStatus.DONE, f"打开链接：{url}")
    assert follower().last_seen_at is not None


def test_a_place_is_kept_the_latest_one(known, follower, run_outbox, form):
    OutboxEntry.objects.all().delete()
    moment = int(time.time())
    for later, latitude in ((10, "23.137466"), (5, "40.0")):
        told = {"Latitude": latitude, "Longitude": "113.352425", "Precision": "119.385040"}
        tell(fields("LOCATION", CreateTime=moment - 20 + later, **told), form=form)
    run_outbox()
    assert (follower().latitude, follower().longitude) == (23.137466, 113.352425)


@pytest.mark.parametrize("latitude", ["", "north", "91", "nan", "1e400"])
def test_a_place_that_is_none_is_ignored(known, follower, callback, run_outbox, form, latitude):
    OutboxEntry.objects.all().delete()
    tell(fields("LOCATION", Latitude=latitude, Longitude="1", Precision="1"), form=form)
    run_outbox()
    assert (callback().status, follower().latitude) == (CallbackStatus.IGNORED, None)


# --- Receipts, and what is not known --------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        ("success", "delivered", ""),
        ("failed:user block", "failed", "user_block"),
        ("failed: system failed", "failed", "system_failed"),
        ("failed:freq limit", "failed", "freq_limit"),
        ("something new", "sent", ""),
    ],
)
def test_what_became_of_a_template_message_moves_it_once(run_outbox, form, status, state, code):
    message = Message.objects.create(
        message_id="MSG1", channel="WECHAT", recipient=OPENID, status="sent",
        due_at="2026-01-01T00:00Z",
    )  # fmt: skip
    ProviderReference.objects.create(
        channel="WECHAT", provider_message_id="200163836", message=message
    )
    event = fields("TEMPLATESENDJOBFINISH", MsgID=200163836, Status=status)
    for _ in range(2):
        assert tell(event, form=form).raw == "success"
    run_outbox()
    message.refresh_from_db()
    assert (message.status, message.error_code) == (state, code)
    assert Callback.objects.count() == 1
    assert not OfficialFollower.objects.exists(), "a receipt is no visit"


UNKNOWN = [
    {"Event": "debug_demo", "debug_str": "hello world"},
    {"Event": "MASSSENDJOBFINISH", "MsgID": 1, "Status": "send success"},
    {"Event": "scancode_waitmsg", "EventKey": "k", "ScanCodeInfo": {"ScanType": "qrcode"}},
    {"Event": "view_miniprogram", "EventKey": "pages/index"},
    {"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": [{"a": 1}]}},
    {"Event": "card_pass_check"},
    {"Event": "TEMPLATESENDJOBFINISH", "MsgID": "no number", "Status": "success"},
]


@pytest.mark.parametrize("event", UNKNOWN, ids=[one["Event"] for one in UNKNOWN])
def test_an_event_that_we_do_not_know_is_kept_and_ignored(callback, run_outbox, form, event):
    said = fields("x", **event)
    assert tell(said, form=form).raw == "success"
    run_outbox()
    row = callback()
    assert (row.status, row.event, row.reply) == (CallbackStatus.IGNORED, event["Event"], "")
    assert row.payload["Event"] == event["Event"]
    assert not Customer.objects.exists()
