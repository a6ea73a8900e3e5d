"""The sandbox's 客户联系: find a customer, be him, see what the platform then knows."""

import secrets

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


def open_contacts(page, size):
    page.goto("/sandbox/")
    expect(page.get_by_role("status").first).to_contain_text("已连接")
    name = "客户" if size == "phone" else "客户联系"
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#people-count")).to_contain_text("位客户")


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_somebody_plays_a_customer_and_a_member(page, size, photograph):
    open_contacts(page, size)
    photograph("sandbox-contacts-list")
    fits(page)
    name = f"访客{secrets.token_hex(2)}"
    page.locator("#acts-newcomer").get_by_label("姓名").fill(name)
    page.locator("#acts-newcomer").get_by_label("成员").select_option("wangwu")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("#person-outcome")).to_contain_text("已回调 1 次")

    page.get_by_text("修改备注和标签").click()
    page.get_by_label("备注", exact=True).fill("重要客户")
    page.locator(".person-tags").get_by_text("高意向").click()
    photograph("sandbox-contacts-edit")
    fits(page)
    page.get_by_role("button", name="以成员身份保存").click()
    expect(page.locator(".person-chips")).to_contain_text("高意向")
    expect(page.locator(".person-follow")).to_contain_text("重要客户")
    photograph("sandbox-contacts-person")

    page.get_by_role("button", name="客户删除成员").click()
    expect(page.locator("#person")).to_contain_text("没有成员是他的好友")
    if size == "phone":
        page.get_by_role("button", name="返回客户列表").click()
    page.get_by_label("搜索客户").fill("13800138000")
    expect(page.locator("#people-count")).to_have_text("1 位客户")
    expect(page.locator("#people-list")).to_contain_text("张三")
