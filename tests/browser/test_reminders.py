"""An administrator has overdue tickets chased now, and reads what came of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.test_customer_page import fits
from tests.live import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
ADDRESS = "/admin/tickets/ticketreminder/"


def test_overdue_tickets_are_chased_by_a_button(page, size, live_system, photograph):
    admin = live_system.as_user("admin")
    soon = timezone.now() + timedelta(seconds=2)
    made = admin.post(
        live_system.url("/api/tickets"),
        json={
            "description": f"打印机卡纸{size}",
            "customer_name": f"钱七{size}",
            "deadline": soon.isoformat(),
        },
    ).json()
    ticket = live_system.url(f"/api/tickets/{made['id']}")
    live_system.until(lambda: admin.get(ticket).json()["overdue"])

    page.goto(f"/admin/login/?next={ADDRESS}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**{ADDRESS}")
    page.get_by_role("button", name="立即检查超时工单").click()
    expect(page.get_by_text("个工单超时，本次催促了")).to_be_visible()
    expect(page.get_by_role("link", name=f"#{made['id']} 打印机卡纸{size}")).to_be_visible()
    fits(page)
    photograph("reminders")
