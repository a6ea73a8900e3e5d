"""The step's own story: follow, a fault in a hurry, the phone bound, an urgent ticket, a person, one timeline.

The customer is on the simulated phone, the agent at the console, both in a browser.
"""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SHOTS
from tests.browser.consoles import colleague
from tests.live import LiveSystem

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    # The system starts first.
    pytest.mark.timeout(400),
]
SCENE = "expo_2026"
PROBLEM = "我的服务器连不上了,很急"


def says(phone: Page, words: str) -> None:
    phone.get_by_label("要说的话").fill(words)
    phone.get_by_role("button", name="发送", exact=True).click()
    expect(phone.locator(".line-mine").filter(has_text=words)).to_be_visible()


def told(phone: Page, words: str | re.Pattern[str]) -> None:
    """What the account said, however it came."""
    heard = phone.locator(".line:not(.line-mine)").filter(has_text=words)
    expect(heard.last).to_be_visible(timeout=20_000)


def code_for(system: LiveSystem, number: str) -> str:
    """What the text message to `number` says."""

    def newest() -> str:
        rows = system.http.get(system.url("/sandbox/api/outbox?channel=SMS")).json()["list"]
        found = [
            re.search(r"(?<!\d)\d{6}(?!\d)", str(row["payload"]))
            for row in rows
            if number in row["to"]
        ]
        return found[-1].group() if found and found[-1] else ""

    return str(system.until(newest))


def snap(page: Page, name: str, size: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"two-entries-{name}-{size}.png")


def test_from_a_follow_to_an_answer_on_one_timeline(page, size, live_system, colleague):
    name = f"来客{secrets.token_hex(2)}"
    number = f"139{secrets.randbelow(10**8):08d}"
    boss = live_system.as_user("admin")

    page.goto("/sandbox/phone/")
    page.get_by_role("button", name="＋ 新客户").click()
    page.get_by_label("填写").fill(name)
    page.get_by_role("button", name="确定").click()
    page.locator("#profile").get_by_label("场景").fill(SCENE)
    page.get_by_role("button", name="关注", exact=True).click()
    told(page, "欢迎关注")

    says(page, PROBLEM)
    told(page, "紧急")
    snap(page, "1-asked", size)

    page.locator(".line:not(.line-mine)").get_by_role("link").last.click()
    bind = page.frame_locator("#browser-page")
    bind.get_by_label("手机号").fill(number)
    bind.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#sms")).to_contain_text(number[-4:], timeout=20_000)
    code = code_for(live_system, number)
    expect(page.locator("#sms")).to_contain_text(code)
    bind.get_by_label("验证码", exact=True).fill(code)
    snap(page, "2-bind", size)
    bind.get_by_role("button", name="绑定", exact=True).click()
    expect(bind.get_by_text("绑定成功").first).to_be_visible(timeout=20_000)
    bind.get_by_role("button", name="返回微信").click()
    expect(page.locator("#browser")).to_be_hidden()

    told(page, re.compile(r"#\d+"))
    snap(page, "3-ticket", size)
    found = boss.get(
        live_system.url("/api/tickets"), params={"keyword": PROBLEM, "ordering": "-created_at"}
    )
    tickets = [row for row in found.json()["list"] if number in row["customer"]["phone"]]
    assert [row["priority"] for row in tickets] == ["urgent"]

    desk = colleague("lisi", "/console/")
    expect(desk.locator("#connection")).to_have_text("实时")
    desk.locator("#presence select").select_option("online")
    expect(desk.locator("#presence")).to_have_attribute("data-status", "online")
    says(page, "人工")
    row = desk.locator("#list .row").filter(has_text=tickets[0]["customer"]["name"])
    expect(row).to_be_visible(timeout=20_000)
    row.click()
    answer = f"我是李四，正在看您的服务器 {secrets.token_hex(2)}"
    desk.get_by_label("内容", exact=True).fill(answer)
    desk.get_by_label("内容", exact=True).press("Enter")
    told(page, answer)
    snap(desk, "4-console", size)
    snap(page, "5-answered", size)

    customer = tickets[0]["customer"]["id"]
    timeline = boss.get(
        live_system.url(f"/api/v1/customers/{customer}/timeline"), params={"size": 100}
    )
    happened = timeline.json()["list"]
    kinds = {entry["kind"].split(".")[0] for entry in happened}
    assert {"history", "assistant", "ticket", "chat"} <= kinds
    (followed,) = [entry for entry in happened if entry["title"] == "关注公众号"]
    assert (followed["content"], followed["entry"]) == (f"关注公众号，来自场景 {SCENE}", "公众号")
    assert "绑定手机" in {entry["title"] for entry in happened}

    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_role("button", name="关注", exact=True)).to_be_visible()
    record = colleague("admin", f"/admin/customers/customer/{customer}/change/")
    for title in ("取消关注", "关注公众号", "绑定手机"):
        expect(record.locator("#timeline").get_by_text(title, exact=True).first).to_be_visible()
    expect(record.locator("#timeline")).to_contain_text(f"来自场景 {SCENE}")
    record.locator("#timeline").scroll_into_view_if_needed()
    snap(record, "6-timeline", size)


def test_a_phone_typed_in_the_talk_is_bound_there(page, size, live_system):
    number = f"138{secrets.randbelow(10**8):08d}"
    page.goto("/sandbox/phone/")
    page.get_by_role("button", name="＋ 新客户").click()
    page.get_by_label("填写").fill(f"来客{secrets.token_hex(2)}")
    page.get_by_role("button", name="确定").click()
    page.get_by_role("button", name="关注", exact=True).click()
    told(page, "欢迎关注")
    says(page, PROBLEM)
    told(page, "手机号")
    says(page, number)
    told(page, f"{number[:3]}****{number[-4:]}")
    code = code_for(live_system, number)
    expect(page.locator("#sms")).to_contain_text(code, timeout=20_000)
    snap(page, "8-code-in-the-talk", size)
    wrong = "000000" if code != "000000" else "111111"
    says(page, wrong)
    told(page, "还可以再试 4 次")
    says(page, code)
    told(page, "手机绑定成功")
    told(page, re.compile(r"#\d+"))
    snap(page, "9-bound-in-the-talk", size)
