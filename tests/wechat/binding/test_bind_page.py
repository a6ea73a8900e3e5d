"""`/bind/`: a signed link, a phone, a code; nothing else says who somebody is."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from config.events.models import OutboxEntry
from customers.models import Customer, CustomerChannel, CustomerIdentifier
from messaging.models import ChannelType, Message, MessageTemplate
from messaging.phone_codes.actions import code_request
from tests.factories import CustomerFactory, SmsAccountFactory, TicketFactory
from tickets.assistant.bind_links import bind_link
from wechat.binding.links import Place, bind_url, opened, token_of
from wechat.models import OfficialFollower
from wechat.official import oauth

pytestmark = pytest.mark.django_db
PHONE = "+8613900001111"
OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"


@pytest.fixture(autouse=True)
def sms():
    MessageTemplate.objects.filter(code="phone_code").delete()
    MessageTemplate.objects.create(
        code="phone_code",
        name="短信验证码",
        channel=ChannelType.SMS,
        body="您的验证码是 {{code}}，{{minutes}} 分钟内有效。",
        options={
            "template_code": "SMS_100000009",
            "template_params": {"code": "{{code}}"},
            "template_type": "code",
        },
    )
    return SmsAccountFactory()


@pytest.fixture
def url():
    return "/" + bind_url(OPENID).split("/", 3)[3]


@pytest.fixture
def follower():
    customer = CustomerFactory(
        name="公众号客户 1", phone="", channel=CustomerChannel.OFFICIAL_ACCOUNT
    )
    CustomerIdentifier.objects.create(customer=customer, channel="WECHAT", address=OPENID)
    OfficialFollower.objects.create(openid=OPENID, customer=customer)
    return customer


def ask(client: Client, url: str, phone: str = "13900001111") -> str:
    answer = client.post(
        url, {"act": "code", "phone": phone}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200, answer.content
    return str(Message.objects.latest("pk").variables["code"])


def bind(client: Client, url: str, code: str, phone: str = "13900001111"):
    return client.post(url, {"act": "bind", "phone": phone, "code": code})


def test_a_link_says_who_and_for_how_long():
    token = token_of(Place("official_account", OPENID))
    assert opened(token) == Place("official_account", OPENID)
    assert opened(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert opened("") is None
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert opened(token) is None
    for entry in ("official_account", "wecom_app", "kf"):
        assert "/bind/?t=" in bind_link(entry, "somebody")


@pytest.mark.parametrize("query", ["", "?t=", "?t=x", "?t=\x00", "?t=" + "a" * 3000])
def test_without_a_good_link_there_is_no_page(client, query):
    for answer in (client.get(f"/bind/{query}"), client.post(f"/bind/{query}")):
        assert answer.status_code == 404
        assert "链接已失效" in answer.content.decode()


def test_a_follower_binds_and_becomes_who_we_knew(client, url, follower):
    owner = CustomerFactory(phone=PHONE, name="张三")
    ticket = TicketFactory(customer=follower)
    assert "绑定手机号" in client.get(url).content.decode()
    done = bind(client, url, ask(client, url))
    assert done.status_code == 303
    page = client.get(done["Location"]).content.decode()
    assert "绑定成功" in page
    assert "139****1111" in page
    assert "+8613900001111" not in page
    ticket.refresh_from_db()
    assert ticket.customer == owner
    assert OfficialFollower.objects.get().customer == owner
    assert owner.identifiers.get(channel="WECHAT").address == OPENID
    news = OutboxEntry.objects.get(name="customer.bound").payload["data"]
    assert news["customer_id"] == owner.pk
    assert news["was_customer_id"] == follower.pk
    assert (news["entry"], news["address"]) == ("official_account", OPENID)


def test_who_never_wrote_to_us_becomes_a_customer_by_binding(client, url):
    bind(client, url, ask(client, url))
    customer = Customer.objects.get()
    assert customer.phone == PHONE
    assert customer.identifiers.get().address == OPENID


def test_the_words_do_not_tell_whether_anybody_has_the_number(client, url, follower):
    CustomerFactory(phone=PHONE)
    pages = []
    for phone in ("13900001111", "13900002222"):
        answer = client.post(
            url, {"act": "code", "phone": phone}, headers={"Accept": "application/json"}
        )
        wrong = bind(client, url, "000000", phone)
        words = wrong.content.decode().replace(phone, "")
        pages.append((answer.json(), wrong.status_code, re.sub(r'value="[^"]*"', "", words)))
    assert pages[0] == pages[1]
    assert follower.events.count() == 0


def test_a_wrong_code_binds_nothing_and_five_burn_it(client, url, follower):
    code = ask(client, url)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        refused = bind(client, url, wrong)
        assert refused.status_code == 400
        assert "验证码不正确或已失效" in refused.content.decode()
    assert bind(client, url, code).status_code == 400
    follower.refresh_from_db()
    assert follower.phone == ""


def test_codes_are_sent_as_often_as_is_allowed(client, url, follower):
    ask(client, url)
    again = client.post(
        url, {"act": "code", "phone": "13900001111"}, headers={"Accept": "application/json"}
    )
    assert again.status_code == 429
    assert int(again["Retry-After"]) > 0


def test_a_code_for_something_else_does_not_bind(client, url, follower):
    code_request(phone=PHONE, purpose="chat", address="203.0.113.7")
    code = str(Message.objects.latest("pk").variables["code"])
    assert bind(client, url, code).status_code == 400


def test_who_is_bound_sees_so(client, url, follower):
    Customer.objects.filter(pk=follower.pk).update(phone=PHONE)
    page = client.get(url).content.decode()
    assert "您已绑定手机号" in page
    assert "139****1111" in page


def test_another_number_is_refused_in_words(client, url, follower):
    code = ask(client, url)
    Customer.objects.filter(pk=follower.pk).update(phone="+8613800000000")
    refused = bind(client, url, code)
    assert refused.status_code == 409
    assert "更换请联系客服" in refused.content.decode()


@pytest.mark.parametrize("words", ["", "\x00", "x" * 5000, "\U0001f600" * 90, "<b>", "٣" * 20])
@pytest.mark.parametrize("act", ["bind", "code", "\x00"])
def test_odd_words_are_refused_never_an_error(client, url, words, act):
    for accept in ("application/json", "text/html"):
        answer = client.post(
            url, {"act": act, "phone": words, "code": words}, headers={"Accept": accept}
        )
        assert 400 <= answer.status_code < 500


def test_the_form_wants_its_token(url):
    client = Client(enforce_csrf_checks=True)
    assert client.post(url, {"act": "code", "phone": "13900001111"}).status_code == 403


def test_the_page_is_kept_by_nobody(client, url):
    page = client.get(url)
    assert page["Cache-Control"] == "no-store, private"
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_whoever_wechat_says_they_are_needs_no_link(client, follower):
    proven(client, OPENID)
    assert "绑定手机号" in client.get("/bind/").content.decode()
    done = bind(client, "/bind/", ask(client, "/bind/"))
    assert "绑定成功" in client.get(done["Location"]).content.decode()
    assert Customer.objects.get(phone=PHONE) == follower


def test_a_link_that_was_passed_on_opens_for_nobody_else(client, url, follower):
    proven(client, OPENID[:-1] + "2")
    assert client.get(url).status_code == 404
    proven(client, OPENID)
    assert client.get(url).status_code == 200


def proven(client: Client, openid: str) -> None:
    """As this browser comes back from WeChat."""
    client.cookies[oauth.COOKIE] = signing.dumps(openid, salt="wechat.openid")
