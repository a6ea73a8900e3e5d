"""What operators look at all day: no errors, nothing sticks out, and axe has nothing serious to say."""

import pytest

from tests.browser.axe import serious_violations
from tests.browser.consoles import colleague, fits, photograph

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    pytest.mark.timeout(300),
]

PAGES = {
    "monitor": ("/monitor/", "#main:not([aria-busy])"),
    "dashboard": ("/admin/", "#main, #content"),
    "configuration": ("/admin/config/runtimesetting/", "#main, #content"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_open_to_everybody(colleague, name, size, theme):
    address, is_there = PAGES[name]
    page = colleague(
        "admin", address, size, before=lambda one: one.emulate_media(color_scheme=theme)
    )
    page.wait_for_selector(is_there)
    fits(page)
    photograph(page, f"operators-{name}-{size}-{theme}")
    assert serious_violations(page) == []


def test_axe_hears_of_what_is_wrong(browser):
    page = browser.new_page()
    page.set_content("<html lang=zh><title>x</title><main><input><img src='/x.png'></main></html>")
    assert {one["rule"] for one in serious_violations(page)} == {"label", "image-alt"}
    page.close()
