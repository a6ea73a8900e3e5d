"""An agent gives a customer of kf to a servicer in WeCom, reads on, and gives them back."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SHOTS
from tests.browser.consoles import colleague, fits

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    pytest.mark.timeout(400),
]


@pytest.fixture
def acts(live_system):
    """Somebody does something on the platform."""
    name = f"来客{secrets.token_hex(2)}"
    http = live_system.as_user("admin")

    def act(what, **fields):
        who = {"external_userid": act.who} if act.who else {"name": act.name}
        answer = http.post(live_system.url("/sandbox/api/kf"), json={"act": what, **who, **fields})
        assert answer.status_code == 200, answer.text
        act.who = answer.json()["external_userid"] or act.who
        return answer.json()

    act.who, act.name = "", name
    return act


def test_given_to_a_servicer_read_on_and_given_back(colleague, acts, size):
    desk = colleague("lisi", "/console/", size=size)
    expect(desk.locator("#connection")).to_have_text("实时")
    desk.locator("#presence select").select_option("online")
    expect(desk.locator("#presence")).to_have_attribute("data-status", "online")
    acts("customer_enters")
    acts("customer_says", content="人工")
    # Who they are is read from the platform meanwhile.
    row = desk.locator("#list .row").filter(has_text=re.compile(f"{acts.name}|{acts.who[-6:]}"))
    expect(row).to_be_visible(timeout=30_000)
    row.click()
    expect(desk.locator(".kf-state")).to_have_text("智能助手接待", timeout=20_000)
    desk.get_by_role("button", name="微信客服转接").click()
    desk.get_by_role("radio", name="王五").check()
    SHOTS.mkdir(parents=True, exist_ok=True)
    desk.screenshot(path=SHOTS / f"kf-transfer-1-asked-{size}.png")
    desk.get_by_role("dialog").get_by_role("button", name="转接").click()
    expect(desk.locator(".kf-state")).to_have_text("企业微信 王五 接待", timeout=30_000)

    acts("customer_says", content="王工在吗")
    acts("servicer_says", content="在的，我看看")
    log = desk.get_by_role("log")
    for words in ("王工在吗", "在的，我看看"):
        said = log.locator(".said-history").filter(has_text=words)
        expect(said).to_be_visible(timeout=30_000)
    expect(log.get_by_text("微信客服 · 企业微信接待 · 只读").first).to_be_visible()
    desk.screenshot(path=SHOTS / f"kf-transfer-2-read-{size}.png")
    fits(desk)

    desk.get_by_role("button", name="微信客服转接").click()
    desk.get_by_role("radio", name="智能助手").check()
    desk.get_by_role("dialog").get_by_role("button", name="转接").click()
    expect(desk.locator(".kf-state")).to_have_text("已结束", timeout=30_000)
    expect(desk.get_by_role("button", name="微信客服转接")).to_be_hidden()
