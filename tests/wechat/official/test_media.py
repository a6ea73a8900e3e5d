"""Pictures, voices and films of followers, from the phone to the console, over real HTTP."""

import base64
from datetime import timedelta

import pytest
from django.http import JsonResponse
from django.utils import timezone

from config.runtime import store
from tests.wechat.official.conftest import OPENID
from tickets.models import AssistantTurn, Chat, ChatFile, ChatMessage, Sender, Ticket, Visibility
from wechat.client.video_urls import is_video_url
from wechat.models import MediaStatus, OfficialMedia
from wechat.official.media import wanted
from wechat.simulator.official import media

pytestmark = pytest.mark.django_db(transaction=True)

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def does(platform, client, run_outbox):
    """Somebody acts on the phone; the account hears of it, and workers do what there is to do."""

    def act(act, **fields):
        body = {"act": act, "openid": OPENID, **fields}
        answer = client.post("/sandbox/api/official", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        assert all(one["status"] == 200 for one in answer.json()["answers"])
        while run_outbox():
            pass

    return act


@pytest.fixture
def in_chat(does, agent):
    does("follow")
    does("say", content="人工")
    return Chat.objects.get()


@pytest.fixture
def misbehave(client):
    def order(**fields):
        body = {"channel": "WECHAT", **fields}
        answer = client.post("/sandbox/api/faults", body, content_type="application/json")
        assert answer.status_code == 200, answer.json()

    return order


@pytest.fixture
def an_hour_later(run_outbox):
    def look():
        OfficialMedia.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        wanted.look_for_due()
        while run_outbox():
            pass

    return look


def last(chat):
    return chat.messages.filter(sender=Sender.CUSTOMER).select_related("file").last()


def notes(chat):
    rows = chat.messages.filter(visibility=Visibility.INTERNAL)
    return "\n".join(rows.values_list("content", flat=True))


def state():
    row = OfficialMedia.objects.get()
    return row.status, row.attempts


def test_a_picture_is_seen_in_the_console(does, in_chat, api, agent):
    does("send_image")
    path = f"/api/customer-service/chats/{in_chat.pk}/messages"
    shown = api(agent).get(path).json()["list"]
    message = next(row for row in shown if row["type"] == "image")
    assert (message["sender"], message["content"]) == ("customer", "")
    got = api(agent).get(f"/api/customer-service/chats/{in_chat.pk}/files/{last(in_chat).file_id}")
    assert got["Content-Type"] == "image/png"
    assert b"".join(got.streaming_content).startswith(PNG)


@pytest.mark.parametrize(
    ("act", "content_type"), [("send_voice", "audio/amr"), ("send_video", "video/mp4")]
)
def test_a_voice_and_a_film_are_files(does, in_chat, act, content_type):
    does(act)
    assert (last(in_chat).type, last(in_chat).file.content_type) == ("file", content_type)


def test_a_voice_that_was_understood_keeps_its_words(does, in_chat):
    does("send_voice", recognition="打印机坏了")
    assert (last(in_chat).content, last(in_chat).file.content_type) == ("打印机坏了", "audio/amr")


def test_the_assistant_understands_a_voice(does, agent):
    does("follow")
    does("send_voice", recognition="转人工")
    assert AssistantTurn.objects.get().action == "handoff"
    assert last(Chat.objects.get()).content == "转人工"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"media_id": "gone"}, "素材无效或已过期"),
        ({"filename": "a.exe", "base64": "TVqQAAMAAAAEAAAA"}, "不支持这种文件"),
        ({"base64": base64.b64encode(PNG + b"0" * 4096).decode()}, "文件超过"),
    ],
)
def test_what_cannot_be_had_stays_words_and_the_agent_reads_why(does, in_chat, fields, why):
    small = {"customer_max_bytes": 1024, "team_max_bytes": 1024, "per_chat": 5}
    store.change(key="chat.files", value=small, actor=None)
    store.forget_snapshot()
    does("send_image", **fields)
    assert last(in_chat).file is None
    assert last(in_chat).content.startswith("[图片]")
    assert why in notes(in_chat)
    assert state() == (MediaStatus.REFUSED, 1)


def test_a_film_from_elsewhere_is_not_fetched(does, in_chat, monkeypatch):
    elsewhere = {"video_url": "http://169.254.169.254/latest/meta-data"}
    monkeypatch.setattr(media, "JsonResponse", lambda _: JsonResponse(elsewhere))
    does("send_video")
    assert (last(in_chat).file, last(in_chat).content) == (None, "[视频]")
    assert "下载地址不在允许名单内" in notes(in_chat)


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://vweb.tc.qq.com/film.mp4", True),
        ("http://vweb.tc.qq.com/film.mp4", True),
        ("https://vweb.tc.qq.com:8080/film.mp4", False),
        ("https://evilqq.com/film.mp4", False),
        ("https://vweb.tc.qq.com@127.0.0.1/film.mp4", False),
        ("https://vweb.tc.qq.com.evil.cn/film.mp4", False),
        ("file:///etc/passwd", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_films_come_from_the_platforms_hosts_alone(url, is_taken):
    assert is_video_url(url) is is_taken


def test_delivered_twice_it_is_one_picture(does, in_chat):
    does("send_image", times=2)
    assert (OfficialMedia.objects.count(), ChatFile.objects.count()) == (1, 1)
    wanted.look_for_due()
    assert state() == (MediaStatus.KEPT, 1)


def test_a_busy_platform_is_asked_again(does, in_chat, misbehave, an_hour_later):
    misbehave(mode="errcode", errcode=-1, count=1)
    does("send_image")
    assert (last(in_chat).file, state()) == (None, (MediaStatus.WAITING, 1))
    an_hour_later()
    assert last(in_chat).file is not None
    assert notes(in_chat).count("无法取得") == 0


def test_a_platform_that_stays_busy_is_given_up(does, in_chat, misbehave, an_hour_later):
    misbehave(mode="http_500")
    does("send_image")
    for _ in range(5):
        an_hour_later()
    assert state() == (MediaStatus.REFUSED, 4)
    assert notes(in_chat).count("无法取得") == 1


def test_what_a_dead_worker_left_is_fetched(does, in_chat, an_hour_later):
    does("send_image")
    ChatMessage.objects.filter(file__isnull=False).update(file=None)
    OfficialMedia.objects.update(status=MediaStatus.WAITING, attempts=3)
    an_hour_later()
    assert (last(in_chat).file is None, state()) == (False, (MediaStatus.KEPT, 4))


def test_what_killed_each_worker_is_given_up(does, in_chat, an_hour_later):
    does("send_image")
    ChatMessage.objects.filter(file__isnull=False).update(file=None)
    OfficialMedia.objects.update(status=MediaStatus.WAITING, attempts=4)
    an_hour_later()
    assert (state(), last(in_chat).file) == ((MediaStatus.REFUSED, 4), None)
    assert "多次尝试仍未取到" in notes(in_chat)


def test_a_picture_shown_to_the_assistant_comes_along_to_the_chat(does, agent):
    does("follow")
    does("send_image")
    assert state() == (MediaStatus.ASIDE, 0)
    does("say", content="转人工")
    chat = Chat.objects.get()
    message = chat.messages.get(file__isnull=False)
    assert (message.type, message.visibility) == ("image", Visibility.INTERNAL)
    assert message.data == {"history": "公众号 · 助手接待"}
    assert state() == (MediaStatus.KEPT, 1)


def test_a_picture_shown_to_the_assistant_comes_along_to_the_ticket(does, an_hour_later):
    does("follow")
    does("say", content="打印机坏了，一直卡纸，没法打印")
    does("send_image")
    for words in ("HP 打印机", "跳过", "跳过", "跳过"):
        if not Ticket.objects.exists():
            does("say", content=words)
    ticket = Ticket.objects.get()
    an_hour_later()
    assert ticket.attachments.get().content_type == "image/png"
    assert state() == (MediaStatus.KEPT, 1)


def test_erasing_a_customer_forgets_what_was_not_fetched(
    does, in_chat, api, admin, misbehave, an_hour_later
):
    misbehave(mode="http_500", count=1)
    does("send_image")
    assert state() == (MediaStatus.WAITING, 1)
    body = {"confirm": True, "reason": "本人要求"}
    path = f"/api/v1/customers/{in_chat.customer_id}/erase"
    assert api(admin).post(path, body, format="json").status_code in (200, 204)
    an_hour_later()
    assert (OfficialMedia.objects.exists(), ChatFile.objects.exists()) == (False, False)


def test_the_sweep_asks_no_question_per_row(does, django_assert_max_num_queries):
    does("follow")
    for _ in range(3):
        does("send_image")
    with django_assert_max_num_queries(6):
        wanted.look_for_due()
