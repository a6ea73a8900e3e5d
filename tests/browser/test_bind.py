"""A follower binds their phone on `/bind/`, with and without scripts, at both widths."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.test_submit import code_on, fits
from wechat.binding.links import bind_url

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


@pytest.fixture
def phone():
    return f"138{secrets.randbelow(10**8):08d}"


@pytest.fixture
def link():
    """As the Official Account would send it to somebody new."""
    return "/" + bind_url(f"o{secrets.token_hex(13)}x").split("/", 3)[3]


def test_a_phone_is_bound_by_its_code(live_system, page, phone, link, photograph):
    page.goto(link)
    fits(page)
    photograph("bind-1-phone")
    page.get_by_role("button", name="绑定", exact=True).click()
    expect(page.get_by_text("请填写手机号")).to_be_visible()
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("验证码已发送")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("秒后重发"))).to_be_disabled()
    code = code_on(live_system, phone)
    page.get_by_label("验证码", exact=True).fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="绑定", exact=True).click()
    expect(page.get_by_text("验证码不正确或已失效")).to_be_visible()
    photograph("bind-2-wrong")
    expect(page.get_by_label("手机号")).to_have_value(phone)
    page.get_by_label("验证码", exact=True).fill(code)
    page.get_by_role("button", name="绑定", exact=True).click()
    expect(page.get_by_role("heading", name="绑定成功")).to_be_visible()
    expect(page.get_by_text(f"{phone[:3]}****{phone[-4:]}")).to_be_visible()
    expect(page.get_by_role("button", name="返回微信")).to_be_hidden()
    fits(page)
    photograph("bind-3-done")
    page.goto(link)
    expect(page.get_by_role("heading", name="您已绑定手机号")).to_be_visible()


def test_without_scripts_it_is_a_plain_form(live_system, browser, phone, link):
    context = browser.new_context(base_url=live_system.base, java_script_enabled=False)
    page = context.new_page()
    page.goto(link)
    page.locator("#phone").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("验证码已发送")).to_be_visible()
    page.locator("#code").fill(code_on(live_system, phone))
    page.get_by_role("button", name="绑定", exact=True).click()
    expect(page.get_by_role("heading", name="绑定成功")).to_be_visible()
    context.close()


def test_a_link_that_is_over_says_what_to_do(page, photograph):
    page.goto("/bind/?t=over")
    expect(page.get_by_role("heading", name="链接已失效")).to_be_visible()
    fits(page)
    photograph("bind-4-gone")
