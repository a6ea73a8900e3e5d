"""An administrator's first page, an act on many tickets, and the history; at a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.live import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


def fits(page):
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def tickets(live_system, size):
    made = []
    for number in (1, 2):
        answer = live_system.as_user("admin").post(
            live_system.url("/api/tickets"),
            json={"description": f"打印机卡纸 {size} {number}", "customer_name": f"孙八{size}"},
        )
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
    return made


def test_an_operator_looks_around_and_asks_before_acting(page, size, tickets, photograph):
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/admin/")
    expect(page.get_by_role("heading", name="今日消息")).to_be_visible()
    expect(page.get_by_role("heading", name="工单", exact=True)).to_be_visible()
    fits(page)
    photograph("operators-1-first-page")
    page.evaluate("localStorage.setItem('adminTheme', JSON.stringify('dark'))")
    page.reload()
    expect(page.get_by_role("heading", name="今日消息")).to_be_visible()
    photograph("operators-2-first-page-dark")
    page.evaluate("localStorage.setItem('adminTheme', JSON.stringify('light'))")

    page.goto("/admin/tickets/ticket/?q=打印机卡纸")
    for number in tickets:
        page.locator(f"input[name=_selected_action][value='{number}']").check()
    page.locator("select[name=action]").first.select_option("resolve_selected")
    page.locator("#changelist-form button[name=index]").first.click()
    expect(page.get_by_text("标记为已解决：2 个工单")).to_be_visible()
    fits(page)
    photograph("operators-3-question")
    page.get_by_role("button", name="确认标记为已解决").click()
    expect(page.get_by_text("2 个工单已标记为已解决")).to_be_visible()

    page.goto("/admin/admin/logentry/")
    expect(page.get_by_text("批量操作：标记为已解决").first).to_be_visible()
    fits(page)
    photograph("operators-4-history")


@pytest.mark.parametrize(
    "place",
    [
        "wechat/contactway/add",
        "wechat/welcome",
        "customers/mergecase",
        "tickets/intentmodel",
        "tickets/knowledgearticle",
        "tickets/knowledgearticle/add",
        "customers/user",
        "config/apikey/add",
    ],
)
def test_pages_fit_the_screen(page, size, place, photograph):
    page.goto(f"/admin/login/?next=/admin/{place}/")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**/admin/{place}/")
    photograph(f"operators-{place.replace('/', '-')}")
    fits(page)
