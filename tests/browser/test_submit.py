"""A customer reports a problem from their phone: code, words, pictures, and the page that follows."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.tickets.customer_side.conftest import png

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


@pytest.fixture
def phone():
    return f"139{secrets.randbelow(10**8):08d}"


def sms_to(live_system, phone):
    """What the sandbox's provider sent to the phone, newest last."""
    rows = live_system.http.get(live_system.url("/sandbox/api/outbox?channel=SMS&limit=1000"))
    return [row["payload"] for row in rows.json()["list"] if phone in row["to"]]


def code_on(live_system, phone):
    def look():
        codes = [sms["params"].get("code") for sms in sms_to(live_system, phone)]
        return next((code for code in reversed(codes) if code), None)

    return live_system.until(look)


def fits(page):
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def unbroken(page):
    """No console error but for answers that refuse something on purpose."""
    said = []
    page.on("console", lambda message: said.append(message.text))
    yield
    assert [text for text in said if "status of 4" not in text] == []


def test_a_problem_is_reported_with_pictures(live_system, page, phone, photograph, unbroken):
    page.goto("/submit/?product=云服务器")
    fits(page)
    photograph("submit-1-phone")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("验证码已发送")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("秒后重发"))).to_be_disabled()

    code = code_on(live_system, phone)
    field = page.get_by_label("验证码", exact=True)
    field.fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("验证码不正确或已失效")).to_be_visible()
    expect(page.get_by_label("手机号")).to_have_value(phone)
    field.fill(code)
    page.get_by_role("button", name="下一步").click()

    expect(page.get_by_role("heading", name="描述问题")).to_be_visible()
    expect(page.get_by_label("产品（选填）")).to_have_value("云服务器")
    page.get_by_role("button", name="提交问题").click()
    expect(page.get_by_text("请描述您遇到的问题")).to_be_visible()
    page.get_by_label("问题描述").fill("从今天早上九点开始无法连接，\n重启后仍然一样。")
    expect(page.get_by_text("请描述您遇到的问题")).to_be_hidden()
    pictures = [
        {"name": f"{shade}.png", "mimeType": "image/png", "buffer": png(shade)}
        for shade in (10, 200)
    ]
    page.locator("#pictures").set_input_files(pictures)
    expect(page.locator(".c-thumb")).to_have_count(2)
    page.get_by_role("button", name="去掉 10.png").click()
    expect(page.locator(".c-thumb")).to_have_count(1)
    page.locator("#pictures").set_input_files(pictures[:1])
    expect(page.locator(".c-thumb")).to_have_count(2)
    page.get_by_label("您的姓名").fill("王小明")
    fits(page)
    photograph("submit-2-problem")
    page.get_by_role("button", name="提交问题").click()

    page.wait_for_url("**/t/**")
    expect(page.get_by_text("提交成功")).to_be_visible()
    expect(page.locator(".c-picture img")).to_have_count(2)
    fits(page)
    photograph("submit-3-done")
    # The receipt by SMS leads to the same page.
    token = live_system.until(
        lambda: next(
            (
                sms["params"]["token"]
                for sms in sms_to(live_system, phone)
                if "token" in sms["params"]
            ),
            None,
        )
    )
    number = page.locator(".c-number").inner_text()
    page.goto(f"/t/{token}")
    expect(page.locator(".c-number")).to_have_text(number)


def test_without_scripts_it_is_a_plain_form(live_system, browser, phone):
    context = browser.new_context(base_url=live_system.base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/submit/")
    page.locator("#phone").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("验证码已发送")).to_be_visible()
    page.locator("#code").fill(code_on(live_system, phone))
    page.get_by_role("button", name="下一步").click()
    page.locator("#description").fill("没有脚本也能提交")
    page.locator("#pictures").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": png()}
    )
    page.locator("#name").fill("王小明")
    page.get_by_role("button", name="提交问题").click()
    expect(page.get_by_text("提交成功")).to_be_visible()
    expect(page.locator(".c-picture img")).to_have_count(1)
    context.close()
