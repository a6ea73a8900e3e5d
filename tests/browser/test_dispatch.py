"""A profile made in the admin, a ticket that finds its way by it, and why; on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_batches import enter, fits

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]

PEOPLE = {"desktop": ("lisi", "李四"), "phone": ("wangwu", "王五")}


def test_a_ticket_goes_to_who_knows_its_product_and_says_why(page, size, photograph, live_system):
    username, name = PEOPLE[size]
    enter(page, "/admin/tickets/agentprofile/")
    page.locator("#result_list").get_by_role("link", name=name).click()
    page.locator("#id_accepts_tickets").check()
    page.locator("#id_working_hours").fill("周一至周日 00:00-24:00\n调休 00:00-24:00")
    page.locator("#id_skills-0-product").fill(f"产品{size}")
    page.locator("#id_skills-0-level").fill("4")
    photograph("dispatch-1-profile")
    fits(page)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/admin/tickets/agentprofile/")
    expect(page.get_by_text(f"产品{size} 4")).to_be_visible()
    photograph("dispatch-2-profiles")
    fits(page)

    body = {"status": "online", "hold_minutes": 60}
    url = live_system.url("/api/agents/me/presence")
    assert live_system.as_user(username).put(url, json=body).json()["presence"] == "online"
    admin = live_system.as_user("admin")
    body = {"customer_name": "张三", "description": "登录不了", "product": f"产品{size}"}
    ticket = admin.post(live_system.url("/api/tickets"), json=body).json()
    address = live_system.url(f"/api/tickets/{ticket['id']}")
    live_system.until(lambda: admin.get(address).json()["assigned_to"] == username, 20)

    page.goto("/admin/tickets/agentpresence/")
    expect(page.get_by_text(name).first).to_be_visible()
    fits(page)
    page.goto("/admin/tickets/dispatchdecision/")
    row = page.locator("#result_list tr").filter(has_text=f"#{ticket['id']} 登录不了")
    expect(row).to_contain_text(f"派给 {name}")
    photograph("dispatch-3-decisions")
    fits(page)
    row.locator("th a, td a").first.click()
    expect(page.locator(".dispatch-chosen")).to_contain_text(f"产品「产品{size}」熟练度 4")
    photograph("dispatch-4-decision")
    fits(page)
