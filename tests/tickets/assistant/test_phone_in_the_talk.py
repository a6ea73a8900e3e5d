"""A phone that is typed when asked for is proved and bound in the same conversation."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from customers.models import Customer, MergeCase
from messaging.models import ChannelType, Message, PhoneCode
from tests.factories import CustomerFactory
from tests.messaging.phone_codes.conftest import sms, sms_template
from tests.tickets.assistant.conftest import OPENID
from tickets.assistant.after_binding import make_waiting_tickets
from tickets.models import AssistantSession, AssistantTurn, Chat, Ticket

__all__ = ["sms", "sms_template"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sms")]

NUMBER = "13900001111"
PHONE = f"+86{NUMBER}"
PROBLEM = "我的服务器连不上了，很急"


def code() -> str:
    """Read off the phone."""
    return str(Message.objects.filter(channel=ChannelType.SMS).latest("pk").variables["code"])


def wrong() -> str:
    return "000000" if code() != "000000" else "111111"


def later(**how: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**how), tick=True)


def test_the_right_code_binds_and_the_waiting_ticket_is_made(hear, said, run_outbox):
    owner = CustomerFactory(phone=PHONE, name="张三")
    assert "手机号" in hear(PROBLEM).reply
    asked = hear(NUMBER).reply
    assert "139****1111" in asked
    assert NUMBER not in asked
    assert "6 位" in asked
    assert not Ticket.objects.exists()
    sent = Message.objects.get(channel=ChannelType.SMS)
    assert (sent.recipient, PhoneCode.objects.get().phone) == (PHONE, PHONE)
    assert hear(f"验证码是 {code()[:3]} {code()[3:]}").reply == ""
    run_outbox()
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.priority) == (owner, "urgent")
    assert ticket.description == PROBLEM
    assert "绑定成功" in said()[-1]
    assert f"#{ticket.pk}" in said()[-1]
    assert owner.identifiers.get(channel=ChannelType.WECHAT).address == OPENID


def test_a_number_by_itself_is_bound_without_any_fault(hear, said, run_outbox):
    assert "/bind/" in hear("绑定手机").reply
    assert "139****1111" in hear(f"我的号码 {NUMBER}").reply
    hear(code())
    run_outbox()
    assert Customer.objects.get().phone == PHONE
    assert "绑定成功" in said()[-1]
    assert not Ticket.objects.exists()
    assert "已绑定" in hear("绑定").reply


def test_asking_to_bind_may_name_the_number_at_once(hear):
    assert "139****1111" in hear(f"绑定手机 {NUMBER}").reply


def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_ends_it(hear, run_outbox):
    hear(PROBLEM)
    hear(NUMBER)
    right = code()
    for left in (4, 3, 2, 1):
        assert f"还可以再试 {left} 次" in hear(wrong()).reply
    last = hear(wrong()).reply
    assert "不能再用了" in last
    assert "重发" in last
    assert "/bind/" in last
    assert "重发" in hear(right).reply
    run_outbox()
    assert Customer.objects.get().phone == ""


def test_what_is_no_code_is_no_try(hear):
    hear(PROBLEM)
    hear(NUMBER)
    assert "6 位" in hear("12345").reply
    assert PhoneCode.objects.get().tries == 0


def test_an_old_code_is_told_to_be_too_old(hear, run_outbox):
    hear(PROBLEM)
    hear(NUMBER)
    first = code()
    with later(minutes=6):
        assert "已失效" in hear(first).reply
        assert "139****1111" in hear("重发").reply
        hear(code())
        run_outbox()
        assert Ticket.objects.get().customer.phone == PHONE


def test_a_code_is_sent_again_no_sooner_than_after_a_minute(hear):
    hear(PROBLEM)
    hear(NUMBER)
    assert "过于频繁" in hear("重发").reply
    assert PhoneCode.objects.count() == 1
    assert "4 次" in hear(wrong()).reply
    with later(seconds=61):
        assert "139****1111" in hear("没收到验证码").reply
    assert PhoneCode.objects.count() == 2


def test_the_number_may_be_changed(hear, run_outbox):
    hear(PROBLEM)
    hear("13900002222")
    assert "新的手机号" in hear("换号码").reply
    assert "139****1111" in hear(NUMBER).reply
    hear(code())
    run_outbox()
    assert Customer.objects.get().phone == PHONE
    assert Ticket.objects.get().description == PROBLEM


def test_another_number_instead_of_a_code_is_sent_one(hear):
    hear(PROBLEM)
    hear("13900002222")
    assert "139****1111" in hear(f"打错了，是{NUMBER}").reply


def test_cancelling_gives_up_the_number_and_then_the_fault(hear):
    hear(PROBLEM)
    hear(NUMBER)
    told = hear("取消").reply
    assert "问题还在" in told
    assert "/bind/" in told
    assert "已取消" in hear("取消").reply
    assert AssistantSession.objects.get().slots == {}
    assert not Ticket.objects.exists()


def test_cancelling_without_a_fault_is_the_end_of_it(hear):
    hear("绑定")
    hear(NUMBER)
    assert "已取消" in hear("取消").reply
    assert AssistantSession.objects.get().slots == {}


def test_without_the_code_the_ticket_is_made_and_says_so(hear):
    hear(PROBLEM)
    hear(NUMBER)
    hear("跳过")
    ticket = Ticket.objects.get()
    assert f"{NUMBER}（客户所留，未验证）" in ticket.description
    assert ticket.customer.phone == ""


def test_who_never_types_the_code_gets_a_ticket_after_a_while(hear):
    hear(PROBLEM)
    hear(NUMBER)
    assert make_waiting_tickets(timezone.now() + timedelta(minutes=9)) == 0
    assert make_waiting_tickets(timezone.now() + timedelta(minutes=11)) == 1
    assert "未验证" in Ticket.objects.get().description


def test_who_is_only_asked_to_bind_has_no_ticket_that_waits(hear):
    hear("绑定手机")
    assert make_waiting_tickets(timezone.now() + timedelta(days=1)) == 0


@pytest.mark.parametrize("words", ["人工", "我要找人工客服", "转人工"])
def test_a_person_is_reached_from_the_middle_of_it(hear, words):
    hear(PROBLEM)
    hear(NUMBER)
    assert hear(words).chat_id == Chat.objects.get().pk
    assert AssistantTurn.objects.latest("pk").action == "handoff"


def test_asking_for_a_person_after_the_right_code_still_binds(hear, run_outbox):
    hear("绑定")
    hear(NUMBER)
    hear(code())
    hear("人工")
    run_outbox()
    assert Customer.objects.get().phone == PHONE


def test_more_of_the_problem_may_be_told_while_the_code_is_waited_for(hear, run_outbox):
    hear(PROBLEM)
    hear(NUMBER)
    assert "6 位验证码" in hear("重启也没有用，报错 100023").reply
    assert PhoneCode.objects.get().tries == 0
    hear(code())
    run_outbox()
    assert Ticket.objects.get().description == f"{PROBLEM}\n重启也没有用，报错 100023"


def test_a_number_typed_after_the_right_code_is_not_the_one_that_is_bound(hear, run_outbox):
    hear(PROBLEM)
    hear(NUMBER)
    hear(code())
    hear("我还有一个号码 13700000000")
    run_outbox()
    assert Customer.objects.get().phone == PHONE


def test_a_code_of_another_talk_proves_nothing_here(hear):
    hear("绑定")
    hear(NUMBER)
    theirs = code()
    other = "oSomebodyElseOfTheEntry0001"
    hear("绑定", openid=other)
    with later(seconds=61):
        hear(NUMBER, openid=other)
        if code() != theirs:
            assert "还可以再试 4 次" in hear(theirs, openid=other).reply


def test_it_sounds_the_same_whether_anybody_has_the_number(hear):
    CustomerFactory(phone=PHONE)
    words = []
    for openid, number in (("oOne", NUMBER), ("oTwo", "13900002222")):
        hear("绑定", openid=openid)
        said = [hear(number, openid=openid).reply, hear(wrong(), openid=openid).reply]
        words.append([line.replace(number[-4:], "") for line in said])
    assert words[0] == words[1]


def test_whom_a_person_has_to_tell_apart_gets_their_ticket_all_the_same(hear, said, run_outbox):
    for name in ("张三", "李四"):
        CustomerFactory(phone=PHONE, name=name)
    hear(PROBLEM)
    hear(NUMBER)
    hear(code())
    run_outbox()
    assert Ticket.objects.get().description == PROBLEM
    assert MergeCase.objects.count() == 2
    assert "绑定成功" in said()[-1]


def test_who_has_bound_another_number_meanwhile_is_told(hear, said, run_outbox):
    hear(PROBLEM)
    hear(NUMBER)
    hear(code())
    Customer.objects.update(phone="+8613700000000")
    run_outbox()
    assert "已绑定其他手机号" in said()[-1]
    assert f"#{Ticket.objects.get().pk}" in said()[-1]


def test_without_sms_the_number_is_noted_and_nobody_waits(hear, sms):
    sms.delete()
    hear(PROBLEM)
    assert "#" in hear(NUMBER).reply
    assert "未验证" in Ticket.objects.get().description
    hear("绑定", openid="oOther")
    assert "暂时无法发送" in hear(NUMBER, openid="oOther").reply


def test_the_same_message_again_is_one_try_and_one_code(hear):
    hear(PROBLEM)
    hear(NUMBER, external_id="same")
    assert hear(NUMBER, external_id="same").note == "重复的消息"
    hear(wrong(), external_id="try")
    hear(wrong(), external_id="try")
    assert (PhoneCode.objects.count(), PhoneCode.objects.get().tries) == (1, 1)
