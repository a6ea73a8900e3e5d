"""An administrator looks at the scheduled jobs, starts one, holds it and lets it go on."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_customer_page import fits
from tests.live import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
ADDRESS = "/admin/monitoring/job/"
NAME = "清理：已消费的事件"


def test_a_job_is_started_held_and_resumed(page, size, live_system, photograph):
    admin = live_system.as_user("admin")
    page.goto(f"/admin/login/?next={ADDRESS}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**{ADDRESS}")
    expect(page.get_by_text("会话：到时的提醒、结束与转手")).to_be_visible()
    fits(page)
    photograph("jobs")

    page.get_by_role("link", name=NAME).click()
    page.get_by_role("button", name="立即运行").click()
    page.get_by_role("button", name="确定立即运行").click()
    expect(page.get_by_text("已安排运行")).to_be_visible()
    runs = live_system.url(f"/api/monitor/jobs/{NAME}/runs")
    live_system.until(lambda: any(run["status"] == "ok" for run in admin.get(runs).json()["list"]))

    page.reload()
    page.get_by_role("button", name="暂停").click()
    page.get_by_label("原因").fill("数据库维护")
    photograph("job-pause")
    page.get_by_role("button", name="确定暂停").click()
    expect(page.get_by_text("暂停：数据库维护")).to_be_visible()
    expect(page.get_by_text("手动").first).to_be_visible()
    fits(page)
    photograph("job")

    page.get_by_role("button", name="恢复").click()
    page.get_by_role("button", name="确定恢复").click()
    expect(page.get_by_text("暂停：数据库维护")).to_be_hidden()
