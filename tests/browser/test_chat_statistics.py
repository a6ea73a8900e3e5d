"""The chats' statistics page in a browser, with the demo's week."""

import pytest
from playwright.sync_api import expect

from tests.browser.consoles import colleague, fits, photograph

__all__ = ["colleague"]
pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
ADDRESS = "/console/statistics/"


def shown(page):
    page.wait_for_selector(".stats-card")
    page.wait_for_selector("#figures:not([aria-busy])")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_week_is_told(colleague, size):
    page = colleague("admin", ADDRESS, size)
    shown(page)
    expect(page.locator(".stats-bar-in")).to_have_count(24)
    assert page.locator(".stats-agents tbody tr").count() >= 2
    fits(page)
    photograph(page, f"chat-statistics-{size}")
    page.get_by_role("button", name="按天").click()
    expect(page.locator(".stats-bar-in")).to_have_count(7)
    fits(page)


def test_the_table_is_sorted_and_the_days_stand_in_the_address(colleague):
    page = colleague("admin", ADDRESS)
    shown(page)
    names = page.locator(".stats-agents tbody th")
    page.get_by_role("button", name="客服", exact=True).click()
    up = names.all_inner_texts()
    page.get_by_role("button", name="客服 ↑").click()
    assert names.all_inner_texts() == up[::-1]
    page.get_by_role("button", name="今天").click()
    shown(page)
    days = page.url.partition("?")[2].split("&")
    assert days[0].removeprefix("from=") == days[1].removeprefix("to=")


def test_days_without_chats_say_so_and_too_many_are_refused(colleague):
    page = colleague("lisi", ADDRESS)
    shown(page)
    page.goto(f"{ADDRESS}?from=2020-01-01&to=2020-01-02")
    expect(page.get_by_text("这段时间没有会话")).to_be_visible()
    page.goto(f"{ADDRESS}?from=2020-01-01&to=2021-01-02")
    expect(page.get_by_text("一次最多统计 92 天")).to_be_visible()
