"""Colleagues work on the board: what one moves, the others see."""

import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import colleague, fits, photograph

__all__ = ["colleague"]
pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


@pytest.fixture(scope="module")
def boss(live_system):
    return live_system.as_user("admin")


@pytest.fixture
def new_ticket(live_system, boss):
    def make(title="", **more):
        title = title or f"打印机不工作 {uuid.uuid4().hex[:6]}"
        body = {
            "title": title,
            "description": title,
            "customer_name": "张三",
            "phone": "13800138000",
        }
        made = boss.post(live_system.url("/api/tickets"), json={**body, **more})
        assert made.status_code == 201, made.text
        return made.json()

    return make


@pytest.fixture
def act(live_system, boss):
    def done(ticket, name, **body):
        answer = boss.post(live_system.url(f"/api/tickets/{ticket['id']}/{name}"), json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    return done


def column(page, status):
    return page.locator(f'[data-status="{status}"]')


def card(page, ticket, status=None):
    place = column(page, status) if status else page
    return place.locator(f'[data-id="{ticket["id"]}"]')


def is_live(page):
    expect(page.locator("#connection")).to_have_text("实时")


def blind(page):
    """A page that nobody tells anything, so that it acts on what is no longer so."""
    page.route_web_socket("**/ws/tickets*", lambda socket: None)


def test_another_screen_shows_a_dragged_ticket_within_a_second(colleague, new_ticket, boss):
    ticket = new_ticket()
    mine, other = colleague("admin"), colleague("admin")
    for page in (mine, other):
        is_live(page)
        expect(card(page, ticket, "pending")).to_be_visible()
    other.evaluate(
        """([id, status]) => {
            const wanted = `[data-status="${status}"] [data-id="${id}"]`;
            const seen = () => { if (document.querySelector(wanted)) window.seenAt ??= Date.now(); };
            new MutationObserver(seen).observe(document.body, { childList: true, subtree: true });
        }""",
        [ticket["id"], "processing"],
    )
    mine.evaluate("addEventListener('drop', () => { window.droppedAt = Date.now(); }, true)")
    card(mine, ticket).drag_to(column(mine, "processing"))
    expect(card(mine, ticket, "processing")).to_be_visible()
    expect(card(other, ticket, "processing")).to_be_visible()
    waited = other.evaluate("window.seenAt") - mine.evaluate("window.droppedAt")
    assert waited < 1000, f"{waited} ms"
    photograph(mine, "board-desktop")


def test_where_a_ticket_may_not_go_is_shown_before_it_is_dropped(colleague, new_ticket):
    ticket = new_ticket()
    page = colleague("admin")
    card(page, ticket).hover()
    page.mouse.down()
    column(page, "closed").hover()
    column(page, "closed").hover()
    expect(column(page, "closed").get_by_text("不能移到这里")).to_be_visible()
    expect(column(page, "assigned").get_by_text("放下后选择负责人")).to_be_visible()
    expect(column(page, "resolved").get_by_text("移到这里", exact=True)).to_be_visible()
    photograph(page, "board-dragging-desktop")
    page.mouse.up()
    expect(card(page, ticket, "pending")).to_be_visible()
    expect(page.get_by_text("不能移到这里").first).to_be_hidden()


def test_what_nobody_has_is_given_to_somebody_when_it_is_dropped(colleague, new_ticket):
    ticket = new_ticket()
    page = colleague("admin")
    card(page, ticket).drag_to(column(page, "assigned"))
    dialog = page.get_by_role("dialog")
    photograph(page, "board-assign-desktop")
    dialog.get_by_role("button", name="取消").click()
    expect(card(page, ticket, "pending")).to_be_visible()
    card(page, ticket).drag_to(column(page, "assigned"))
    dialog.get_by_label("分配给").select_option(label="王五")
    dialog.get_by_role("button", name="分配").click()
    expect(card(page, ticket, "assigned").get_by_text("王五")).to_be_visible()


def test_who_was_too_slow_is_shown_what_changed_and_may_go_on(colleague, new_ticket, act):
    ticket = new_ticket()
    page = colleague("admin", before=blind)
    expect(card(page, ticket, "pending")).to_be_visible()
    act(ticket, "assign", assignee="lisi")
    card(page, ticket).drag_to(column(page, "processing"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("别人刚修改了这张工单")).to_be_visible()
    expect(dialog.get_by_text("李四").first).to_be_visible()
    photograph(page, "board-conflict-desktop")
    dialog.get_by_role("button", name="仍然继续").click()
    expect(card(page, ticket, "processing").get_by_text("李四")).to_be_visible()


def test_a_refused_move_springs_back_with_the_servers_words(colleague, new_ticket, act):
    ticket = new_ticket()
    page = colleague("admin", before=blind)
    expect(card(page, ticket, "pending")).to_be_visible()
    act(ticket, "transition", status="cancelled")
    card(page, ticket).drag_to(column(page, "escalated"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="升级").click()
    dialog.get_by_role("button", name="仍然继续").click()
    expect(page.get_by_text("不能变更为已升级")).to_be_visible()
    expect(card(page, ticket, "escalated")).to_have_count(0)


def test_the_keyboard_moves_a_ticket_too(colleague, new_ticket):
    ticket = new_ticket()
    page = colleague("admin")
    card(page, ticket).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="移到已解决")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button", name="移到已关闭")).to_have_count(0)
    photograph(page, "board-menu-desktop")
    page.get_by_role("button", name="移到已解决").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("处理结果")).to_be_focused()
    page.keyboard.type("换了硒鼓")
    page.keyboard.press("Control+Enter")
    expect(card(page, ticket, "resolved")).to_be_visible()


def test_filters_stay_in_the_address_and_hold_for_what_comes_later(colleague, new_ticket):
    word = uuid.uuid4().hex[:8]
    ticket, other = new_ticket(f"路由器 {word}"), new_ticket()
    page = colleague("admin")
    page.get_by_label("关键词").fill(word)
    expect(card(page, other)).to_have_count(0)
    expect(card(page, ticket)).to_be_visible()
    assert f"keyword={word}" in page.url
    page.reload()
    expect(page.get_by_label("关键词")).to_have_value(word)
    is_live(page)
    later, elsewhere = new_ticket(f"又是路由器 {word}"), new_ticket()
    expect(card(page, later)).to_be_visible()
    expect(card(page, elsewhere)).to_have_count(0)
    page.get_by_label("关键词").fill("没有这样的工单")
    expect(page.get_by_text("没有符合筛选的工单")).to_be_visible()
    photograph(page, "board-empty-desktop")
    page.get_by_role("button", name="清除筛选").click()
    expect(card(page, elsewhere)).to_be_visible()
    assert "?" not in page.url


def test_a_view_is_saved_and_chosen_again(colleague, new_ticket):
    new_ticket()
    page = colleague("admin")
    page.get_by_label("优先级").select_option(label="紧急")
    page.get_by_role("button", name="存为视图").click()
    name = f"紧急的 {uuid.uuid4().hex[:4]}"
    page.get_by_role("dialog").get_by_label("名称").fill(name)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text(f"已保存视图「{name}」")).to_be_visible()
    page.goto("/console/tickets/")
    page.get_by_label("视图", exact=True).select_option(label=name)
    expect(page.get_by_label("优先级")).to_have_value("urgent")
    assert "priority=urgent" in page.url


def test_several_are_done_at_once_and_what_is_refused_is_told(colleague, new_ticket, act):
    first, second = new_ticket(), new_ticket()
    page = colleague("admin", before=blind)
    for ticket in (first, second):
        card(page, ticket).get_by_role("checkbox").check()
    expect(page.get_by_text("已选 2 张")).to_be_visible()
    act(second, "transition", status="cancelled")
    page.get_by_role("button", name="改状态").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="已升级").click()
    dialog.get_by_role("button", name="执行").click()
    expect(dialog.get_by_text("1 张没有完成")).to_be_visible()
    expect(dialog.get_by_text(f"#{second['id']}").first).to_be_visible()
    photograph(page, "board-bulk-desktop")
    dialog.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("已选 1 张")).to_be_visible()
    expect(card(page, first, "escalated")).to_be_visible()


def test_a_new_ticket_is_made_for_a_known_customer_and_its_like_is_shown(
    colleague, new_ticket, act
):
    word = f"扫码枪读不出条码 {uuid.uuid4().hex[:6]}"
    old = new_ticket(word)
    act(old, "transition", status="resolved", reason="清洁镜头后恢复")
    page = colleague("admin")
    is_live(page)
    page.get_by_role("button", name="新建工单").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("客户", exact=True).fill("张三")
    dialog.get_by_role("option", name=re.compile("138")).first.click()
    dialog.get_by_label("问题描述").fill(word)
    expect(dialog.get_by_text("清洁镜头后恢复").first).to_be_visible()
    photograph(page, "board-new-desktop")
    dialog.get_by_role("button", name="创建").click()
    expect(page.get_by_text("已创建工单")).to_be_visible()
    expect(column(page, "pending").get_by_text(word)).to_be_visible()


def test_a_new_ticket_without_a_customer_is_refused_beside_the_field(colleague, new_ticket):
    page = colleague("admin")
    page.get_by_role("button", name="新建工单").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("问题描述").fill("不知道是谁的问题")
    dialog.get_by_role("button", name="创建").click()
    expect(dialog.get_by_text("请给出 customer_id").first).to_be_visible()
    expect(dialog.get_by_label("问题描述")).to_have_value("不知道是谁的问题")


def test_a_lost_line_is_told_and_what_happened_meanwhile_is_caught_up(colleague, new_ticket, act):
    ticket = new_ticket()
    sockets = []

    def flaky(socket):
        sockets.append(socket)
        if len(sockets) == 2:
            socket.close(code=1011)
        else:
            socket.connect_to_server()

    page = colleague("admin", before=lambda p: p.route_web_socket("**/ws/tickets*", flaky))
    is_live(page)
    sockets[0].close(code=1011)
    expect(page.get_by_text("正在重连…重连后会补上错过的变化")).to_be_visible()
    photograph(page, "board-offline-desktop")
    act(ticket, "transition", status="processing")
    is_live(page)
    expect(page.locator("#offline")).to_be_hidden()
    expect(card(page, ticket, "processing")).to_be_visible()
    assert len(sockets) >= 3
    assert "since=" in sockets[-1].url


def test_staff_see_and_hear_of_their_own_only(colleague, new_ticket, act):
    mine = new_ticket(customer_name="周九", phone="13500135001")
    foreign = new_ticket(customer_name="外人", phone="13500135009")
    act(mine, "assign", assignee="wangwu")
    page = colleague("wangwu")
    is_live(page)
    expect(card(page, mine, "assigned")).to_be_visible()
    expect(card(page, foreign)).to_have_count(0)
    act(foreign, "transition", status="processing")
    act(mine, "transition", status="processing")
    expect(card(page, mine, "processing")).to_be_visible()
    expect(card(page, foreign)).to_have_count(0)
    act(mine, "assign", assignee="lisi")
    expect(card(page, mine)).to_have_count(0)


def test_a_phone_shows_one_column_at_a_time(colleague, new_ticket):
    ticket = new_ticket()
    page = colleague("admin", size="phone")
    expect(card(page, ticket)).to_be_visible()
    fits(page)
    photograph(page, "board-phone")
    page.get_by_role("tab", name="已解决").click()
    expect(card(page, ticket)).to_be_hidden()
    page.get_by_role("tab", name="待分配").click()
    card(page, ticket).get_by_role("button").click()
    photograph(page, "board-menu-phone")
    page.get_by_role("button", name="移到处理中").click()
    expect(card(page, ticket, "pending")).to_have_count(0)
    page.get_by_role("tab", name="处理中").click()
    expect(card(page, ticket)).to_be_visible()
    page.get_by_role("button", name="筛选").click()
    photograph(page, "board-filters-phone")
    fits(page)


def test_a_board_that_cannot_load_says_so_and_tries_again(colleague, new_ticket):
    ticket = new_ticket()
    tries = []

    def broken(route):
        tries.append(time.monotonic())
        if len(tries) < 2:
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page = colleague("admin", before=lambda p: p.route("**/api/tickets/board*", broken))
    expect(page.get_by_text("正在重试").first).to_be_visible()
    expect(card(page, ticket)).to_be_visible()
    assert len(tries) >= 2
