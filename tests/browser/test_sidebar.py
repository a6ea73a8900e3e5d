"""A member opens the sidebar beside a customer's chat in WeCom: signed in, the customer recognised, acts."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.embedded_only]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def contact(live_system):
    """A customer of the demo corporation whom 李四 has just made a friend, as the system knows them."""
    url = live_system.url("/sandbox/api/contacts")
    done = live_system.http.post(
        url, json={"act": "customer_adds", "userid": "lisi", "name": "侧边栏客户"}, timeout=30
    ).json()
    external_userid = done["external_userid"]
    client = live_system.as_user("admin")

    def known():
        data = live_system.url(f"/api/wechat/sidebar-data?external_userid={external_userid}")
        return client.get(data).status_code == 200

    live_system.until(known, seconds=60)
    return external_userid


def beside_the_chat(page, external_userid):
    """The page as WeCom shows it: in a frame that says whose chat is open."""
    name = f"sandbox:userid=lisi&external_userid={external_userid}&entry=single_chat_tools"
    page.goto("/healthz")
    page.set_viewport_size(PHONE)
    page.evaluate(
        """([name]) => {
          document.body.style.margin = "0";
          const frame = document.createElement("iframe");
          Object.assign(frame, { name, src: "/sidebar/" });
          frame.style = "border:0;width:100vw;height:100vh";
          document.body.replaceChildren(frame);
        }""",
        [name],
    )
    return page.frame_locator("iframe")


def test_a_member_works_beside_the_chat(live_system, page, contact, photograph):
    side = beside_the_chat(page, contact)
    # Signed in by WeCom, both signatures checked by the platform's stand-in.
    expect(side.get_by_role("heading", name="侧边栏客户")).to_be_visible(timeout=60_000)
    expect(side.get_by_text("还没有跟进")).to_be_visible()
    photograph("sidebar-customer")

    side.get_by_role("button", name="写跟进").click()
    side.get_by_label("跟进内容").fill("电话沟通，下周签约")
    photograph("sidebar-follow-up")
    side.get_by_role("button", name="保存").click()
    expect(side.get_by_text("跟进已记录")).to_be_visible()
    expect(side.get_by_text("电话沟通，下周签约")).to_be_visible()

    side.get_by_role("button", name="建工单").click()
    side.get_by_role("button", name="创建").click()
    expect(side.get_by_role("alert")).to_have_text("请填写标题")
    side.get_by_label("标题").fill("服务器连不上")
    side.get_by_label("优先级").select_option("urgent")
    side.get_by_role("button", name="创建").click()
    expect(side.get_by_role("link", name="服务器连不上")).to_be_visible()
    photograph("sidebar-ticket")


def test_outside_a_chat_it_says_where_to_open_it(page, photograph):
    page.set_viewport_size(PHONE)
    page.goto("/sidebar/")
    page.get_by_role("link", name="李四").click()
    expect(page.get_by_text("再从聊天工具栏进入侧边栏")).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    photograph("sidebar-outside")
