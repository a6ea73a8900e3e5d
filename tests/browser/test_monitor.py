"""The monitor in a browser: a week of messages, live figures, from a bar to a message's trace."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SHOTS
from tests.browser.consoles import colleague, fits, photograph
from tests.live import run

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    pytest.mark.timeout(300),
]
ADDRESS = "/monitor/"


@pytest.fixture(scope="module")
def busy(live_system):
    """The system with a week behind it, and sends that end while somebody watches."""
    run(live_system, "-m", "tests.browser.monitor_load")
    for name in ("lisi", "wangwu"):
        status = live_system.url("/api/customer-service/status")
        assert live_system.as_user(name).post(status, json={"status": "online"}).status_code == 200
    send(live_system, "staff_notice", [f"staff{n:04d}" for n in range(60)] + ["unknown01"])
    send(live_system, "sms_ticket_resolved", [f"1381234{n:04d}" for n in range(20)])
    send(live_system, "email_notice", [f"guest{n}@example.com" for n in range(5)])
    return live_system


def send(live_system, template, recipients):
    variables = {
        "name": "同事",
        "content": "今晚八点系统维护",
        "ticket_no": "T-1",
        "title": "维护通知",
    }
    answer = live_system.as_user("admin").post(
        live_system.url("/api/messages/send-batch"),
        json={"template_code": template, "recipients": recipients, "variables": variables},
    )
    assert answer.status_code == 202, answer.text


def shown(page):
    expect(page.locator("#live")).to_have_text("实时")
    page.wait_for_selector("#main:not([aria-busy])")


def of(theme):
    return lambda page: page.emulate_media(color_scheme=theme)


def settled(page):
    """Charts have finished moving."""
    expect(page.locator(".plot svg")).to_have_count(4)
    page.wait_for_timeout(900)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_monitor_as_it_looks(colleague, busy, size, theme):
    page = colleague("admin", ADDRESS, size, before=of(theme))
    if size == "desktop":
        send(busy, "staff_notice", [f"{theme}{n:04d}" for n in range(800)])
    shown(page)
    settled(page)
    assert page.locator("html").get_attribute("data-theme") == theme
    expect(page.locator(".card-value").first).not_to_have_text("0")
    fits(page)
    photograph(page, f"monitor-{size}-{theme}")
    page.screenshot(path=SHOTS / f"monitor-whole-{size}-{theme}.png", full_page=True)


def test_a_wall_has_everything_on_one_screen(colleague, busy):
    page = colleague("admin", ADDRESS, before=of("dark"))
    page.set_viewport_size({"width": 1920, "height": 1080})
    shown(page)
    page.goto(f"{ADDRESS}?wall=1")
    shown(page)
    settled(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    fits(page)
    photograph(page, "monitor-wall")
    page.get_by_role("button", name="退出大屏").click()
    expect(page.get_by_role("button", name="大屏")).to_have_attribute("aria-pressed", "false")


def test_figures_change_by_themselves_and_are_the_apis(colleague, busy):
    page = colleague("admin", ADDRESS)
    shown(page)
    before = total(page)
    opened = page.evaluate("performance.timeOrigin")
    send(busy, "staff_notice", [f"more{n:04d}" for n in range(25)])
    expect(page.locator(".card-total .card-value")).not_to_have_text(f"{before:,}")

    def is_told():
        told = busy.as_user("lisi").get(busy.url("/api/monitor/snapshot")).json()
        return told["today"]["total"] == total(page) >= before + 25

    busy.until(is_told)
    assert page.evaluate("performance.timeOrigin") == opened


def total(page):
    return int(page.locator(".card-total .card-value").inner_text().replace(",", ""))


def bar_of(page, name):
    """Where that channel's bar stands: above its words under the axis."""
    words = page.locator("#rates .plot svg text", has_text=name).first.bounding_box()
    return words["x"] + words["width"] / 2, words["y"] - 30


def test_from_a_bar_to_its_failed_messages_to_a_trace(colleague, busy):
    page = colleague("admin", ADDRESS)
    shown(page)
    settled(page)
    page.locator("#rates").scroll_into_view_if_needed()
    page.mouse.click(*bar_of(page, "企业微信应用"))
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="企业微信应用 · 失败的消息")).to_be_visible()
    expect(drawer.get_by_text("81013").first).to_be_visible()
    photograph(page, "monitor-failures")
    drawer.locator(".failure").first.click()
    expect(drawer.get_by_role("heading", name="消息链路")).to_be_visible()
    expect(drawer.locator(".trace-step")).to_have_count(3)
    photograph(page, "monitor-trace")
    drawer.get_by_role("button", name="返回列表").click()
    expect(drawer.locator(".failure").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_the_list_has_as_many_as_the_card_says_and_hides_numbers(colleague, busy):
    page = colleague("admin", ADDRESS, "phone")
    shown(page)
    failed = page.locator(".card-failed .card-value").inner_text()
    page.get_by_role("button", name="查看明细").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".drill-note")).to_have_text(f"今天 共 {failed} 条")
    assert not re.search(r"138\d{8}", drawer.inner_text())
    fits(page)
    photograph(page, "monitor-failures-phone")


def test_by_keyboard_the_tables_lead_where_the_bars_do(colleague, busy):
    page = colleague("admin", ADDRESS)
    shown(page)
    page.get_by_role("button", name="各渠道成功率：以表格显示").press("Enter")
    link = page.locator("#rates").get_by_role("button", name="短信：查看失败的消息")
    link.press("Enter")
    expect(
        page.get_by_role("dialog").get_by_role("heading", name="短信 · 失败的消息")
    ).to_be_visible()


def test_colleagues_see_figures_but_no_single_messages(colleague, busy):
    page = colleague("lisi", ADDRESS)
    shown(page)
    settled(page)
    assert page.locator(".card-more, button.link").count() == 0
    page.mouse.click(*bar_of(page, "短信"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_lost_line_is_said_and_comes_back(colleague, busy):
    page = colleague("admin", ADDRESS)
    shown(page)
    page.context.set_offline(True)
    expect(page.locator("#banner")).to_contain_text("连接已断开，正在重连")
    expect(page.locator("#main")).to_have_class(re.compile("is-stale"))
    photograph(page, "monitor-lost")
    page.context.set_offline(False)
    expect(page.locator("#live")).to_have_text("实时", timeout=30_000)
    expect(page.locator("#banner")).to_be_hidden()


def test_the_theme_is_chosen_and_kept(colleague, busy):
    page = colleague("admin", ADDRESS, before=of("dark"))
    shown(page)
    page.get_by_role("button", name=re.compile("主题")).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
