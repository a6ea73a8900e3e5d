"""A ticket's page: words, changes, files, and two people at one ticket."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import colleague, fits, photograph

__all__ = ["colleague"]
pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
CUSTOMER = {"customer_name": "张三", "phone": "13800138000"}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c63f8cfc0f01f0005000201a5f645400000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def boss(live_system):
    return live_system.as_user("admin")


@pytest.fixture
def ticket(live_system, boss, request):
    title = f"收银台连不上网 {uuid.uuid4().hex[:6]}"
    body = {"title": title, "description": title, **CUSTOMER, **getattr(request, "param", {})}
    return boss.post(live_system.url("/api/tickets"), json=body).json()


@pytest.fixture
def call(live_system, boss, ticket):
    def done(method, rest="", **body):
        answer = boss.request(
            method, live_system.url(f"/api/tickets/{ticket['id']}{rest}"), json=body
        )
        assert answer.status_code < 300, answer.text
        return answer.json()

    return done


def address(ticket):
    return f"/console/tickets/{ticket['id']}"


def is_live(page):
    expect(page.locator("#connection")).to_have_text("实时")


def trail(page):
    return page.get_by_role("list", name="工单记录")


def panel(page, title):
    return page.locator("details.panel").filter(has=page.get_by_role("heading", name=title))


def edit(page, label):
    page.get_by_role("button", name=f"修改{label}").click()
    return page.get_by_label(label, exact=True)


def test_notes_and_replies_look_different_and_the_others_see_them_at_once(colleague, ticket):
    mine, other = colleague("admin", address(ticket)), colleague("admin", address(ticket))
    for page in (mine, other):
        is_live(page)
    mine.get_by_label("内部备注").check()
    mine.get_by_label("内容", exact=True).fill("<b>先查</b>路由器")
    mine.get_by_role("button", name="记下备注").click()
    note = trail(other).locator("li").filter(has_text="<b>先查</b>路由器")
    expect(note).to_have_class(re.compile("event-internal"))
    expect(note.get_by_text("内部备注")).to_be_visible()

    mine.get_by_label("回复客户").check()
    mine.get_by_label("内容", exact=True).fill("马上为您处理")
    mine.keyboard.press("Control+Enter")
    reply = trail(other).locator("li").filter(has_text="马上为您处理")
    expect(reply).to_have_class(re.compile("event-public"))
    expect(mine.get_by_label("内容", exact=True)).to_have_value("")
    photograph(mine, "ticket-desktop")


def test_what_was_typed_is_still_there_after_a_reload(live_system, colleague, ticket):
    page = colleague("admin", address(ticket))
    is_live(page)
    page.get_by_label("内容", exact=True).fill("写到一半")
    kept = "Object.keys(localStorage).some((key) => key.startsWith('draft:'))"
    live_system.until(lambda: page.evaluate(kept))
    page.reload()
    expect(page.get_by_label("内容", exact=True)).to_have_value("写到一半")
    expect(page.get_by_role("button", name="回复客户")).to_be_enabled()


def test_facts_are_edited_where_they_stand(colleague, ticket):
    page, other = colleague("admin", address(ticket)), colleague("admin", address(ticket))
    is_live(other)
    edit(page, "标题").fill("收银台断网")
    page.get_by_role("button", name="保存").click()
    for one in (page, other):
        expect(one.get_by_role("heading", name="收银台断网", level=1)).to_be_visible()
    edit(page, "优先级").select_option(label="紧急")
    page.get_by_role("button", name="保存").click()
    expect(other.get_by_text("优先级 紧急")).to_be_visible()
    edit(page, "负责人").select_option(label="李四")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已分配", exact=True).first).to_be_visible()


def test_of_two_who_edit_the_later_is_shown_what_changed_and_keeps_their_words(
    colleague, ticket, call
):
    page = colleague(
        "admin",
        address(ticket),
        before=lambda p: p.route_web_socket("**/ws/tickets*", lambda socket: None),
    )
    field = edit(page, "标题")
    field.fill("我想的标题")
    call("PATCH", title="别人的标题")
    page.get_by_role("button", name="保存").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("别人刚修改了这张工单")).to_be_visible()
    expect(dialog.locator("ins").get_by_text("别人的标题")).to_be_visible()
    expect(dialog.get_by_text("您填写的标题：我想的标题")).to_be_visible()
    photograph(page, "ticket-conflict-desktop")
    dialog.get_by_role("button", name="先不保存").click()
    expect(field).to_have_value("我想的标题")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="我想的标题", level=1)).to_be_visible()


def test_news_take_nobodys_words_away(colleague, ticket, call):
    page = colleague("admin", address(ticket))
    is_live(page)
    field = edit(page, "产品/项目")
    field.fill("收银系")
    call("PATCH", title="换了标题")
    expect(page.get_by_role("heading", name="换了标题", level=1)).to_be_visible()
    expect(field).to_have_value("收银系")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(page.get_by_role("button", name="修改产品/项目")).to_be_visible()


def test_two_who_look_know_of_each_other(colleague, ticket, call):
    call("POST", "/assign", assignee="lisi")
    mine, hers = colleague("admin", address(ticket)), colleague("lisi", address(ticket))
    expect(mine.get_by_text("李四 也在看这张工单")).to_be_visible()
    expect(hers.get_by_text(re.compile("也在看这张工单"))).to_be_visible()
    photograph(hers, "ticket-viewers-desktop")
    hers.goto("/console/tickets/")
    expect(mine.get_by_text("李四 也在看这张工单")).to_be_hidden()


def test_a_ticket_goes_through_its_states_and_comes_back(colleague, ticket):
    page = colleague("admin", address(ticket))
    page.get_by_role("button", name="我来处理").click()
    page.get_by_role("button", name="开始处理").click()
    expect(page.locator("#marks").get_by_text("处理中")).to_be_visible()
    page.get_by_role("button", name="等待客户").click()
    page.get_by_label("在等什么").fill("等客户重启")
    page.get_by_role("button", name="暂停计时").click()
    expect(page.get_by_text("计时暂停")).to_be_visible()
    page.get_by_role("button", name="继续计时").click()
    expect(page.get_by_text("计时暂停")).to_be_hidden()
    page.locator("#acts").get_by_role("button", name="已解决").click()
    page.get_by_label("处理结果").fill("换了网线")
    page.get_by_role("dialog").get_by_role("button", name="已解决").click()
    expect(page.locator("#marks").get_by_text("已解决")).to_be_visible()
    expect(trail(page).get_by_text("换了网线")).to_be_visible()
    page.get_by_role("button", name="重开", exact=True).click()
    expect(page.locator("#marks").get_by_text("处理中")).to_be_visible()


def test_a_file_goes_with_the_note_it_belongs_to(colleague, ticket):
    page = colleague("admin", address(ticket))
    page.get_by_label("内部备注").check()
    page.locator("#reply-attach input").set_input_files(
        {"name": "截图.png", "mimeType": "image/png", "buffer": PICTURE}
    )
    expect(page.get_by_text(re.compile("截图.png"))).to_be_visible()
    page.get_by_role("button", name="记下备注").click()
    expect(trail(page).get_by_role("link", name=re.compile("截图.png"))).to_be_visible()
    expect(page.locator("#reply-files li")).to_have_count(0)


def test_a_canned_reply_is_found_by_a_slash_and_speaks_of_this_ticket(
    colleague, ticket, boss, live_system
):
    word = f"w{uuid.uuid4().hex[:6]}"
    body = {
        "shortcut": word,
        "title": "收到",
        "body": "{{customer_name}}您好，#{{ticket_id}} 已收到",
    }
    assert boss.post(live_system.url("/api/canned-replies"), json=body).status_code == 201
    page = colleague("admin", address(ticket))
    is_live(page)
    field = page.get_by_label("内容", exact=True)
    field.press_sequentially(f"/{word}")
    expect(page.get_by_role("option", name=re.compile(word))).to_be_visible()
    photograph(page, "ticket-canned-desktop")
    field.press("Enter")
    expect(field).to_have_value(f"张三您好，#{ticket['id']} 已收到")


def test_steps_links_and_followers_hang_on_the_ticket(colleague, ticket, boss, live_system):
    other = boss.post(
        live_system.url("/api/tickets"),
        json={"description": "同一台", "customer_name": "张三", "phone": "13800138000"},
    ).json()
    page = colleague("admin", address(ticket))
    steps = panel(page, "检查清单")
    steps.get_by_label("添加步骤").fill("重启路由器")
    steps.get_by_role("button", name="添加").click()
    steps.get_by_label("重启路由器", exact=True).check()
    expect(steps.get_by_text("完成 1 / 1")).to_be_visible()

    links = panel(page, "关联工单")
    links.get_by_role("button", name="关联工单…").click()
    page.get_by_label("另一张工单").fill(str(other["id"]))
    page.get_by_role("dialog").get_by_role("button", name="关联").click()
    expect(links.get_by_role("link", name=re.compile(f"#{other['id']}"))).to_be_visible()

    followers = panel(page, "关注人")
    followers.get_by_role("button", name="关注", exact=True).click()
    expect(followers.get_by_role("button", name="取消关注")).to_be_visible()
    expect(
        panel(page, "客户").get_by_role("link", name=re.compile(f"#{other['id']}"))
    ).to_be_visible()
    photograph(page, "ticket-panels-desktop")


def test_a_ticket_is_merged_into_another_of_the_customer(colleague, ticket, boss, live_system):
    other = boss.post(
        live_system.url("/api/tickets"),
        json={"description": "主工单", "customer_name": "张三", "phone": "13800138000"},
    ).json()
    page = colleague("admin", address(ticket))
    panel(page, "关联工单").get_by_role("button", name="合并到…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=f"#{other['id']} 主工单").click()
    expect(dialog.get_by_text(re.compile("主工单 · 张三"))).to_be_visible()
    photograph(page, "ticket-merge-desktop")
    dialog.get_by_role("button", name="合并", exact=True).click()
    expect(page.get_by_role("link", name=f"已合并到 #{other['id']}")).to_be_visible()


def test_the_customers_link_is_copied_and_taken_back(colleague, ticket):
    page = colleague("admin", address(ticket))
    link = panel(page, "安全链接")
    link.get_by_role("heading", name="安全链接").click()
    link.get_by_role("button", name="复制链接").click()
    expect(link.locator(".link-shown")).to_contain_text("/t/")
    url = link.locator(".link-shown").inner_text()
    assert page.request.get("/t/" + url.rpartition("/t/")[2]).status == 200
    link.get_by_role("button", name="全部作废").click()
    page.get_by_role("button", name="作废", exact=True).click()
    expect(page.get_by_text("所有链接已作废")).to_be_visible()
    assert page.request.get("/t/" + url.rpartition("/t/")[2]).status in (404, 410)


def test_the_search_finds_the_ticket_and_goes_there_by_keyboard(colleague, ticket):
    page = colleague("admin")
    page.get_by_role("combobox", name="搜索").fill(ticket["title"])
    expect(page.get_by_role("option", name=re.compile(ticket["title"]))).to_be_visible()
    photograph(page, "search-desktop")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address(ticket)}")


@pytest.mark.parametrize(
    "ticket", [{"customer_name": "只此一张", "phone": "13500135088"}], indirect=True
)
def test_a_ticket_that_is_taken_away_can_be_worked_on_no_more(colleague, ticket, call):
    call("PATCH", title="要改派的")
    call("POST", "/assign", assignee="wangwu")
    page = colleague("wangwu", address(ticket))
    is_live(page)
    others = call("GET")
    assert others["assigned_to"] == "wangwu"
    call("POST", "/assign", assignee="lisi")
    expect(page.get_by_text("已不在您的可见范围")).to_be_visible()


def test_a_phone_has_words_and_facts_behind_tabs(colleague, ticket, call):
    call("POST", "/reply", content="一句话" * 60, visibility="public")
    page = colleague("admin", address(ticket), size="phone")
    expect(trail(page).get_by_text("一句话").first).to_be_visible()
    fits(page)
    photograph(page, "ticket-phone")
    page.get_by_role("tab", name="资料").click()
    expect(page.get_by_role("button", name="修改标题")).to_be_visible()
    expect(trail(page)).to_be_hidden()
    fits(page)
    photograph(page, "ticket-facts-phone")
