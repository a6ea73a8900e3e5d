"""The staff's chat page: a colleague at the console, customers at the other end."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.chat_people import guests
from tests.browser.consoles import colleague, fits, photograph
from tests.live import run

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    pytest.mark.timeout(300),
]


@pytest.fixture
def lisi(colleague, live_system):
    """李四, at the console and taking chats; whatever is left is ended, so that each test begins free."""
    page = at_console(colleague)
    yield page
    boss = live_system.as_user("admin")
    chats = boss.get(
        live_system.url("/api/customer-service/chats?status=active&status=queued&size=100")
    )
    for chat in chats.json()["list"]:
        end = live_system.url(f"/api/customer-service/chats/{chat['id']}/end")
        assert boss.post(end, json={}).status_code == 200


def at_console(colleague, username="lisi", size="desktop", status="online"):
    page = colleague(username, "/console/", size=size)
    expect(page.locator("#connection")).to_have_text("实时")
    page.locator("#presence select").select_option(status)
    expect(page.locator("#presence")).to_have_attribute("data-status", status)
    return page


def row(page, person):
    return page.locator("#list .row").filter(has_text=person.name)


def words(page):
    return page.get_by_label("内容", exact=True)


def said(page, text):
    return page.get_by_role("log").locator(".said").filter(has_text=text)


@pytest.fixture(scope="module")
def strangers(live_system):
    """Made together: a process for each would take longer than all tests."""
    made = guests(live_system, *[{"name": f"客户{uuid.uuid4().hex[:5]}"} for _ in range(14)])
    return iter(made)


@pytest.fixture
def zhang(lisi, strangers):
    """A customer whose chat is open before 李四."""
    person = next(strangers)
    assert person.come()["status"] == "assigned"
    person.say("你好，收银台连不上网")
    row(lisi, person).click()
    expect(said(lisi, "收银台连不上网")).to_be_visible()
    return person


def test_words_go_both_ways_and_are_read_on_both_sides(lisi, zhang, live_system):
    words(lisi).fill("<b>您好</b>，请看 https://example.com/help 。")
    words(lisi).press("Enter")
    mine = said(lisi, "<b>您好</b>")
    expect(mine).to_contain_text("已发送")
    expect(mine.get_by_role("link")).to_have_attribute("href", "https://example.com/help")
    expect(words(lisi)).to_have_value("")
    zhang.read()
    expect(mine).to_contain_text("已读")
    live_system.until(lambda: zhang.sees()[-2]["status"] == "read")
    lisi.reload()
    expect(said(lisi, "<b>您好</b>")).to_contain_text("已读")
    expect(said(lisi, "收银台连不上网")).to_have_count(1)


def test_what_was_written_without_a_network_goes_out_once_it_is_back(lisi, zhang, live_system):
    lisi.context.set_offline(True)
    expect(lisi.locator("#offline")).to_be_visible()
    words(lisi).fill("断网时写的")
    words(lisi).press("Enter")
    expect(said(lisi, "断网时写的")).to_contain_text(re.compile("待网络恢复|发送中"))
    zhang.say("在吗")
    lisi.context.set_offline(False)
    expect(said(lisi, "断网时写的")).to_contain_text("已发送", timeout=15_000)
    expect(said(lisi, "在吗")).to_be_visible()
    expect(said(lisi, "断网时写的")).to_have_count(1)
    assert sum(one["content"] == "断网时写的" for one in zhang.sees()) == 1


def test_a_note_is_seen_by_the_team_and_not_by_the_customer(lisi, zhang):
    lisi.keyboard.press("Alt+n")
    words(lisi).fill("老客户，注意语气")
    words(lisi).press("Enter")
    note = said(lisi, "老客户，注意语气")
    expect(note).to_contain_text("仅内部")
    expect(note).to_have_class(re.compile("said-note"))
    assert "老客户，注意语气" not in [one["content"] for one in zhang.sees()]


def test_a_slash_opens_the_canned_replies(lisi, zhang, live_system):
    shortcut = f"hy{uuid.uuid4().hex[:5]}"
    live_system.as_user("admin").post(
        live_system.url("/api/canned-replies"),
        json={
            "shortcut": shortcut,
            "title": "问好",
            "body": "您好 {{customer_name}}，我是{{agent_name}}",
            "is_team": True,
        },
    )
    words(lisi).press_sequentially(f"/{shortcut}")
    expect(lisi.get_by_role("option").filter(has_text="问好")).to_be_visible()
    words(lisi).press("Enter")
    expect(words(lisi)).to_have_value(f"您好 {zhang.name}，我是李四")
    words(lisi).press("Enter")
    expect(said(lisi, f"您好 {zhang.name}，我是李四")).to_be_visible()


def test_drafts_stay_with_their_chats(lisi, zhang, strangers):
    words(lisi).fill("写到一半")
    other = next(strangers)
    other.come()
    other.say("我也有问题")
    row(lisi, other).click()
    expect(words(lisi)).to_have_value("")
    expect(row(lisi, zhang)).to_contain_text("[草稿]")
    lisi.keyboard.press("Alt+ArrowDown")
    expect(words(lisi)).to_have_value("写到一半")
    lisi.reload()
    expect(words(lisi)).to_have_value("写到一半")


def test_a_picture_is_sent_and_opens_at_full_size(lisi, zhang):
    picture = lisi.screenshot(clip={"x": 0, "y": 0, "width": 300, "height": 200})
    lisi.get_by_label("发送图片或文件").set_input_files(
        [{"name": "路由器.png", "mimeType": "image/png", "buffer": picture}]
    )
    shown = lisi.get_by_role("button", name="查看图片 路由器.png")
    expect(shown).to_be_visible()
    shown.click()
    expect(lisi.get_by_role("dialog", name="路由器.png")).to_be_visible()
    lisi.keyboard.press("Escape")
    expect(lisi.get_by_role("dialog")).to_have_count(0)
    assert zhang.sees()[-1]["type"] == "image"


def test_unread_words_are_counted_until_they_are_seen(lisi, zhang, strangers):
    other = next(strangers)
    other.come()
    other.say("一", "二")
    expect(row(lisi, other).locator(".count")).to_have_text("2")
    expect(lisi).to_have_title(re.compile(r"^\(2\)"))
    row(lisi, other).click()
    expect(row(lisi, other).locator(".count")).to_have_count(0)
    expect(lisi).to_have_title(re.compile("^会话"))


def test_of_two_who_answer_the_later_is_shown_what_was_said(lisi, zhang, live_system, colleague):
    lisi.context.set_offline(True)
    words(lisi).fill("我来处理")
    words(lisi).press("Enter")
    boss = live_system.as_user("admin")
    path = live_system.url(f"/api/customer-service/chats/{zhang.chat_id}")
    assert boss.post(f"{path}/take-over", json={}).status_code == 200
    assert boss.post(f"{path}/messages", json={"content": "已经派人上门"}).status_code == 201
    assert boss.post(f"{path}/transfer", json={"agent": "lisi"}).status_code == 200
    lisi.context.set_offline(False)
    stale = lisi.locator("#stale")
    expect(stale).to_contain_text("已经派人上门", timeout=15_000)
    expect(stale).to_contain_text("我来处理")
    stale.get_by_role("button", name="仍然发送").click()
    expect(said(lisi, "我来处理")).to_contain_text("已发送")
    assert [one["content"] for one in zhang.sees() if one["sender"] == "agent"] == [
        "已经派人上门",
        "我来处理",
    ]


def test_a_chat_becomes_a_ticket_and_is_ended_with_a_summary(lisi, zhang):
    lisi.get_by_role("button", name="转工单").click()
    expect(lisi.get_by_label("标题")).to_have_value("你好，收银台连不上网")
    lisi.get_by_role("button", name="建工单").click()
    expect(lisi.get_by_role("link", name=re.compile("^工单 #"))).to_be_visible()
    lisi.keyboard.press("Alt+e")
    lisi.get_by_label("服务小结").fill("路由器重启后恢复")
    lisi.get_by_role("button", name="结束会话").click()
    expect(lisi.locator("#why-not")).to_contain_text("会话已结束")
    expect(said(lisi, "路由器重启后恢复")).to_contain_text("仅内部")
    lisi.get_by_role("button", name="重新打开").click()
    expect(lisi.get_by_role("button", name="结束", exact=True)).to_be_visible()


def test_a_chat_is_handed_on_with_a_note(lisi, zhang, colleague):
    boss = at_console(colleague, "admin")
    lisi.keyboard.press("Alt+t")
    dialog = lisi.get_by_role("dialog")
    dialog.locator("label").filter(has_text=re.compile("管理员|admin")).first.click()
    dialog.get_by_label("附言（仅内部，可不填）").fill("客户要换路由器")
    dialog.get_by_role("button", name="转接").click()
    expect(lisi.locator("#why-not")).to_contain_text("只能写内部备注")
    expect(row(boss, zhang)).to_be_visible()
    row(boss, zhang).click()
    expect(said(boss, "客户要换路由器")).to_be_visible()
    boss.locator("#presence select").select_option("offline")
    expect(boss.locator("#presence")).to_have_attribute("data-status", "offline")


def test_a_supervisor_watches_whispers_and_takes_over(lisi, zhang, colleague):
    boss = at_console(colleague, "admin", status="busy")
    boss.get_by_role("tab", name="团队").click()
    row(boss, zhang).click()
    expect(boss.locator("#why-not")).to_contain_text("由 李四 接待")
    boss.get_by_role("button", name="悄悄话").click()
    boss.get_by_label("只有同事看得到，客户看不到").fill("可以免上门费")
    boss.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(said(lisi, "可以免上门费")).to_contain_text("悄悄话")
    boss.get_by_role("button", name="接管").click()
    boss.get_by_role("dialog").get_by_role("button", name="接管").click()
    expect(boss.get_by_role("button", name="结束", exact=True)).to_be_visible()
    expect(lisi.locator("#why-not")).to_contain_text("只能写内部备注")
    expect(boss.locator("#viewers")).to_contain_text("李四 也在看")
    reply(boss, "我是主管，上门费免了")
    seen = [one["content"] for one in zhang.sees()]
    assert "我是主管，上门费免了" in seen
    assert "可以免上门费" not in seen


def test_who_waits_is_shown_with_a_masked_name(lisi, live_system):
    lisi.locator("#presence select").select_option("busy")
    expect(lisi.locator("#presence")).to_have_attribute("data-status", "busy")
    [person] = guests(live_system, {"name": "欧阳晓晓"})
    assert person.come()["status"] == "queued"
    lisi.get_by_role("tab", name="排队").click()
    expect(lisi.locator(".queued")).to_contain_text("欧***")
    lisi.locator("#presence select").select_option("online")
    expect(lisi.locator(".queued")).to_have_count(0)
    lisi.get_by_role("tab", name="我的会话").click()
    expect(row(lisi, person)).to_be_visible()


def test_the_keyboard_is_enough(lisi, zhang):
    lisi.keyboard.press("Escape")
    expect(row(lisi, zhang)).to_be_focused()
    lisi.keyboard.press("?")
    expect(lisi.get_by_role("dialog", name="快捷键")).to_be_visible()
    lisi.keyboard.press("Escape")
    lisi.keyboard.press("r")
    expect(words(lisi)).to_be_focused()
    lisi.keyboard.type("第一行")
    lisi.keyboard.press("Shift+Enter")
    lisi.keyboard.type("第二行")
    lisi.keyboard.press("Enter")
    expect(said(lisi, "第二行")).to_contain_text("已发送")


def test_a_busy_morning_looks_like_a_product(lisi, live_system):
    """What the front page shows: photographed, and nothing sticks out at any width."""
    people = guests(live_system, *MORNING)
    wang, chen, liu, zhao, sun, qian = people
    boss = live_system.as_user("admin")
    canned(boss, live_system)
    solved_before(boss, live_system)
    for person in (wang, chen, liu, zhao):
        person.come()
    zhao.say("好的，谢谢，问题解决了")
    liu.say("发票抬头可以改吗？", "公司刚更名")
    wang.say("您好，在吗？", "门店的收银台今天早上连不上网，扫码付款一直转圈")
    row(lisi, wang).click()
    reply(lisi, "王总您好，我是李四。请问路由器上的 WAN 灯是亮着还是闪烁？")
    wang.read()
    wang.say("闪红灯", "拍给您看")
    wang.send("路由器.png", picture_of_a_router(lisi), "image/png")
    expect(lisi.get_by_role("button", name="查看图片 路由器.png")).to_be_visible()
    lisi.keyboard.press("Alt+n")
    words(lisi).fill("红灯＝外网不通。上月换过光猫，先远程重启；不行就派上海的工程师。")
    words(lisi).press("Enter")
    expect(said(lisi, "上月换过光猫")).to_be_visible()
    reply(
        lisi,
        "看到了，是外网没有通。我先远程重启一下，大约 1 分钟。操作步骤也在这里： https://help.example.com/wan",
    )
    wang.read()
    wang.say("好，我等着")
    choose(lisi)
    wang.read()
    chen.say("扫码枪又不灵了，今天有人能来看看吗？")
    sun.come()
    qian.come()
    expect(row(lisi, chen).locator(".count")).to_be_visible()
    an_hour_later(live_system, wang)
    lisi.reload()
    lisi.locator(".side-part", has_text="负责人").wait_for()
    expect(said(lisi, "现在能付款了吗")).to_be_visible()
    lisi.wait_for_timeout(1200)
    for name, width, height in WIDTHS:
        lisi.set_viewport_size({"width": width, "height": height})
        lisi.wait_for_timeout(350)
        fits(lisi)
        photograph(lisi, f"chat-console-{name}")
    lisi.keyboard.press("Escape")
    lisi.wait_for_timeout(300)
    fits(lisi)
    photograph(lisi, "chat-console-phone-list")
    lisi.set_viewport_size({"width": 1440, "height": 900})
    words(lisi).fill("/")
    words(lisi).press("End")
    lisi.keyboard.type("k")
    lisi.wait_for_timeout(600)
    photograph(lisi, "chat-console-canned")


WIDTHS = [
    ("1440", 1440, 900),
    ("1280", 1280, 800),
    ("tablet", 1024, 768),
    ("tablet-upright", 820, 1180),
    ("phone", 390, 844),
]
MORNING = [
    {
        "name": "王建国",
        "phone": "+8613816420937",
        "company": "上海鲜果多商贸有限公司",
        "province": "上海",
        "city": "浦东",
        "remark": "6 家门店，签了两年维保",
        "owner": "lisi",
        "tags": ["VIP", "连锁零售", "维保客户"],
        "tickets": [["浦东店小票打印机卡纸", "processing"], ["会员积分对不上", "pending"]],
        "projects": ["二期门店扩容"],
    },
    {"name": "陈晓燕", "company": "宁波海产批发", "owner": "lisi"},
    {"name": "刘洋", "company": "杭州云栖茶业"},
    {"name": "赵文静", "company": "苏州锦绣丝绸"},
    {"name": "孙伟", "company": "南京汽配城"},
    {"name": "钱多多", "company": "无锡甜品屋"},
]


def reply(page, text):
    words(page).fill(text)
    words(page).press("Enter")
    expect(said(page, text[:12])).to_contain_text("已发送")


def choose(page):
    page.get_by_role("button", name="快捷选项").click()
    page.get_by_label("问题（可不填）").fill("已经重启，现在能付款了吗？")
    page.get_by_label("选项，一行一个").fill("可以了\n还是不行\n请派人来")
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(said(page, "现在能付款了吗")).to_contain_text("已发送")


def canned(boss, live_system):
    for shortcut, title, body in (
        ("kd", "宽带报修", "您的宽带由运营商维护，我们已代您报修，预计 2 小时内恢复。"),
        ("kp", "开票", "{{customer_name}}，发票会在 3 个工作日内发到您的邮箱。"),
        ("ks", "考勤时间", "我们的服务时间是每天 8:00–22:00。"),
    ):
        boss.post(
            live_system.url("/api/canned-replies"),
            json={"shortcut": shortcut, "title": title, "body": body, "is_team": True},
        )


def an_hour_later(live_system, person):
    """What was said in a second was said over the last minutes, and others have been waiting."""
    run(live_system, "manage.py", "shell", "-v0", "-c", LATER.format(person.chat_id))


LATER = """
from datetime import timedelta
from django.utils import timezone
from tickets.models import Chat, ChatMessage
now = timezone.now()
said = ChatMessage.objects.filter(chat={0}).order_by("-number")
for place, one in enumerate(list(said)):
    at = now - timedelta(seconds=20 + 75 * place)
    ChatMessage.objects.filter(pk=one.pk).update(created_at=at)
waiting = Chat.objects.filter(waiting_since__isnull=False).exclude(pk={0}).order_by("pk")
for seconds, chat in zip((312, 96, 41), waiting):
    at = now - timedelta(seconds=seconds)
    Chat.objects.filter(pk=chat.pk).update(
        waiting_since=at,
        last_message_at=at,
        reply_due_at=now + timedelta(seconds=120 - seconds),
        check_at=now + timedelta(minutes=9),
    )
"""


def solved_before(boss, live_system):
    """The like of it was solved a month ago."""
    ticket = boss.post(
        live_system.url("/api/tickets"),
        json={
            "customer_name": "王建国",
            "phone": MORNING[0]["phone"].removeprefix("+86"),
            "title": "门店的收银台连不上网，扫码付款转圈",
            "description": "门店的收银台连不上网，扫码付款一直转圈，路由器闪红灯",
        },
    ).json()
    path = live_system.url(f"/api/tickets/{ticket['id']}")
    boss.post(f"{path}/assign", json={"assignee": "lisi"})
    for status, note in (
        ("processing", ""),
        ("resolved", "光猫掉线：断电 30 秒后重启，收银台会自己连上。"),
    ):
        answer = boss.post(f"{path}/transition", json={"status": status, "reason": note})
        assert answer.status_code == 200, answer.text


def picture_of_a_router(page):
    """Drawn by the browser: a grey box with a red light."""
    paper = page.context.browser.new_page()
    paper.set_content(ROUTER)
    picture = paper.locator("svg").screenshot()
    paper.close()
    return picture


ROUTER = """<svg width="420" height="260" xmlns="http://www.w3.org/2000/svg">
<rect width="420" height="260" fill="#c9b799"/><rect y="196" width="420" height="64" fill="#8b6b45"/>
<path d="M110 110 L92 26 M310 110 L328 26" stroke="#2b2f36" stroke-width="10"/>
<rect x="60" y="104" width="300" height="92" rx="16" fill="#3a4049"/>
<rect x="60" y="104" width="300" height="26" rx="13" fill="#4b535e"/>
<g fill="#3ddc84"><circle cx="100" cy="164" r="7"/><circle cx="134" cy="164" r="7"/></g>
<circle cx="168" cy="164" r="7" fill="#3ddc84"/>
<circle cx="220" cy="164" r="22" fill="#ff3b30" opacity="0.28"/>
<circle cx="220" cy="164" r="10" fill="#ff3b30"/>
<text x="252" y="170" fill="#cfd6df" font-size="18" font-family="sans-serif">WAN</text></svg>"""
