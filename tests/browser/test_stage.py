"""The stage: a newcomer plays customer, member and supervisor on one page, at both widths."""

import secrets

import pytest
from playwright.sync_api import FrameLocator, Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    pytest.mark.timeout(400),
]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


def fits(page: Page) -> None:
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def phone_of(page: Page) -> FrameLocator:
    return page.frame_locator("#customer")


def say(phone: FrameLocator | Page, words: str) -> None:
    phone.get_by_label("要说的话").fill(words)
    phone.get_by_role("button", name="发送", exact=True).click()


def test_a_scenario_is_played_for_whoever_does_not_know_how(page, size, photograph):
    page.goto("/sandbox/stage/")
    expect(page.locator("#step")).to_contain_text("1/7 客户")
    page.get_by_role("button", name="替我做").click()
    phone = phone_of(page)
    expect(phone.get_by_text("欢迎关注")).to_be_visible()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="替我做").click()
    expect(phone.locator(".line-mine")).to_contain_text("我的服务器连不上了,很急")
    expect(phone.locator(".line:not(.line-mine)").nth(1)).to_be_visible()
    photograph("stage")
    fits(page)
    for _ in range(2):
        page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="替我做").click()
    supervisor = page.frame_locator("#supervisor")
    expect(supervisor.get_by_label("用户名")).to_be_visible()
    if size == "phone":
        page.get_by_role("button", name="成员", exact=True).click()
    member = page.frame_locator("#member")
    expect(member.get_by_role("heading", name="售后内部群")).to_be_visible()
    photograph("stage-member")
    fits(page)


def test_a_member_gives_out_work_in_the_group(page):
    page.goto("/sandbox/stage/")
    page.get_by_role("combobox", name="剧本").select_option(label="② 成员在群里派单")
    page.get_by_role("button", name="替我做").click()
    card = page.frame_locator("#member").locator(".message", has_text="【新工单提醒】").last
    expect(card).to_be_visible()


def test_somebody_follows_by_a_code_writes_sends_a_picture_and_leaves(page, photograph, tmp_path):
    name = f"来客{secrets.token_hex(2)}"
    page.goto("/sandbox/phone/")
    page.get_by_role("button", name="＋ 新客户").click()
    page.get_by_label("填写").fill(name)
    page.get_by_role("button", name="确定").click()
    expect(page.locator("#who")).to_contain_text(f"{name}（未关注）")
    page.get_by_label("二维码的场景值").fill("expo_2026")
    photograph("phone-profile")
    page.get_by_role("button", name="关注", exact=True).click()
    expect(page.get_by_text("扫码关注：expo_2026")).to_be_visible()
    expect(page.locator('[data-way="passive"]').first).to_be_visible()

    page.get_by_role("button", name="更多").click()
    page.get_by_text("平台设置与故障").click()
    page.get_by_label("加密").select_option("plain")
    page.get_by_label("格式").select_option("json")
    page.get_by_label("下一次回调").select_option("double")
    say(page, "你们几点上班")
    expect(page.locator(".line-mine")).to_have_count(1)
    expect(page.locator(".line:not(.line-mine)")).to_have_count(2)
    photograph("phone-talk")
    fits(page)

    picture = tmp_path / "screen.png"
    picture.write_bytes(PNG)
    page.get_by_label("选择图片").set_input_files(picture)
    expect(page.get_by_role("img", name="客户发的图片")).to_be_attached()
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_text("没有关注这个公众号")).to_be_visible()


def test_the_menu_is_tapped_and_its_page_opened(page, photograph):
    page.goto("/sandbox/phone/?openid=oDemoZhangsan000000000000001")
    page.get_by_role("button", name="我的服务").click()
    page.get_by_role("button", name="进度查询").click()
    expect(page.get_by_text("点击菜单：进度查询").last).to_be_visible()
    expect(page.locator('[data-way="passive"]').last).to_be_visible()
    page.get_by_role("button", name="网页会话").click()
    expect(page.locator("#browser")).to_be_visible()
    photograph("phone-browser")
    fits(page)


def test_somebody_writes_to_customer_service(page, photograph):
    name = f"微客{secrets.token_hex(2)}"
    page.goto("/sandbox/phone/?line=kf")
    expect(page.get_by_role("heading", name="售后客服")).to_be_visible()
    page.get_by_role("button", name="＋ 新客户").click()
    page.get_by_label("填写").fill(name)
    page.get_by_role("button", name="确定").click()
    expect(page.locator("#who")).to_contain_text(name)
    say(page, "你好，有人吗")
    expect(page.locator(".line-mine")).to_contain_text("你好，有人吗")
    photograph("phone-kf")
    fits(page)


def test_what_people_write_never_acts(page):
    page.goto("/sandbox/phone/?openid=oDemoZhangsan000000000000001")
    say(page, '<img src=x onerror=alert(1)> <a href="javascript:alert(1)">点我</a>')
    expect(page.locator(".line-mine").last).to_contain_text("点我")
    assert page.locator(".line-mine img, .line-mine script").count() == 0
    assert page.locator('.talk a[href^="javascript"]').count() == 0


def test_a_member_sees_the_sidebar_beside_a_customers_chat(page, photograph):
    page.goto("/sandbox/beside/")
    expect(page.get_by_role("heading", name="张三")).to_be_visible()
    sidebar = page.frame_locator("#sidebar")
    # The demo has not read WeCom's contacts yet; whoever comes second finds him read.
    unread = sidebar.get_by_role("button", name="从企业微信读取")
    known = sidebar.get_by_role("heading", name="张三")
    expect(unread.or_(known)).to_be_visible(timeout=20_000)
    if unread.is_visible():
        unread.click()
    expect(known).to_be_visible(timeout=20_000)
    photograph("beside")
    fits(page)
    page.get_by_role("button", name="＋ 新客户添加").click()
    name = f"活码{secrets.token_hex(2)}"
    page.get_by_label("姓名").fill(name)
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
