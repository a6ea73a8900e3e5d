"""A policy put together in the browser: ticked, previewed, saved and applied."""

import pytest
from playwright.sync_api import expect

from tests.live import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


def fits(page):
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_policy_is_previewed_before_it_is_saved(page, size, live_system, photograph):
    admin = live_system.as_user("admin")
    product = f"云服务器{size}"
    for priority in ("urgent", "high", "normal"):
        body = {"customer_name": "张三", "phone": "13800138000", "product": product}
        answer = admin.post(
            live_system.url("/api/tickets"),
            json={**body, "description": "服务器无法连接", "priority": priority},
        )
        assert answer.status_code == 201
    address = "/admin/tickets/slapolicy/add/"
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**{address}")

    page.locator("#id_name").fill(f"紧急{size}")
    page.locator("#id_rank").fill("0")
    page.get_by_label("紧急", exact=True).check()
    page.get_by_label("高", exact=True).check()
    page.get_by_label(product, exact=True).check()
    page.locator("#id_response_minutes").fill("30")
    page.locator("#id_resolution_minutes").fill("240")
    photograph("sla-1-form")
    fits(page)
    page.get_by_label("第 1 级的进度").scroll_into_view_if_needed()
    photograph("sla-2-ladder")
    page.get_by_role("button", name="保存", exact=True).click()

    expect(page.get_by_text(f"影响预览：紧急{size}").first).to_be_visible()
    figures = page.locator(".sla-figures dd")
    expect(figures.nth(1)).to_have_text("2")
    photograph("sla-3-preview")
    fits(page)
    page.get_by_role("button", name="返回修改").click()
    expect(page.locator("#id_name")).to_have_value(f"紧急{size}")
    expect(page.get_by_label(product, exact=True)).to_be_checked()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="保存并应用到现有工单").click()
    page.wait_for_url("**/admin/tickets/slapolicy/")

    page.locator("#result_list").get_by_role("link", name=f"紧急{size}").click()
    expect(page.get_by_label("第 2 级的进度")).to_have_value("80")
    photograph("sla-4-again")
    fits(page)
    found = admin.get(live_system.url("/api/sla/policies")).json()["list"]
    (made,) = [policy for policy in found if policy["name"] == f"紧急{size}"]
    applied = live_system.url(f"/api/sla/policies/{made['id']}/applications")
    live_system.until(lambda: admin.get(applied).json()["list"][0]["moved"] == 2)
