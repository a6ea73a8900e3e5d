"""An operator sends a batch from the admin and watches it, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.live import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
]
ENDS_WITHIN = 90_000


def enter(page, address):
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**{address}")


def fits(page):
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def bar(page):
    return page.get_by_role("progressbar")


def send_pasted(page, recipients):
    """Fills in the form with the app's template and confirms what it says it would do."""
    enter(page, "/admin/messaging/messagebatch/add/")
    page.get_by_label("模板").select_option(label="员工通知 · 企业微信应用（变量：name、content）")
    page.get_by_label("或粘贴接收方").fill("\n".join(recipients))
    page.get_by_label("共用变量").fill("name=同事\ncontent=今晚八点系统维护")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="确认发送").click()
    expect(page.get_by_text("已提交")).to_be_visible()


def test_a_table_is_checked_sent_and_watched_to_its_end(page, size, photograph, tmp_path):
    table = tmp_path / "名单.csv"
    people = [f"staff{number:04d},同事{number}" for number in range(400)]
    wrong = ["unknown01,离职一", "unknown02,离职二", "not a user id,谁"]
    table.write_text("\n".join(["recipient,name", *people, *wrong]), encoding="utf-8")

    enter(page, "/admin/messaging/messagebatch/")
    if size == "phone":
        page.get_by_text("more_horiz").locator("visible=true").click()
    page.get_by_role("link", name="批量发送").locator("visible=true").click()
    page.get_by_label("模板").select_option(label="员工通知 · 企业微信应用（变量：name、content）")
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_label("共用变量").fill("content=今晚八点系统维护")
    photograph("batch-1-form")
    fits(page)
    page.get_by_role("button", name="下一步").click()

    expect(page.get_by_text("同事0，您好：今晚八点系统维护")).to_be_visible()
    expect(page.get_by_text("第 404 行")).to_be_visible()
    photograph("batch-2-check")
    fits(page)
    page.get_by_role("button", name="确认发送 402 条").click()

    expect(bar(page)).to_have_attribute("aria-valuenow", re.compile("."))
    photograph("batch-3-sending")
    opened = page.evaluate("performance.timeOrigin")
    expect(bar(page)).to_have_attribute("aria-valuenow", "100", timeout=ENDS_WITHIN)
    expect(page.locator(".batch-page .batch-state")).to_have_text("已完成")
    expect(page.locator(".batch-figure-sent dd")).to_have_text("400")
    expect(page.locator(".batch-figure-failed dd")).to_have_text("2")
    expect(page.get_by_role("link", name=re.compile("81013.*2 条", re.DOTALL))).to_be_visible()
    expect(page.get_by_text("unknown01")).to_be_visible()
    assert page.evaluate("performance.timeOrigin") == opened, "told by the socket, not by a reload"
    fits(page)
    photograph("batch-4-finished")

    page.get_by_role("link", name=re.compile("81013.*2 条", re.DOTALL)).click()
    expect(page.locator("#result_list tbody tr, #result_list tr.data-row")).to_have_count(2)
    photograph("batch-5-failed-messages")


def test_a_batch_is_held_resumed_and_seen_in_the_list(page, photograph):
    send_pasted(page, [f"many{number:05d}" for number in range(1500)])
    page.get_by_role("button", name="暂停").click()
    photograph("batch-6-question")
    page.get_by_role("button", name="确定").click()
    state = page.locator(".batch-page .batch-state")
    expect(state).to_have_text("已暂停")
    expect(page.get_by_role("button", name="继续")).to_be_visible()
    expect(page.get_by_role("button", name="暂停")).to_be_hidden()
    expect(page.locator(".batch-figure-sending dd")).to_have_text("0", timeout=30_000)
    queued = page.locator(".batch-figure-queued dd").inner_text()
    assert int(queued) > 0
    page.emulate_media(color_scheme="dark")
    photograph("batch-7-paused-dark")
    page.emulate_media(color_scheme="light")
    fits(page)

    page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("已继续发送")).to_be_visible()
    page.goto("/admin/messaging/messagebatch/")
    row = page.locator("[role=progressbar]").first
    photograph("batch-8-list")
    fits(page)
    expect(row).to_have_attribute("aria-valuenow", "100", timeout=ENDS_WITHIN)
    expect(row.locator("xpath=ancestor::tr[1]").locator(".batch-state")).to_have_text("已完成")


def test_a_refused_socket_leaves_the_page_as_the_server_drew_it(page, live_system):
    send_pasted(page, ["lisi"])
    expect(bar(page)).to_have_attribute("aria-valuenow", "100", timeout=ENDS_WITHIN)
    page.route_web_socket("**/ws/batches/*", lambda socket: socket.close(code=4403))
    page.reload()
    expect(page.get_by_text("没有实时更新")).to_be_visible()
    expect(bar(page)).to_have_attribute("aria-valuenow", "100")


def test_a_lost_socket_is_taken_up_again(page):
    tries = []

    def flaky(socket):
        tries.append(socket.url)
        if len(tries) == 1:
            socket.close(code=1011)
        else:
            socket.connect_to_server()

    page.route_web_socket("**/ws/batches/*", flaky)
    send_pasted(page, ["wangwu"])
    expect(bar(page)).to_have_attribute("aria-valuenow", "100", timeout=ENDS_WITHIN)
    expect(page.get_by_text("正在重连")).to_be_hidden()
    assert len(tries) >= 2
