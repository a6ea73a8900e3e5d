"""A customer talks to a colleague from their phone; the colleague answers through the API."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_submit import fits
from tests.live import run
from tests.tickets.customer_side.conftest import png

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
TEAM = "/api/customer-service"


class Agent:
    """李四 at the desk, through the API."""

    def __init__(self, live_system):
        self.system, self.http = live_system, live_system.as_user("lisi")

    def post(self, path, **body):
        answer = self.http.post(self.system.url(f"{TEAM}/{path}"), json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def be(self, status):
        self.post("status", status=status, hold_minutes=60 if status == "online" else None)

    def chats(self, **asked):
        return self.http.get(self.system.url(f"{TEAM}/chats"), params=asked).json()["list"]

    def chat(self):
        """The one in hand."""
        return self.system.until(lambda: next(iter(self.chats(status="active", mine="true")), None))

    def said(self, chat):
        answer = self.http.get(self.system.url(f"{TEAM}/chats/{chat['id']}/messages"))
        return answer.json()["list"]

    def say(self, chat, content, **more):
        return self.post(f"chats/{chat['id']}/messages", content=content, **more)

    def end_all(self):
        for status in ("active", "queued"):
            for chat in self.chats(status=status):
                self.http.post(self.system.url(f"{TEAM}/chats/{chat['id']}/end"), json={})


@pytest.fixture
def lisi(live_system):
    agent = Agent(live_system)
    agent.be("online")
    yield agent
    agent.end_all()


@pytest.fixture
def unbroken(page):
    """No console error but for answers that refuse something, and for lines that were cut, on purpose."""
    said = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type == "error" else None
    )
    yield
    foreseen = re.compile("status of 4|ERR_INTERNET_DISCONNECTED|WebSocket")
    assert [text for text in said if not foreseen.search(text)] == []


def start(page, name="王小明"):
    page.goto("/chat/")
    fits(page)
    page.get_by_label("怎么称呼您").fill(name)
    page.get_by_role("button", name="直接咨询").click()
    expect(page.get_by_label("输入消息")).to_be_visible()


def write(page, text):
    page.get_by_label("输入消息").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def test_a_guest_and_a_colleague_talk_and_both_know_what_was_read(
    live_system, page, lisi, photograph, unbroken
):
    page.goto("/chat/")
    photograph("chat-1-start")
    start(page)
    expect(page.get_by_role("heading", name="李四")).to_be_visible()
    write(page, "您好，云服务器从今天早上九点开始连不上")
    mine = page.locator(".b-mine").last
    expect(mine).to_have_attribute("data-status", "sent")
    chat = lisi.chat()
    lisi.post(f"chats/{chat['id']}/read", up_to=chat["last_number"] + 5)
    expect(mine).to_contain_text("已读")
    reply = lisi.say(chat, "您好，我是李四。请问是全部地域都无法连接吗？可以发一张报错截图吗？")
    expect(page.get_by_text("请问是全部地域")).to_be_visible()
    live_system.until(
        lambda: any(one["id"] == reply["id"] and one["status"] == "read" for one in lisi.said(chat))
    )
    page.locator("#t-file").set_input_files(
        {"name": "报错.png", "mimeType": "image/png", "buffer": png(120)}
    )
    picture = page.locator(".b-mine .b-picture img").last
    expect(picture).to_be_visible()
    live_system.until(lambda: picture.evaluate("image => image.naturalWidth > 0"))
    lisi.say(
        chat,
        "请选择问题类型",
        type="quick_replies",
        data={"options": ["无法登录", "网络不通", "费用问题"]},
    )
    page.get_by_role("button", name="网络不通").click()
    expect(page.locator(".b-mine").last).to_contain_text("网络不通")
    lisi.say(
        chat, "", type="card",
        data={"title": "网络排查手册", "description": "三步检查安全组与路由", "url": "https://example.com/help"},
    )  # fmt: skip
    expect(page.get_by_role("link", name=re.compile("网络排查手册"))).to_be_visible()
    lisi.say(chat, "<b>不是标记</b> 见 https://example.com/a")
    expect(page.get_by_text("<b>不是标记</b>")).to_be_visible()
    fits(page)
    photograph("chat-2-talk")

    count = page.locator(".b-row").count()
    page.reload()
    expect(page.get_by_role("heading", name="李四")).to_be_visible()
    expect(page.locator(".b-row")).to_have_count(count)

    lisi.post(f"chats/{chat['id']}/end")
    expect(page.get_by_role("button", name="重新咨询")).to_be_visible()
    page.get_by_text("5 星").locator("..").click()
    page.get_by_label("评价内容").fill("回复很快")
    photograph("chat-3-rating")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("已评价：非常满意")).to_be_visible()
    page.get_by_role("button", name="重新咨询").click()
    expect(page.get_by_label("输入消息")).to_be_visible()
    expect(page.locator(".b-row")).to_have_count(count)


def test_what_is_written_without_a_network_is_sent_when_it_is_back(
    live_system, page, lisi, photograph, unbroken
):
    start(page, "赵断网")
    expect(page.get_by_role("heading", name="李四")).to_be_visible()
    page.context.set_offline(True)
    write(page, "断网时写的话")
    expect(page.get_by_text("网络已断开")).to_be_visible()
    expect(page.locator(".b-unsent")).to_contain_text("断网时写的话")
    photograph("chat-4-offline")
    page.context.set_offline(False)
    expect(page.locator(".b-unsent")).to_have_count(0)
    expect(page.locator(".b-mine")).to_have_count(1)
    assert [one["content"] for one in lisi.said(lisi.chat()) if one["sender"] == "customer"] == [
        "断网时写的话"
    ]


def test_a_message_can_be_taken_back(live_system, page, lisi, unbroken):
    start(page, "钱撤回")
    expect(page.get_by_role("heading", name="李四")).to_be_visible()
    write(page, "写错了")
    bubble = page.locator(".b-mine").filter(has_text="写错了")
    expect(bubble).to_have_attribute("data-status", re.compile("sent|delivered"))
    bubble.locator(".b-text").click(button="right")
    page.get_by_role("menuitem", name="撤回").click()
    expect(page.get_by_text("您撤回了一条消息")).to_be_visible()


def test_somebody_who_waits_sees_their_place_and_then_their_colleague(
    live_system, page, lisi, photograph, unbroken
):
    lisi.post("status", status="busy", hold_minutes=60)
    start(page, "孙排队")
    expect(page.locator("#t-queue")).to_contain_text(re.compile("下一位|前面还有"))
    fits(page)
    photograph("chat-5-queue")
    lisi.be("online")
    expect(page.get_by_role("heading", name="李四")).to_be_visible(timeout=15000)
    expect(page.locator("#t-queue")).to_be_hidden()


def test_with_nobody_on_the_words_are_taken_all_the_same(
    live_system, page, lisi, photograph, unbroken
):
    lisi.be("offline")
    start(page, "周留言")
    expect(page.locator("#t-queue")).to_contain_text("留言")
    write(page, "请回电，服务器打不开")
    expect(page.get_by_text(re.compile("登记为工单 #"))).to_be_visible()
    photograph("chat-6-nobody")
    link = page.get_by_role("link", name=re.compile("工单 ?#")).first
    page.goto(link.get_attribute("href"))
    expect(page.locator(".c-number")).to_be_visible()


def test_too_many_messages_are_told_kindly_and_sent_later(
    live_system, page, lisi, photograph, unbroken
):
    start(page, "吴太快")
    expect(page.get_by_role("heading", name="李四")).to_be_visible()
    for number in range(32):
        write(page, f"第 {number + 1} 句")
    expect(page.get_by_text("您发得太快了")).to_be_visible(timeout=20000)
    photograph("chat-7-limit")


def test_who_says_nothing_is_warned_and_then_the_chat_ends(live_system, page, lisi, unbroken):
    def idle(warn, end):
        run(live_system, "manage.py", "shell", "-v0", "-c", IDLE.format(warn, end))

    start(page, "郑不语")
    expect(page.get_by_role("heading", name="李四")).to_be_visible()
    write(page, "在吗")
    expect(page.locator(".b-mine")).to_have_attribute("data-status", "sent")
    idle(3, 8)
    try:
        lisi.say(lisi.chat(), "在的，请讲")
        expect(page.locator(".b-line").filter(has_text="结束").first).to_be_visible(timeout=20_000)
        expect(page.get_by_text("长时间没有新消息，会话已结束")).to_be_visible(timeout=20_000)
    finally:
        idle(60, 120)


IDLE = """
from config.runtime import store
store.change(key="chat.idle_warn_seconds", value={}, actor=None)
store.change(key="chat.idle_end_seconds", value={}, actor=None)
"""
