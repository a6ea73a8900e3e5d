"""A customer of WeChat customer service binds the phone that they typed."""

import pytest

from messaging.models import ChannelType, Message
from tests.factories import CustomerFactory
from tests.messaging.phone_codes.conftest import sms, sms_template
from tickets.models import Chat, Ticket

__all__ = ["sms", "sms_template"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sms")]


def test_a_fault_a_number_and_its_code_make_a_ticket(kf, work_all, phone):
    CustomerFactory(phone="+8613900001111", name="别人")
    for words in ("我的打印机打不开了", "13900001111"):
        kf("customer_says", content=words)
        work_all()
    assert "139****1111" in phone()[-1]
    code = Message.objects.filter(channel=ChannelType.SMS).latest("pk").variables["code"]
    kf("customer_says", content=f"验证码 {code}")
    work_all()
    ticket = Ticket.objects.get()
    assert ticket.customer.phone == "+8613900001111"
    assert "绑定成功" in phone()[-1]
    assert f"#{ticket.pk}" in phone()[-1]


def test_a_person_is_reached_while_the_code_is_waited_for(kf, work_all, phone, agent):
    for words in ("绑定手机", "13900001111", "人工"):
        kf("customer_says", content=words)
        work_all()
    assert Chat.objects.get().agent == agent
    assert "人工" in phone()[-1]
