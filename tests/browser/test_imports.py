"""An operator imports a table, watches it, and looks at what erasing would ask."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_batches import ENDS_WITHIN, enter, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
]
TABLE = "姓名,手机,公司,多余\n" + "".join(
    f"导入客户{n},{'x' if n % 40 == 7 else f'137{n:08d}'},甲公司,\n" for n in range(200)
)


def test_a_table_is_imported_and_watched(page, size, photograph):
    enter(page, "/admin/customers/customerimport/add/")
    fits(page)
    photograph("import-form")
    page.locator("input[type=file]").set_input_files(
        {"name": "客户.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("已完成")).to_be_visible(timeout=ENDS_WITHIN)
    expect(page.get_by_text("只检查，未写入")).to_be_visible()
    expect(page.get_by_text("第 9 行")).to_be_visible()
    fits(page)
    photograph("import-report")
    page.goto("/admin/customers/customerimport/")
    photograph("imports")


def test_erasing_asks_first(page, size, photograph):
    enter(page, "/admin/customers/customer/")
    page.get_by_role("link", name="张三").first.click()
    card = page.get_by_label("个人信息")
    card.scroll_into_view_if_needed()
    photograph("personal-data")
    card.get_by_role("link", name="删除个人信息").click()
    fits(page)
    photograph("erase")
    page.get_by_role("button", name="永久删除").click()
    expect(page.get_by_text("该字段是必填项").first).to_be_visible()
