"""Colleagues at the console: each in a browser of their own, whose scripts must not fail."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import SHOTS, SIZES
from tests.live import PASSWORD, LiveSystem

Colleague = Callable[..., Page]


@pytest.fixture
def colleague(browser: Browser, live_system: LiveSystem) -> Iterator[Colleague]:
    """`colleague("lisi", "/console/tickets/")` → their page; nothing may fail in its scripts."""
    contexts, failures = [], []

    def come(
        username: str,
        address: str = "/console/tickets/",
        size: str = "desktop",
        before: Callable[[Page], Any] = lambda page: None,
    ) -> Page:
        viewport: Any = SIZES[size]
        context = browser.new_context(viewport=viewport, base_url=live_system.base, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("console", lambda said: _note(said, failures))
        before(page)
        page.goto(f"/console/login/?next={address}")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"**{address}")
        return page

    yield come
    for context in contexts:
        context.close()
    assert failures == [], failures


def _note(said: Any, failures: list[str]) -> None:
    # An answer of 4xx is a refusal that the page deals with, and a server that a test has stopped, or
    # a network it has taken away, takes no connection; the browser writes all of it down.
    foreseen = ("Failed to load resource", "ERR_CONNECTION_REFUSED", "ERR_INTERNET_DISCONNECTED")
    if said.type == "error" and not any(words in said.text for words in foreseen):
        failures.append(said.text)


def photograph(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def fits(page: Page) -> None:
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
