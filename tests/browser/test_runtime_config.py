"""An operator changes a setting in the admin, sees what it changes, and takes it back."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_batches import enter, fits

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
LIST = "/admin/config/runtimesetting/"


def opened(page, key):
    page.goto(LIST)
    page.get_by_role("searchbox", name="查找配置项").fill(key)
    page.get_by_role("link", name=key, exact=True).click()


def test_a_setting_is_found_changed_and_rolled_back(page, size, photograph):
    first, second = ("60", "80") if size == "desktop" else ("64", "84")
    enter(page, LIST)
    expect(page.get_by_role("row", name="单进程")).to_contain_text("全部最新")
    fits(page)
    photograph("runtime-list")
    page.get_by_role("searchbox", name="查找配置项").fill("没有这样的")
    expect(page.get_by_text("没有这样的配置项")).to_be_visible()

    opened(page, "message_sender")
    most = page.get_by_label("max_pool_size")
    most.fill("5")
    field = page.locator('[data-field="value.max_pool_size"]')
    expect(field.get_by_text("不能小于 core_pool_size")).to_be_visible()
    fits(page)
    photograph("runtime-refused")
    most.fill(first)
    preview = page.locator("#rt-preview")
    expect(preview.locator("ins")).to_have_text(first)
    expect(field.get_by_text("不能小于 core_pool_size")).to_have_count(0)
    page.get_by_label("修改原因").fill("大促期间提高并发")
    photograph("runtime-preview")
    page.get_by_role("button", name="保存为新版本").click()
    expect(page.get_by_text("2 秒内对所有进程生效")).to_be_visible()

    page.get_by_label("max_pool_size").fill(second)
    expect(preview.locator("ins")).to_have_text(second)
    page.get_by_role("button", name="保存为新版本").click()
    versions = page.locator(".rt-version")
    newest = int(versions.first.locator("b").first.text_content().removeprefix("版本 "))
    page.get_by_role("radio", name="比较：从").nth(1).check()
    page.get_by_role("radio", name="到").first.check()
    page.get_by_role("button", name="比较选中的两个版本").click()
    expect(page.locator(".rt-compared ins")).to_have_text(second)
    fits(page)
    photograph("runtime-history")

    page.get_by_role("link", name="回滚到此版本").first.click()
    expect(page.locator("ins")).to_have_text(first)
    photograph("runtime-rollback")
    page.get_by_role("button", name="确认回滚").click()
    expect(page.get_by_text(f"已成为版本 {newest + 1}")).to_be_visible()
    expect(page.get_by_label("max_pool_size")).to_have_value(first)
    page.goto(LIST)
    row = page.get_by_role("row", name="单进程")
    expect(row).to_contain_text("全部最新", timeout=10_000)


def test_an_import_is_checked_shown_and_done(page, photograph):
    enter(page, LIST)
    page.get_by_role("link", name="导入", exact=True).click()
    page.get_by_label("或粘贴 JSON").fill('{"chat.max_concurrent": 0, "retry": {"max_tries": 1}}')
    page.get_by_role("button", name="检查").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("chat.max_concurrent")
    expect(alert).to_contain_text("retry.max_tries")
    fits(page)
    photograph("runtime-import-refused")
    wanted = '{"chat.texts": {"assigned": "{agent} 为您服务"}}'
    page.get_by_label("或粘贴 JSON").fill(wanted)
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_text("将要发生的变化")).to_be_visible()
    photograph("runtime-import")
    page.get_by_role("link", name="重新选择").click()


def test_nested_values_lists_and_the_dark(page, photograph):
    page.emulate_media(color_scheme="dark")
    enter(page, LIST)
    photograph("runtime-list-dark")
    opened(page, "ai.strategy")
    chain = page.get_by_label("chain")
    chain.fill('["rules", "oracle"]')
    field = page.locator('[data-field="value.chain"]')
    expect(field.get_by_text("只能是 rules、local、llm")).to_be_visible()
    chain.fill('["rules"')
    expect(field.get_by_text("不是合法的 JSON")).to_be_visible()
    chain.fill('["local", "rules"]')
    expect(page.locator("#rt-preview ins")).to_have_text('["local", "rules"]')
    fits(page)
    photograph("runtime-nested-dark")
    opened(page, "ticket.dispatch")
    page.get_by_label("enabled").click()
    expect(page.locator("#rt-preview ins")).to_have_text("false")
    photograph("runtime-switches-dark")
