"""A segment put together in the browser: rows, a live number, and the same again when reopened."""

import pytest
from playwright.sync_api import expect

from tests.live import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


def fits(page):
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_segment_is_put_together_by_rows(page, size, live_system, photograph):
    admin = live_system.as_user("admin")
    tag = admin.post(live_system.url("/api/v1/tags"), json={"name": f"分群{size}"}).json()
    made = admin.post(
        live_system.url("/api/v1/customers"), json={"name": f"孙七{size}", "city": f"深圳{size}"}
    ).json()
    address = "/admin/customers/segment/add/"
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**{address}")
    expect(page.get_by_text("没有条件：所有客户")).to_be_visible()
    page.locator("#id_name").fill(f"深圳客户{size}")

    page.get_by_role("button", name="＋ 添加条件", exact=True).click()
    row = page.locator(".conditions-row").first
    row.get_by_label("字段").select_option("city")
    expect(page.locator(".conditions-found[data-wrong]")).to_be_visible()
    row.get_by_label("值").fill(f"深圳{size}")
    expect(page.locator(".conditions-found strong")).to_have_text("1")
    expect(page.get_by_text(f"例如：孙七{size}")).to_be_visible()

    page.get_by_role("button", name="＋ 添加条件组").click()
    inner = page.locator(".conditions-group .conditions-group")
    inner.get_by_label("条件之间的关系").select_option("none")
    inner.get_by_label("字段").select_option("tags")
    inner.get_by_label("值").select_option(str(tag["id"]))
    inner.get_by_role("button", name="＋ 添加条件", exact=True).click()
    last = inner.locator(".conditions-row").last
    last.get_by_label("字段").select_option("activity.count")
    last.get_by_label("运算").select_option("gte")
    last.get_by_label("值").fill("3")
    expect(page.locator(".conditions-found strong")).to_have_text("1")
    photograph("segment-1-editor")
    fits(page)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/admin/customers/segment/")

    page.locator("#result_list").get_by_role("link", name=f"深圳客户{size}").click()
    expect(page.locator(".conditions-row")).to_have_count(3)
    expect(page.locator(".conditions-chips")).to_contain_text(f"分群{size}")
    expect(page.locator(".conditions-found strong")).to_have_text("1")
    photograph("segment-2-again")
    fits(page)

    found = admin.get(live_system.url("/api/v1/segments?ordering=-created_at")).json()["list"][0]
    url = live_system.url(f"/api/v1/segments/{found['id']}/customers")
    assert [row["id"] for row in admin.get(url).json()["list"]] == [made["id"]]

    page.goto("/admin/messaging/messagebatch/add/")
    page.locator("#id_segment").select_option(str(found["id"]))
    expect(page.get_by_text("现在有 1 位客户")).to_be_visible()
    photograph("segment-3-batch")
    page.goto("/admin/customers/tagrule/add/")
    expect(page.get_by_text("没有条件：所有客户")).to_be_visible()
    photograph("segment-4-rule")
    fits(page)
