"""The sandbox as a newcomer plays it: scenes 1, 2, 3 and 5 of seed 001, by hand and eye."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
]


def say(page: Page, text: str) -> None:
    page.get_by_label("消息内容").fill(text)
    page.get_by_role("button", name="发送").click()


def robot_says(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".message", has_text=text).last).to_be_visible()


def fits(page: Page) -> None:
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_scenes_are_played(page, photograph):
    name = f"赵{secrets.token_hex(3)}"
    page.goto("/sandbox/")
    expect(page.get_by_role("heading", name="售后内部群")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("已连接")

    say(page, f"@助手 /创建工单 @{name} 手机:13800138000 问题:服务器无法连接")
    created = page.locator(".message", has_text="创建成功！已推送到群聊。").last
    expect(created).to_be_visible()
    card = page.locator(".message", has_text="【新工单提醒】").filter(has_text=name).last
    expect(card).to_contain_text("当前状态：待分配")
    number = re.search(r"#ID(\d+)", card.inner_text()).group(1)
    card.scroll_into_view_if_needed()
    photograph("sandbox-1-card")
    fits(page)

    say(page, f"@助手 /分配工单 #{number} @李四")
    robot_says(page, f"✅ 工单 #{number} 已分配给 @李四")

    card.get_by_role("button", name="引用").click()
    say(page, "@助手 已解决，问题是网络配置错误，已修复")
    robot_says(page, f"✅ 工单 #{number} 状态已更新为：已解决")
    photograph("sandbox-3-resolved")

    page.get_by_label("发言人").select_option("wangwu")
    say(page, f"@助手 /查询工单 #{number}")
    robot_says(page, "状态：已解决 | 进度：100%")
    photograph("sandbox-5-query")
    fits(page)


def test_the_link_of_a_card_opens_the_ticket(page, photograph):
    name = f"链接{secrets.token_hex(3)}"
    page.goto("/sandbox/")
    say(page, f"@助手 /创建工单 @{name} 手机:13800138000 问题:打不开，紧急")
    card = page.locator(".message", has_text="【新工单提醒】").filter(has_text=name)
    link = card.get_by_role("link")
    page.goto(link.get_attribute("href"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("打不开")
    photograph("ticket-page")
    fits(page)


def test_what_nobody_hears_is_said_so(page):
    page.goto("/sandbox/")
    words = f"大家好{secrets.token_hex(3)}"
    say(page, words)
    expect(page.locator(".message", has_text=words)).to_contain_text("机器人收不到这条消息")


def test_what_people_write_never_acts(page):
    page.goto("/sandbox/")
    say(
        page,
        "@助手 /创建工单 @<img/src=x/onerror=alert(1)> 问题:<script>alert(1)</script>[x](javascript:alert(1))",
    )
    expect(page.locator(".message", has_text="创建成功").last).to_be_visible()
    assert page.locator(".messages img, .messages script").count() == 0
    assert page.locator('.messages a[href^="javascript"]').count() == 0


def test_an_empty_message_is_not_sent(page):
    page.goto("/sandbox/")
    expect(page.get_by_role("status").first).to_contain_text("已连接")
    before = page.locator(".message").count()
    page.get_by_role("button", name="发送").click()
    assert page.locator(".message").count() == before


def test_the_home_page_leads_on(page, photograph):
    page.goto("/")
    photograph("home")
    fits(page)
    page.get_by_role("link", name="沙箱").click()
    expect(page.get_by_role("heading", name="售后内部群")).to_be_visible()


def test_an_operator_assigns_and_resolves_in_the_admin(page, photograph, live_system):
    admin = live_system.as_user("admin")
    made = admin.post(
        live_system.url("/api/tickets"),
        json={
            "description": f"后台{secrets.token_hex(3)}",
            "customer_name": f"后台{secrets.token_hex(3)}",
        },
    ).json()
    page.goto(f"/admin/login/?next=/admin/tickets/ticket/?q={made['title']}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill("demo-password-for-tests")
    page.locator("button[type=submit]").click()
    expect(page.get_by_text(f"#{made['id']}", exact=True).first).to_be_visible()
    photograph("admin-tickets")
    page.goto(f"/admin/tickets/ticket/{made['id']}/change/")
    photograph("admin-ticket")
    page.goto("/admin/messaging/message/")
    photograph("admin-messages")
