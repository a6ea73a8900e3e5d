"""What a follower did stands on their customer's timeline, in the API and on the customer's page."""

import time

import pytest

from messaging.models import ChannelType, Message
from tests.messaging.phone_codes.conftest import sms, sms_template
from tests.wechat.official.conftest import fields, worked
from wechat.models import OfficialFollower, OfficialQrCode

__all__ = ["sms", "sms_template"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def timeline(api, admin):
    def read(**query):
        customer = OfficialFollower.objects.get().customer
        answer = api(admin).get(f"/api/v1/customers/{customer.pk}/timeline", query)
        assert answer.status_code == 200
        return [(row["title"], row["content"], row["entry"]) for row in answer.json()["list"]]

    return read


def test_a_follow_its_channel_a_scan_and_an_unfollow(timeline):
    OfficialQrCode.objects.create(name="展会二维码", scene="expo")
    moment = int(time.time()) - 100
    told = [("subscribe", "qrscene_expo"), ("SCAN", "shop"), ("unsubscribe", "")]
    for second, (event, key) in enumerate(told):
        worked(fields(event, EventKey=key, CreateTime=moment + second))
    happened = [row for row in timeline(kind="history") if row[0] != "创建"]
    assert happened == [
        ("取消关注", "取消关注公众号", "公众号"),
        ("扫描二维码", "场景 shop", "公众号"),
        ("关注公众号", "关注公众号，来自「展会二维码」", "公众号"),
    ]


def test_binding_in_the_talk_keeps_the_follow_on_the_one_timeline(
    timeline, sms, phone_code, run_outbox
):
    worked(fields("subscribe", EventKey="qrscene_expo"))
    for number, words in enumerate(("绑定手机", "13900001111"), 1):
        worked(fields("text", Content=words, MsgId=str(number)))
    worked(fields("text", Content=phone_code(), MsgId="3"))
    while run_outbox():
        pass
    titles = {title for title, _, _ in timeline()}
    assert {"绑定手机", "关注公众号"} <= titles


def test_the_customers_page_shows_it(admin_client, known):
    page = admin_client.get(f"/admin/customers/customer/{known.pk}/change/").content.decode()
    assert "关注公众号" in page


@pytest.fixture
def phone_code():
    return lambda: Message.objects.filter(channel=ChannelType.SMS).latest("pk").variables["code"]
