"""A colleague opens a ticket in the admin, notes something, waits for the customer, adds a file."""

import pytest
from playwright.sync_api import expect

from tests.live import PASSWORD
from tests.tickets.relations.files import PDF

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


@pytest.fixture
def tickets(live_system, size):
    """Two of one customer; 李四 reported the first and so may be named in it."""
    made = []
    for user, title, customer in (
        ("lisi", "服务器无法连接", lambda: {"customer_name": f"钱七{size}"}),
        ("admin", "还是连不上", lambda: {"customer_id": made[0]["customer"]["id"]}),
    ):
        answer = live_system.as_user(user).post(
            live_system.url("/api/tickets"), json={"description": title, **customer()}
        )
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    return [ticket["id"] for ticket in made]


def fits(page):
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_ticket_is_worked_on_in_the_admin(page, size, tickets, photograph):
    first, second = tickets
    address = f"/admin/tickets/ticket/{first}/change/"
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**{address}")

    page.get_by_role("button", name="回复 / 备注").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("内容").fill("@李四 请看一下")
    photograph("ticket-admin-1-note")
    dialog.get_by_role("button", name="写入").click()
    expect(page.get_by_label("关注人", exact=True).get_by_text("李四")).to_be_visible()

    page.get_by_role("button", name="等待客户").click()
    dialog.get_by_label("说明").fill("等截图")
    dialog.get_by_role("button", name="开始等待").click()
    expect(page.get_by_role("button", name="继续处理")).to_be_visible()

    page.get_by_role("button", name="上传").click()
    dialog.locator("input[type=file]").set_input_files(
        files=[{"name": "报告.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    dialog.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="报告.pdf")).to_be_visible()

    page.get_by_role("button", name="关联", exact=True).click()
    dialog.get_by_label("关系").select_option(label="阻塞")
    dialog.get_by_label("工单编号").fill(str(second))
    dialog.get_by_role("button", name="关联").click()
    expect(page.get_by_label("关联工单").get_by_text("还是连不上")).to_be_visible()
    fits(page)
    photograph("ticket-admin-2-page")

    page.get_by_role("button", name="合并到…").click()
    dialog.get_by_label("合并到工单编号").fill(str(second))
    dialog.get_by_role("button", name="合并", exact=True).click()
    expect(page.get_by_text(f"已合并到 #{second}")).to_be_visible()
    photograph("ticket-admin-3-merged")
