"""What we ask the Official Account's platform for: the menu, QR codes, who somebody is, a login."""

from datetime import timedelta
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from config.errors import InvalidInputError
from config.events.models import OutboxEntry
from config.runtime import store
from customers.models import Customer
from customers.visitors.cookie import visitor_of
from tests.wechat.official.conftest import OPENID, fields, tell
from wechat.models import OfficialFollower, OfficialQrCode
from wechat.official import codes, granted, menu, oauth, profiles
from wechat.simulator.models import Follower, Menu, OfficialLogin

pytestmark = pytest.mark.django_db(transaction=True)

ZHANGSAN = "oDemoZhangsan000000000000001"


# --- The menu -------------------------------------------------------------------------------------


def test_the_menu_is_published_once_and_again_only_when_it_differs(platform, settings):
    out = StringIO()
    call_command("publish_menu", stdout=out)
    assert "菜单已发布" in out.getvalue()
    standing = Menu.objects.get()
    assert [one["name"] for one in standing.buttons] == ["我的服务", "人工客服", "网页会话"]
    keys = [one["key"] for one in standing.buttons[0]["sub_button"]]
    assert keys == ["progress", "submit", "bind"]
    page = standing.buttons[2]["url"]
    assert page == f"{settings.APP_DOMAIN}/wechat/oauth/start?next=%2Fchat%2F"
    call_command("publish_menu", stdout=out)
    assert "已是最新" in out.getvalue()
    assert Menu.objects.get().pk == standing.pk
    button = {"type": "click", "name": "人工", "key": "human"}
    store.change(key="wechat.menu", value={"button": [button]}, actor=None)
    store.forget_snapshot()
    assert menu.publish_and_remember() == "菜单已发布"
    assert Menu.objects.get().buttons == [button]


def test_a_menu_that_the_platform_would_refuse_is_refused_here(db):
    leaf = {"type": "click", "name": "一", "key": "k"}
    for wrong, attr in (
        ([leaf] * 4, "value.button"),
        ([{"name": "二", "sub_button": [leaf] * 6}], "value.button.0.sub_button"),
        ([{**leaf, "name": "六个汉字的名"}], "value.button.0.name"),
        ([{"type": "view", "name": "三"}], "value.button.0.url"),
        ([{"type": "click", "name": "四", "url": "/chat/"}], "value.button.0.key"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            store.change(key="wechat.menu", value={"button": wrong}, actor=None)
        assert str(refused.value.attr).startswith(attr.rpartition(".")[0])


def test_a_refusal_of_the_platform_is_said(platform, client):
    fault = {"channel": "WECHAT", "mode": "errcode", "errcode": 48001}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    with pytest.raises(CommandError, match="48001"):
        call_command("publish_menu")
    assert "发布失败" in menu.publish_and_remember()
    assert not Menu.objects.exists()


def test_the_admin_publishes_by_a_task_and_lists_followers(
    platform, client, admin, run_outbox, django_assert_max_num_queries
):
    for number in range(12):
        tell({**fields("subscribe", EventKey=""), "FromUserName": f"oNumber{number:022}"})
    OutboxEntry.objects.all().delete()
    admin.is_superuser = admin.is_staff = True
    admin.save()
    client.force_login(admin)
    with django_assert_max_num_queries(20):
        page = client.get("/admin/wechat/officialfollower/")
    assert page.status_code == 200
    assert "公众号客户 000011" in page.content.decode()
    pk = OfficialFollower.objects.latest("id").pk
    assert client.get(f"/admin/wechat/officialfollower/{pk}/change/").status_code == 200
    publish = reverse("admin:wechat_officialfollower_publish_menu")
    assert "确认发布菜单" in client.get(publish).content.decode()
    run_outbox()
    assert not Menu.objects.exists()
    assert client.post(publish).status_code == 302
    run_outbox()
    assert Menu.objects.exists()


# --- QR codes -------------------------------------------------------------------------------------


def test_a_code_saved_in_the_admin_is_made_shown_and_scanned(platform, client, admin, run_outbox):
    admin.is_superuser = admin.is_staff = True
    admin.save()
    client.force_login(admin)
    form = {"name": "展会", "scene": "fair", "greeting": "您好", "is_active": "on",
            "expires_at_0": "", "expires_at_1": ""}  # fmt: skip
    assert client.get("/admin/wechat/officialqrcode/add/").status_code == 200
    answer = client.post("/admin/wechat/officialqrcode/add/", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    run_outbox()
    code = OfficialQrCode.objects.get()
    assert code.ticket.startswith("gQ")
    assert (code.url.startswith("http://weixin.qq.com/q/"), code.error) == (True, "")
    picture = client.get(codes.picture_of(code))
    assert (picture.status_code, b"fair" in picture.content) == (200, True)
    shown = client.get(f"/admin/wechat/officialqrcode/{code.pk}/change/").content.decode()
    assert "showqrcode?ticket=" in shown
    assert client.get("/admin/wechat/officialqrcode/").status_code == 200
    tell(fields("subscribe", EventKey="qrscene_fair", Ticket=code.ticket))
    assert OfficialFollower.objects.get().qr_code == code


def test_a_code_for_a_while_ends_and_a_refused_one_says_why_and_is_made_later(platform, client):
    soon = timezone.now() + timedelta(days=60)
    code = OfficialQrCode.objects.create(name="短", scene="s", expires_at=soon)
    fault = {"channel": "WECHAT", "mode": "errcode", "errcode": 45029, "count": 1}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    codes.code_make(code.pk)
    code.refresh_from_db()
    assert (code.ticket, "永久二维码" in code.error) == ("", True)
    OfficialQrCode.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    codes.codes_make_lost()
    code.refresh_from_db()
    assert (bool(code.ticket), code.error) == (True, "")
    past = OfficialQrCode.objects.create(name="过", scene="p", expires_at=timezone.now())
    codes.code_make(past.pk)
    past.refresh_from_db()
    assert (past.ticket, past.error) == ("", "已过有效期")


# --- Who somebody is ------------------------------------------------------------------------------


def test_the_unionid_is_asked_for_after_the_follow_and_announced(platform, run_outbox):
    Follower.objects.create(openid=OPENID, unionid="uSomebody")
    tell(fields("subscribe", EventKey=""))
    run_outbox()
    assert OfficialFollower.objects.get().unionid == "uSomebody"
    assert Customer.objects.get().unionid == "uSomebody"


def test_what_the_platform_would_not_say_is_asked_again(platform, client):
    Follower.objects.create(openid=OPENID, unionid="uSomebody")
    tell(fields("subscribe", EventKey=""))
    OutboxEntry.objects.all().delete()
    fault = {"channel": "WECHAT", "mode": "http_500", "count": 1}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    assert profiles.read([OPENID]) == 0
    assert profiles.read_lately() == 1
    assert OfficialFollower.objects.get().unionid == "uSomebody"
    assert profiles.read_lately() == 0


# --- The login of pages in WeChat's browser -------------------------------------------------------


def follow(client, address, **more):
    """Where a browser goes from there."""
    answer = client.get(address, **more)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_a_page_opened_in_wechat_knows_who_looks_at_it(platform, client):
    tell({**fields("subscribe", EventKey=""), "FromUserName": ZHANGSAN})
    there = follow(client, "/wechat/oauth/start?next=/chat/")
    assert parse_qs(urlsplit(there).query)["scope"] == ["snsapi_base"]
    phone = f"http://testserver/sandbox/phone?openid={ZHANGSAN}"
    back = follow(client, there, headers={"referer": phone})
    assert follow(client, back) == "/chat/"
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    assert visitor_of(cookies) == Customer.objects.get()
    assert "HttpOnly" in str(client.cookies[oauth.COOKIE])
    assert client.get("/chat/").status_code == 200
    again = client.get(back)
    assert again.status_code == 400, "a code is good once"


def test_somebody_who_never_followed_is_met_by_the_login(platform, client):
    there = follow(client, "/wechat/oauth/start?next=/chat/")
    chosen = client.get(there)
    assert "以谁的微信打开" in chosen.content.decode()
    back = follow(client, f"{there.partition('#')[0]}&openid={OPENID}")
    follow(client, back)
    assert Customer.objects.get().name == "公众号客户 000001"
    assert not OfficialFollower.objects.exists()


@pytest.mark.parametrize(
    "page", ["https://evil.cn/", "//evil.cn", "/\\evil.cn", "javascript:alert(1)", "", "x"]
)
def test_the_login_leads_to_our_own_pages_alone(platform, client, page):
    there = follow(client, "/wechat/oauth/start", query_params={"next": page})
    back = follow(client, f"{there.partition('#')[0]}&openid={OPENID}")
    assert follow(client, back) == "/chat/"


def test_a_login_that_another_browser_began_or_with_a_bad_code_is_refused(platform, client):
    there = follow(client, "/wechat/oauth/start")
    back = follow(client, f"{there.partition('#')[0]}&openid={OPENID}")
    code = OfficialLogin.objects.get().code
    for query in (
        "",
        "code=x",
        f"code={code}",
        f"code={code}&state=other",
        f"code={code}&state=签",
    ):
        assert client.get(f"/wechat/oauth/callback?{query}").status_code == 400
    state = parse_qs(urlsplit(back).query)["state"][0]
    for wrong in ("nobody", "", "x" * 600):
        answer = client.get(f"/wechat/oauth/callback?code={wrong}&state={state}")
        assert answer.status_code == 400
        assert "微信" in answer.content.decode()
    assert "visitor" not in client.cookies
    assert not Customer.objects.exists()


def test_a_platform_that_is_away_is_said_kindly(client, settings):
    settings.MP_API_BASE = "http://127.0.0.1:9"
    there = follow(client, "/wechat/oauth/start")
    state = parse_qs(urlsplit(there).query)["state"][0]
    answer = client.get(f"/wechat/oauth/callback?code=x&state={state}")
    assert (answer.status_code, "稍后再试" in answer.content.decode()) == (400, True)


def log_in(client, openid, scope):
    there = follow(client, "/wechat/oauth/start", query_params={"next": "/chat/", "scope": scope})
    return follow(client, follow(client, f"{there.partition('#')[0]}&openid={openid}"))


def test_who_grants_it_is_known_by_name_picture_and_unionid(platform, client):
    Follower.objects.update_or_create(openid=ZHANGSAN, defaults={"name": "张三丰"})
    tell({**fields("subscribe", EventKey=""), "FromUserName": ZHANGSAN})
    assert log_in(client, ZHANGSAN, "userinfo") == "/chat/"
    customer = Customer.objects.get()
    assert customer.name == "张三丰"
    assert customer.avatar.endswith("/static/site/icon.svg")
    assert OfficialFollower.objects.get().unionid == customer.unionid == "oSandboxUnionZhangsan"


def test_a_name_that_somebody_wrote_here_stays(platform, client):
    tell(fields("subscribe", EventKey=""))
    Customer.objects.update(name="王总", avatar="https://x.cn/a.png")
    log_in(client, OPENID, "userinfo")
    customer = Customer.objects.get()
    assert (customer.name, customer.avatar) == ("王总", "https://x.cn/a.png")


def test_without_the_grant_nothing_more_is_asked(platform, client):
    log_in(client, OPENID, "")
    assert Customer.objects.get().avatar == ""


def test_a_refused_userinfo_costs_nobody_the_login(platform, client, monkeypatch):
    answers = granted.read(access_token="bad", openid=OPENID, seconds=3)
    assert answers == granted.Granted()
    monkeypatch.setattr(granted, "read", lambda **asked: answers)
    assert log_in(client, OPENID, "userinfo") == "/chat/"
    assert Customer.objects.get().name == "公众号客户 000001"
