"""The sidebar: its data, its signature checked by the platform's stand-in, and a member's login."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.utils import timezone

from customers.models import CustomerIdentifier, CustomerTag, FollowUp, Project, Tag, User
from messaging.models import ChannelType, Message, MessageTemplate
from tests.factories import CustomerFactory, TicketFactory
from tickets.models import Chat
from wechat.client.blocking import PlatformRefusal
from wechat.models import SyncJob
from wechat.sidebar import tickets
from wechat.sidebar.signatures import signature
from wechat.simulator.models import Token

pytestmark = pytest.mark.django_db(transaction=True)

DATA, SDK = "/api/wechat/sidebar-data", "/api/wechat/js-sdk"
SEND, READ = "/api/wechat/sidebar-send", "/api/wechat/sidebar-read"
PAGE = "http://testserver/sidebar/?a=1"


@pytest.fixture
def customer(lisi):
    return CustomerFactory(
        name="张三", external_userid="wmZhang001", follow_user=lisi, phone="+8613800138000"
    )


class TestData:
    def test_it_shows_what_belongs_to_the_customer(self, api, lisi, customer):
        tag = Tag.objects.create(name="重点")
        CustomerTag.objects.create(customer=customer, tag=tag)
        TicketFactory(customer=customer, title="连不上", status="processing")
        TicketFactory(customer=customer, title="旧的", status="cancelled")
        Project.objects.create(customer=customer, name="一期")
        Chat.objects.create(customer=customer, entry="web", queued_at=timezone.now())
        FollowUp.objects.create(customer=customer, content="电话沟通", author_name="李四")
        answer = api(lisi).get(DATA, {"external_userid": "wmZhang001"}).json()
        assert answer["customer"]["name"] == "张三"
        assert answer["customer"]["owner"] == "李四"
        assert [one["name"] for one in answer["tags"]] == ["重点"]
        assert [one["title"] for one in answer["tickets"]] == ["连不上"]
        assert [one["name"] for one in answer["projects"]] == ["一期"]
        assert len(answer["chats"]) == len(answer["follow_ups"]) == 1
        codes = [one["code"] for one in answer["quick_actions"]]
        assert codes == ["tag", "follow_up", "ticket", "template"]
        assert answer["js_sdk"] is None

    def test_out_of_view_is_as_if_there_were_none(self, api, wangwu, customer):
        seen = api(wangwu).get(DATA, {"external_userid": "wmZhang001"})
        none = api(wangwu).get(DATA, {"external_userid": "wmNobody"})
        assert (seen.status_code, seen.json()) == (404, none.json())

    def test_without_an_id_it_says_which_field_is_missing(self, api, lisi):
        answer = api(lisi).get(DATA)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == "external_userid"

    def test_much_costs_as_little_as_little(
        self, api, lisi, customer, settings_read_once, django_assert_max_num_queries
    ):
        Chat.objects.create(customer=customer, entry="web", queued_at=timezone.now())
        for number in range(8):
            TicketFactory(customer=customer, assignee=lisi, status="processing")
            CustomerTag.objects.create(
                customer=customer, tag=Tag.objects.create(name=f"标签{number}")
            )
        with django_assert_max_num_queries(16):
            assert api(lisi).get(DATA, {"external_userid": "wmZhang001"}).status_code == 200


class TestSignature:
    def test_the_official_example(self):
        made = signature(
            "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
            "Wm3WZYTPz0wzccnW",
            1414587457,
            "http://mp.weixin.qq.com?params=value",
        )
        assert made == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"

    def test_the_platform_takes_both_signatures(self, platform, api, lisi, run_outbox):
        client = api(lisi)
        # No page waits for the platform: the tickets are fetched in the background.
        assert client.get(SDK, {"url": PAGE}).json() == {"js_sdk": None}
        run_outbox()
        signed = client.get(SDK, {"url": f"{PAGE}#part"}).json()["js_sdk"]
        common = {"timestamp": signed["timestamp"], "nonceStr": signed["nonce_str"], "url": PAGE}
        asked = {
            "config": {"appId": signed["corp_id"], "signature": signed["config_signature"]},
            "agentConfig": {
                "corpid": signed["corp_id"],
                "agentid": signed["agent_id"],
                "signature": signed["agent_signature"],
            },
        }
        address = f"{platform.url}/sandbox/api/js-sdk"
        for kind, own in asked.items():
            body = {"kind": kind, **common, **own}
            assert requests.post(address, json=body, timeout=10).json()["errMsg"] == f"{kind}:ok"
            other = {**body, "url": "http://testserver/other"}
            verdict = requests.post(address, json=other, timeout=10).json()["errMsg"]
            assert verdict == f"{kind}:fail invalid signature"
        # The corporation's ticket is not the app's.
        mixed = {"kind": "agentConfig", **common, **asked["agentConfig"]}
        mixed["signature"] = signed["config_signature"]
        assert "fail" in requests.post(address, json=mixed, timeout=10).json()["errMsg"]

    def test_however_many_pages_ask_the_tickets_are_fetched_once(
        self, platform, api, lisi, run_outbox
    ):
        for _ in range(5):
            api(lisi).get(SDK, {"url": PAGE})
        assert run_outbox() == 1
        tickets.keep()
        assert Token.objects.filter(owner__in=("jsapi", "agent_config")).count() == 2

    def test_another_site_is_not_signed_for(self, api, lisi):
        for url in ("http://evil.example/sidebar/", "javascript:alert(1)", "//testserver/"):
            answer = api(lisi).get(SDK, {"url": url})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["attr"] == "url"


class TestActs:
    @pytest.fixture
    def template(self, db):
        return MessageTemplate.objects.create(
            code="visit", name="回访", channel=ChannelType.WORK_WECHAT, body="{{name}}您好，回访"
        )

    def test_a_template_goes_to_the_customer(self, api, lisi, customer, template):
        CustomerIdentifier.objects.create(
            customer=customer, channel=ChannelType.WORK_WECHAT, address="zhaoliu"
        )
        listed = api(lisi).get(DATA, {"external_userid": "wmZhang001"}).json()["quick_actions"][3]
        assert [(one["id"], one["variables"]) for one in listed["choices"]] == [
            (template.pk, ["name"])
        ]
        body = {"customer_id": customer.pk, "template_id": template.pk}
        missing = api(lisi).post(SEND, body, format="json")
        assert missing.status_code == 400
        assert missing.json()["errors"][0]["attr"] == "variables.name"
        answer = api(lisi).post(SEND, {**body, "variables": {"name": "张三"}}, format="json")
        assert answer.status_code == 202, answer.json()
        message = Message.objects.get()
        assert (message.recipient, message.customer_id) == ("zhaoliu", customer.pk)
        assert message.created_by == lisi

    def test_a_template_to_a_strangers_customer_is_404(self, api, wangwu, customer, template):
        body = {"customer_id": customer.pk, "template_id": template.pk, "variables": {"name": "x"}}
        assert api(wangwu).post(SEND, body, format="json").status_code == 404

    def test_a_contact_whom_nobody_knows_yet_is_read(self, api, lisi):
        answer = api(lisi).post(READ, {"external_userid": "wmNew0001"}, format="json")
        assert answer.status_code == 202
        job = SyncJob.objects.get()
        assert (job.kind, job.key) == ("pull_contact", "wmNew0001")
        odd = api(lisi).post(READ, {"external_userid": "a b"}, format="json")
        assert odd.json()["errors"][0]["attr"] == "external_userid"


class TestLogin:
    @pytest.fixture
    def browser(self, platform, settings):
        settings.APP_DOMAIN = "http://testserver"
        settings.WECOM_LOGIN_URL = f"{platform.url}/sandbox/connect/oauth2/authorize"
        return Client()

    def go_to_wecom(self, browser, userid, page="/sidebar/"):
        """As far as the address that WeCom sends the member's browser back to."""
        sent = browser.get(page)
        assert sent.status_code == 302
        address = sent["Location"].partition("#")[0]
        asked = parse_qs(urlsplit(address).query)
        assert asked["scope"] == ["snsapi_base"]
        answer = requests.get(address, params={"userid": userid}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def test_a_member_is_signed_in_and_back_where_they_were(self, browser, lisi):
        back = self.go_to_wecom(browser, "lisi", "/sidebar/?external_userid=wmZhang001")
        answer = browser.get(back)
        assert answer["Location"] == "/sidebar/?external_userid=wmZhang001"
        page = browser.get(answer["Location"])
        assert page.status_code == 200
        assert browser.session["_auth_user_id"] == str(lisi.pk)
        assert page["X-Frame-Options"] == "SAMEORIGIN"

    def test_a_code_is_good_once(self, browser, lisi):
        back = self.go_to_wecom(browser, "lisi")
        browser.get(back)
        other = Client()
        other.get("/sidebar/")
        state = other.session["wecom_login"]["state"]
        code = parse_qs(urlsplit(back).query)["code"][0]
        answer = other.get("/sidebar/login", {"code": code, "state": state})
        assert answer.status_code == 400
        assert "_auth_user_id" not in other.session

    def test_somebody_elses_link_signs_nobody_in(self, browser, lisi):
        back = self.go_to_wecom(browser, "lisi")
        victim = Client()
        assert victim.get(back).status_code == 400
        victim.get("/sidebar/")
        assert victim.get(back).status_code == 400
        assert "_auth_user_id" not in victim.session

    def test_who_is_no_colleague_is_told_so(self, browser, lisi):
        answer = browser.get(self.go_to_wecom(browser, "zhaoliu"))
        assert answer.status_code == 403
        assert "还没有登记为本系统的员工" in answer.content.decode()
        User.objects.filter(pk=lisi.pk).update(is_active=False)
        assert browser.get(self.go_to_wecom(browser, "lisi")).status_code == 403

    def test_while_the_platform_is_away_it_says_so(self, browser, lisi, settings):
        back = self.go_to_wecom(browser, "lisi")
        settings.WECOM_API_BASE = "http://127.0.0.1:9"
        answer = browser.get(back)
        assert answer.status_code == 503
        assert "_auth_user_id" not in browser.session

    def test_the_platform_sends_nobody_to_another_site(self, platform):
        address = f"{platform.url}/sandbox/connect/oauth2/authorize"
        asked = {
            "appid": "wwsandbox0000corp",
            "response_type": "code",
            "redirect_uri": "http://evil.example/",
            "userid": "lisi",
        }
        answer = requests.get(address, params=asked, allow_redirects=False, timeout=10)
        assert (answer.status_code, "50001" in answer.text) == (400, True)

    def test_a_customers_login_sees_no_sidebar(self, client, customer):
        login = User.objects.create(username="zhangsan", role="customer", customer=customer)
        client.force_login(login)
        assert client.get("/sidebar/").status_code == 403


def test_while_the_platform_is_away_there_is_no_ticket(platform, settings):
    settings.WECOM_API_BASE = "http://127.0.0.1:9"
    with pytest.raises(PlatformRefusal):
        tickets.keep()
    assert tickets.known_tickets() is None
