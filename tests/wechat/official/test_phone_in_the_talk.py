"""A follower types their phone, gets the code by SMS and binds without leaving the talk."""

import pytest
from django.utils import timezone

from messaging.models import ChannelType, Message
from tests.factories import CustomerFactory
from tests.messaging.phone_codes.conftest import sms, sms_template
from tests.wechat.official.conftest import FORMS, OPENID, fields, tell
from tickets.models import Ticket
from wechat.models import OfficialFollower
from wechat.simulator.models import Follower

__all__ = ["sms", "sms_template"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sms")]


@pytest.mark.parametrize("form", FORMS)
def test_from_a_fault_to_a_ticket_of_whom_we_knew(platform, client, run_outbox, form):
    owner = CustomerFactory(phone="+8613900001111", name="张三")
    tell(fields("subscribe", EventKey=""), form=form)

    def says(words, number):
        wrote = {"last_message_at": timezone.now()}
        Follower.objects.update_or_create(openid=OPENID, defaults=wrote)
        return tell(fields("text", Content=words, MsgId=number), form=form)

    assert "手机号" in (says("我的服务器连不上了，很急", "1").words or "")
    assert "139****1111" in (says("13900001111", "2").words or "")
    code = Message.objects.filter(channel=ChannelType.SMS).latest("pk").variables["code"]
    wrong = "000000" if code != "000000" else "111111"
    assert "还可以再试 4 次" in (says(wrong, "3").words or "")
    assert "4 次" in (says(wrong, "3").words or ""), "the platform's repetition is no second try"
    assert says(code, "4").raw == "success"
    while run_outbox():
        pass
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.priority) == (owner, "urgent")
    assert OfficialFollower.objects.get().customer == owner
    rows = client.get("/sandbox/api/outbox", {"channel": "WECHAT"}).json()["list"]
    told = rows[-1]["payload"]["text"]["content"]
    assert "绑定成功" in told
    assert f"#{ticket.pk}" in told
