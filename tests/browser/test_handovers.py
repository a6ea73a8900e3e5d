"""An administrator hands a colleague's customers over, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_batches import enter, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
]


def test_a_colleagues_customers_are_looked_at_first_and_then_handed_over(
    page, size, photograph, live_system
):
    admin = live_system.as_user("admin")
    for number in range(12):
        body = {"name": f"{size}客户{number}", "follow_user_id": "lisi"}
        made = admin.post(live_system.url("/api/v1/customers"), json=body)
        assert made.status_code == 201, made.text
        body = {"customer_id": made.json()["id"], "description": "打印机无法联网"}
        ticket = admin.post(live_system.url("/api/tickets"), json=body).json()
        admin.post(
            live_system.url(f"/api/tickets/{ticket['id']}/assign"), json={"assignee": "lisi"}
        )

    enter(page, "/admin/customers/user/")
    page.get_by_role("link", name="lisi").first.click()
    expect(page.get_by_text("名下有")).to_be_visible()
    photograph("handover-1-colleague")
    fits(page)
    page.get_by_role("link", name="移交客户").last.click()
    expect(page.get_by_label("移交人")).to_contain_text("李四")
    page.get_by_label("第一接替人").select_option(label="王五（wangwu）")
    photograph("handover-2-form")
    fits(page)
    page.get_by_role("button", name="下一步").click()

    expect(page.get_by_role("heading", name="预演结果")).to_be_visible()
    expect(page.get_by_text("可接替")).to_be_visible()
    photograph("handover-3-dry-run")
    fits(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="开始移交").click()

    expect(page.get_by_role("heading", name="报告")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("已完成").first).to_be_visible()
    expect(page.get_by_text("工单 1").first).to_be_visible()
    photograph("handover-4-report")
    fits(page)
    page.goto("/admin/customers/handover/")
    expect(page.get_by_text("李四").first).to_be_visible()
    photograph("handover-5-list")
    fits(page)
