"""A colleague at the console and a customer on their phone, both in a browser, through real sockets."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIZES
from tests.browser.consoles import colleague, photograph
from tests.browser.test_chat_customer import write

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    # The system starts twice.
    pytest.mark.timeout(400),
]


@pytest.fixture
def desk(colleague):
    """李四 at the console, taking chats."""
    page = colleague("lisi", "/console/")
    expect(page.locator("#connection")).to_have_text("实时")
    page.locator("#presence select").select_option("online")
    expect(page.locator("#presence")).to_have_attribute("data-status", "online")
    return page


@pytest.fixture
def phone(browser, live_system, desk):
    """A guest with 李四."""
    context = browser.new_context(
        viewport=SIZES["phone"], base_url=live_system.base, locale="zh-CN", device_scale_factor=2
    )
    page = context.new_page()
    page.goto("/chat/")
    page.get_by_label("怎么称呼您").fill("陈女士")
    page.get_by_role("button", name="直接咨询").click()
    expect(page.get_by_role("heading", name="李四")).to_be_visible()
    yield page
    context.close()


def answer(desk, text):
    desk.get_by_label("内容", exact=True).fill(text)
    desk.get_by_label("内容", exact=True).press("Enter")


def at_desk(desk, text):
    return desk.get_by_role("log").locator(".said").filter(has_text=text)


def on_phone(phone, text):
    return phone.locator(".b-row").filter(has_text=text)


def test_they_talk_and_neither_a_reload_nor_a_restart_loses_a_word(live_system, desk, phone):
    write(phone, "你好，我的订单发票开错了")
    desk.locator("#list .row").filter(has_text="陈女士").click()
    expect(at_desk(desk, "订单发票开错了")).to_be_visible()
    expect(on_phone(phone, "订单发票开错了")).to_contain_text("已读")

    answer(desk, "您好，请把订单号发我，我帮您重开")
    expect(on_phone(phone, "请把订单号发我")).to_be_visible()
    expect(at_desk(desk, "请把订单号发我")).to_contain_text("已读")

    phone.reload()
    desk.reload()
    expect(on_phone(phone, "请把订单号发我")).to_have_count(1)
    expect(at_desk(desk, "订单发票开错了")).to_have_count(1)
    write(phone, "订单号是 20261127001")
    expect(at_desk(desk, "20261127001")).to_be_visible()
    photograph(phone, "chat-together-phone")
    photograph(desk, "chat-together-desk")

    live_system.stop()
    write(phone, "系统重启时写的话")
    expect(phone.locator(".b-unsent")).to_have_count(1)
    live_system.restart()
    expect(phone.locator(".b-unsent")).to_have_count(0, timeout=40_000)
    expect(desk.locator("#connection")).to_have_text("实时", timeout=40_000)
    expect(at_desk(desk, "系统重启时写的话")).to_have_count(1, timeout=20_000)
    answer(desk, "收到，已经重开并发到您的邮箱")
    expect(on_phone(phone, "已经重开")).to_have_count(1, timeout=20_000)
    expect(at_desk(desk, "已经重开")).to_contain_text("已读", timeout=20_000)
    for text in ("订单发票开错了", "请把订单号发我", "20261127001", "系统重启时写的话"):
        expect(on_phone(phone, text)).to_have_count(1)
        expect(at_desk(desk, text)).to_have_count(1)
