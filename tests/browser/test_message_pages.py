"""An operator tries a template out, follows the message, and verifies an account."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_batches import enter, fits

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


def test_a_template_is_tried_out_and_its_message_followed(page, live_system, photograph):
    enter(page, "/admin/messaging/messagetemplate/")
    page.get_by_role("link", name="员工通知").click()
    number = page.url.rstrip("/").split("/")[-2]
    page.goto(f"/admin/messaging/messagetemplate/{number}/trial/")
    page.get_by_label("变量").fill("name=李四\ncontent=下午三点开会")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_text("李四，您好：下午三点开会")).to_be_visible()
    fits(page)
    page.get_by_label("发送给").fill("lisi")
    photograph("template-trial")
    page.get_by_role("button", name="测试发送").click()
    link = page.get_by_role("link", name="MSG")
    expect(link).to_be_visible()
    target = link.get_attribute("href")

    def is_sent():
        page.goto(target)
        return page.locator('.trace-node[data-status="ok"]').count() == 3

    live_system.until(is_sent)
    fits(page)
    photograph("message-trace")


def test_an_account_is_verified(page, photograph):
    enter(page, "/admin/messaging/channelaccount/")
    page.get_by_role("link", name="测试群机器人").click()
    number = page.url.rstrip("/").split("/")[-2]
    page.goto(f"/admin/messaging/channelaccount/{number}/verify")
    page.get_by_role("button", name="确认验证").click()
    expect(page.get_by_text("机器人可用")).to_be_visible()
    fits(page)
    photograph("account-verified")
