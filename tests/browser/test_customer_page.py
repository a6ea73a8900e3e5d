"""A colleague opens a customer, adds a tag, notes a follow-up with its next date, reads the timeline."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.live import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
FOLLOW_UPS = 22


@pytest.fixture
def customer(live_system, size):
    """A customer of 李四's with more history than one page shows."""
    lisi = live_system.as_user("lisi")
    group = live_system.as_user("admin").post(
        live_system.url("/api/v1/tag-groups"), json={"name": f"等级{size}"}
    )
    assert group.status_code == 201, group.text
    tag = live_system.as_user("admin").post(
        live_system.url("/api/v1/tags"),
        json={"name": f"重点{size}", "group_id": group.json()["id"]},
    )
    assert tag.status_code == 201, tag.text
    made = lisi.post(
        live_system.url("/api/v1/customers"),
        json={"name": f"赵六{size}", "company": "<b>某某</b>公司"},
    )
    assert made.status_code == 201, made.text
    address = live_system.url(f"/api/v1/customers/{made.json()['id']}/follow-ups")
    for number in range(FOLLOW_UPS):
        assert lisi.post(address, json={"content": f"第 {number} 次联系"}).status_code == 201
    return made.json()["id"]


def fits(page):
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_day_with_a_customer(page, size, customer, photograph):
    address = f"/admin/customers/customer/{customer}/change/"
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("用户名").fill("lisi")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**{address}")
    expect(page.get_by_text("<b>某某</b>公司").first).to_be_visible()

    page.get_by_role("button", name="加标签").click()
    page.get_by_label(f"重点{size}").check()
    photograph("customer-1-tag")
    page.get_by_role("button", name="添加所选").click()
    expect(page.get_by_role("list", name="标签").get_by_text(f"重点{size}")).to_be_visible()

    page.get_by_role("button", name="写跟进").click()
    page.get_by_label("方式").select_option(label="电话")
    page.get_by_label("内容").fill("约好明天演示")
    tomorrow = timezone.localtime() + timedelta(days=1)
    page.get_by_label("下次联系").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="保存跟进").click()
    expect(page.get_by_text("跟进已记录")).to_be_visible()
    timeline = page.locator("[data-timeline]")
    expect(timeline.locator(".cust-entry").first).to_contain_text("约好明天演示")
    fits(page)
    photograph("customer-2-page")

    expect(timeline.get_by_text("第 0 次联系")).to_have_count(0)
    page.get_by_role("link", name="加载更多").click()
    expect(timeline.get_by_text("第 0 次联系", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="加载更多")).to_have_count(0)
    # The customer's making, the tag, and each follow-up: all of them, none twice.
    expect(timeline.locator(".cust-entry")).to_have_count(FOLLOW_UPS + 3)
    page.get_by_label("类型").select_option(label="动态")
    expect(timeline.locator(".cust-entry")).to_have_count(2)
    photograph("customer-3-history")
