"""`manage.py doctor`: each step of docs/wecom-setup.md, asked of the platform over HTTP."""

import pytest
from django.core.cache import cache

from config.diagnosis import Level
from customers.models import User
from tests.factories import UserFactory
from wechat.callbacks import storing
from wechat.client import tokens
from wechat.client.wecom import App
from wechat.diagnosis import (
    app,
    asking,
    contacts,
    customer_service,
    official,
    receiving,
    robot,
    sidebar,
)
from wechat.models import CallbackSource, ContactWay, KfAccount, SyncKind, SyncRun, SyncStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_tokens():
    cache.clear()
    tokens.forget_own()


def said(check):
    return [(finding.level, finding.sentence) for finding in check()]


def words(check):
    return "\n".join(finding.sentence for finding in check())


def test_a_whole_app_is_well(platform):
    level, sentence = said(app.wecom)[1]
    assert level is Level.GOOD
    assert "凭证有效" in sentence


def test_what_is_missing_is_named_with_its_step(settings):
    settings.WECOM_CORP_SECRET = settings.WECOM_TOKEN = ""
    assert said(app.wecom)[1] == (
        Level.ODD,
        "第 1 步：企业微信应用未配置完整，缺少 WECOM_CORP_SECRET、WECOM_TOKEN；应用消息与回调不可用",
    )
    for check in (contacts.contacts, sidebar.sidebar, customer_service.customer_service):
        assert said(check) == []


def test_a_wrong_secret_is_said_with_the_platforms_code(platform, settings, monkeypatch):
    other = App(settings.WECOM_CORP_ID, "not-the-secret", settings.WECOM_AGENT_ID)
    monkeypatch.setattr(asking, "configured_app", lambda: other)
    assert said(app.wecom)[1] == (
        Level.WRONG,
        "第 1 步：企业微信应用：企业微信 Secret 不正确，请检查 WECOM_CORP_SECRET（40001）",
    )


def test_a_platform_that_is_out_of_reach_is_no_fault_of_the_settings(settings):
    settings.WECOM_API_BASE = "http://127.0.0.1:9"
    level, sentence = said(app.wecom)[1]
    assert (level, "连不上 http://127.0.0.1:9" in sentence) == (Level.ODD, True)


def test_nobody_with_a_wecom_account_is_odd():
    User.objects.update(wecom_user_id=None)
    assert said(app.colleagues)[0][0] is Level.ODD
    UserFactory(role="staff", wecom_user_id="lisi")
    assert said(app.colleagues)[0] == (Level.GOOD, "第 5 步：1 位同事登记了企业微信账号")


def test_our_addresses_are_called_as_the_platform_calls_them(platform, settings):
    settings.APP_DOMAIN = platform.url
    found = said(receiving.receiving)
    assert [level for level, _ in found] == [Level.GOOD, Level.ODD] * 3
    assert found[0][1] == (
        f"第 1 步：企业微信应用的回调地址 {platform.url}/api/wechat/work-message 可用"
    )
    assert "还没有来过回调" in found[1][1]


def test_a_callback_that_came_is_told(platform, settings):
    settings.APP_DOMAIN = platform.url
    storing.store(CallbackSource.AIBOT, "m1", {"msgid": "m1", "msgtype": "text"})
    assert "智能机器人最近一次回调：" in words(receiving.receiving)


def test_a_server_that_runs_with_other_keys_is_found(platform, settings, monkeypatch):
    settings.APP_DOMAIN = platform.url
    ours = receiving.crypto.app_keys()

    def others():
        return receiving.CallbackKeys("another", ours.encoding_aes_key, ours.receive_id)

    address = receiving.ADDRESSES[0]
    monkeypatch.setattr(
        receiving,
        "ADDRESSES",
        (receiving.Address(1, address.name, address.path, address.source, app.SETTINGS, others),),
    )
    level, sentence = said(receiving.receiving)[0]
    assert (level, "另一套 Token" in sentence) == (Level.WRONG, True)


def test_an_address_where_nobody_listens_is_odd(settings):
    settings.APP_DOMAIN = "http://127.0.0.1:9"
    level, sentence = said(receiving.receiving)[0]
    assert (level, "从本机连不上" in sentence) == (Level.ODD, True)


def test_a_proxy_that_answers_in_our_place_is_wrong(platform, settings):
    settings.APP_DOMAIN = f"{platform.url}/nowhere"
    level, sentence = said(receiving.receiving)[0]
    assert (level, "HTTP 404" in sentence) == (Level.WRONG, True)


def test_the_robots_are_looked_at(settings):
    settings.AIBOT_TOKEN = ""
    settings.GROUP_WEBHOOK_URL = "https://elsewhere.example/hook"
    assert [level for level, _ in said(robot.robots)] == [Level.ODD, Level.WRONG]


def test_an_app_that_may_not_read_customers_is_told_where_to_allow_it(platform, client):
    fault = {"channel": "CONTACT", "mode": "errcode", "errcode": 48002}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    assert said(contacts.contacts) == [
        (Level.WRONG, "第 4 步：客户联系：应用没有调用此接口的权限（48002）")
    ]


def test_customers_can_be_read_and_were(platform):
    assert "还没有读取过客户" in words(contacts.contacts)
    SyncRun.objects.create(
        kind=SyncKind.RECONCILE, status=SyncStatus.FINISHED, finished_at="2026-11-20T02:40:00+08:00"
    )
    ContactWay.objects.create(name="官网", state="web", error="成员没有客户联系权限")
    found = said(contacts.contacts)
    assert [level for level, _ in found] == [Level.GOOD, Level.GOOD, Level.ODD]
    assert found[1][1] == "最近一次读取客户：11-20 02:40"


def test_the_sidebars_tickets_and_domain(platform, settings):
    settings.APP_DOMAIN = platform.url
    assert said(sidebar.sidebar) == [
        (Level.GOOD, f"第 8 步：侧边栏可用，可信域名 {platform.url.removeprefix('http://')}")
    ]


def test_customer_service_names_what_could_not_be_read(platform):
    assert said(customer_service.customer_service)[0][0] is Level.GOOD
    KfAccount.objects.create(open_kfid="wkX", name="售后", error="API 开关未打开（95017）")
    assert said(customer_service.customer_service)[-1] == (
        Level.WRONG,
        "第 9 步：微信客服「售后」读取消息失败：API 开关未打开（95017）",
    )


def test_the_official_accounts_credentials_and_menu(platform, settings):
    assert said(official.official)[0] == (
        Level.GOOD,
        "第 6 步：公众号凭证有效，服务器地址在白名单内",
    )
    assert "第 7 步" in said(official.official)[1][1]
    settings.MP_TOKEN = ""
    assert said(official.official) == [
        (Level.ODD, "第 6 步：公众号未配置完整，缺少 MP_TOKEN；公众号消息与回执不可用")
    ]
