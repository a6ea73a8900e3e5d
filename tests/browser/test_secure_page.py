"""The customer's page: what happens is seen, answered, rated, and reopened when it was none."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_submit import fits
from tests.tickets.customer_side.conftest import png

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]


@pytest.fixture
def desk(live_system, size):
    """A ticket as 李四 has it."""

    class Desk:
        def __init__(self):
            self.session = live_system.as_user("admin")
            made = self.session.post(
                live_system.url("/api/tickets"),
                json={
                    "description": "服务器无法连接",
                    "customer_name": f"赵六{size}",
                    "phone": "13900000006" if size == "phone" else "13900000007",
                },
            )
            assert made.status_code == 201, made.text
            self.number = made.json()["id"]
            self.post("assign", {"assignee": "lisi"})

        def post(self, act, body=None):
            answer = self.session.post(
                live_system.url(f"/api/tickets/{self.number}/{act}"), json=body or {}
            )
            assert answer.status_code < 300, answer.text
            return answer.json()

    return Desk()


def test_a_customer_follows_their_ticket_to_the_end(page, desk, photograph):
    said = []
    page.on("console", lambda message: said.append(message.text))
    link = desk.post("secure-link")["url"]
    page.goto(link)
    expect(page.locator(".c-status")).to_have_text("已分配")
    fits(page)
    photograph("secure-1-assigned")

    desk.post("reply", {"content": "您好，我们正在检查，请提供服务器的 IP 地址。"})
    desk.post("wait", {"reason": "等待 IP 地址"})
    page.reload()
    expect(page.locator(".c-status")).to_have_text("等待您回复")
    photograph("secure-2-waiting")
    page.get_by_role("link", name="去回复").click()
    page.get_by_label("请补充信息").fill("10.1.2.3")
    page.locator("#pictures").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": png(77)}
    )
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("已发送", exact=True)).to_be_visible()
    expect(page.locator(".c-say-mine .c-picture img")).to_have_count(1)
    expect(page.locator(".c-status")).to_have_text("已分配")
    fits(page)
    photograph("secure-3-answered")

    desk.post("transition", {"status": "resolved", "reason": "网络配置错误，已修复"})
    page.goto(link)
    expect(page.get_by_role("heading", name="这次服务怎么样？")).to_be_visible()
    photograph("secure-4-resolved")
    page.locator("label[for=star-5]").click()
    page.get_by_label("评语").fill("很快！")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("heading", name="感谢您的评价")).to_be_visible()
    fits(page)
    photograph("secure-5-rated")

    page.get_by_text("问题没有解决").click()
    page.get_by_label("哪里没有解决").fill("又断了")
    page.get_by_role("button", name="重新打开工单").click()
    expect(page.locator(".c-status")).to_have_text("处理中")
    expect(page.get_by_text("又断了")).to_be_visible()
    photograph("secure-6-reopened")

    desk.post("secure-link/revoke")
    page.goto(link)
    expect(page.get_by_role("heading", name="链接无效或已过期")).to_be_visible()
    fits(page)
    photograph("secure-7-gone")
    assert [text for text in said if "status of 404" not in text] == []
