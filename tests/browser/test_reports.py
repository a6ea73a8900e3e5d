"""A manager reads the reports, narrows one, takes a table away; on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_batches import enter, fits

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]
REPORTS = {
    "sales": "销售报表",
    "tickets": "工单报表",
    "service": "服务质量报表",
    "messages": "消息报表",
}


@pytest.fixture
def some_work(live_system, size):
    """Tickets of today, one of them solved."""
    desk = live_system.as_user("admin")
    numbers = []
    for priority in ("urgent", "normal", "normal"):
        answer = desk.post(
            live_system.url("/api/tickets"),
            json={
                "description": f"打印机不工作 {size} {priority}",
                "customer_name": f"赵六{size}",
                "priority": priority,
                "product": "打印机",
            },
        )
        assert answer.status_code == 201, answer.text
        numbers.append(answer.json()["id"])
    address = live_system.url(f"/api/tickets/{numbers[0]}/transition")
    assert desk.post(address, json={"status": "resolved", "reason": "已修好"}).status_code == 200


def whole(page, name, size):
    """The page to its end: what is below the first screen is looked at too."""
    from tests.browser.conftest import SHOTS

    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{size}.png", full_page=True)


def test_the_reports_are_read(page, size, some_work):
    enter(page, "/admin/reports/")
    expect(page.get_by_role("link", name="销售报表")).to_be_visible()
    fits(page)
    whole(page, "reports-list", size)
    for name, title in REPORTS.items():
        page.goto(f"/admin/reports/{name}/?period=30d")
        expect(page.get_by_role("link", name=title)).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("table").first).to_be_visible()
        fits(page)
        whole(page, f"report-{name}", size)


def test_a_report_is_narrowed_and_taken_away(page, size, some_work):
    enter(page, "/admin/reports/tickets/")
    page.get_by_label("时间").select_option(label="今天")
    page.wait_for_url("**period=today*")
    page.get_by_role("combobox", name="优先级").select_option(label="紧急")
    page.wait_for_url("**priority=urgent*")
    assert "from=" not in page.url
    row = page.locator('[data-table="by_priority"] tbody tr')
    expect(row).to_have_count(1)
    expect(row.get_by_role("rowheader")).to_have_text("紧急")
    with page.expect_download() as download:
        page.locator('a[href*="table=by_priority"]').get_by_text("XLSX").click()
    assert download.value.suggested_filename.startswith("report-tickets-by_priority-")
    page.get_by_label("从", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("alert")).to_contain_text("一次最多统计 366 天")
    fits(page)
    page.get_by_label("从", exact=True).fill("2020-01-01")
    page.get_by_label("到", exact=True).fill("2020-01-05")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("这段时间没有数据").first).to_be_visible()
    whole(page, "report-tickets-empty", size)


def test_it_is_read_in_the_dark_and_on_paper(page, size, some_work):
    page.emulate_media(color_scheme="dark")
    enter(page, "/admin/reports/tickets/?period=7d")
    page.evaluate("document.documentElement.classList.add('dark')")
    fits(page)
    whole(page, "report-tickets-dark", size)
    page.evaluate("document.documentElement.classList.remove('dark')")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="查看")).to_be_hidden()
    expect(page.get_by_role("table").first).to_be_visible()
    if size == "desktop":
        whole(page, "report-tickets-paper", size)
