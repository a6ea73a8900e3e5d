"""Several socket servers are one: colleague and customer need not be at the same, and none is dear."""

import random

import pytest

from tests.factories import actor
from tests.tickets.chat.live.servers import Person, servers
from tickets.chat.messages.actions import agent_say
from tickets.models import ChatMessage

pytestmark = [pytest.mark.services_only, pytest.mark.django_db(transaction=True)]


@pytest.mark.timeout(240)
def test_a_conversation_over_two_servers_survives_the_death_of_one(chat, lisi, zhangsan):
    with servers(2) as (here, there):
        agent, customer = Person(lisi, "/ws/console"), Person(zhangsan, f"/ws/chat/{chat.pk}")
        agent.come_to(here)
        customer.come_to(there)
        customer.say("message.send", content="一", client_id="c1")
        told = agent.until("chat.message")
        agent.say("typing", chat_id=chat.pk)
        assert customer.until("typing")["name"] == "李四"
        agent.say(
            "message.send",
            chat_id=chat.pk,
            content="二",
            client_id="a1",
            last_seen=told["message"]["number"],
        )
        answer = customer.until("chat.message")
        while answer["message"]["content"] != "二":
            answer = customer.until("chat.message")
        customer.say("message.read", up_to=answer["message"]["number"])
        states: set[str] = set()
        while "read" not in states:
            status = agent.until("message.status")
            states = {one["status"] for one in status["messages"]}
        there.kill()
        assert customer.is_cut_off()
        agent.say("message.send", chat_id=chat.pk, content="三", client_id="a2")
        agent.until("message.accepted", client_id="a2")
        customer.come_to(here)
        while customer.heard[-1] != "三":
            customer.until("chat.message")
        customer.go()
        agent.go()
        assert customer.heard == ["一", "二", "三"]
        assert ChatMessage.objects.filter(sender="agent").count() == 2


@pytest.mark.timeout(240)
def test_a_hundred_comings_and_goings_show_every_message_once_in_order(chat, lisi, zhangsan):
    written = [str(number) for number in range(100)]
    with servers(2) as both:
        customer = Person(zhangsan, f"/ws/chat/{chat.pk}")
        customer.come_to(both[0])
        dice = random.Random(6)
        for content in written:
            agent_say(chat_id=chat.pk, actor=actor(lisi), content=content)
            if dice.random() < 0.5:
                customer.until("chat.message")
            customer.come_to(dice.choice(both))
        while len(customer.heard) < len(written):
            customer.until("chat.message")
        customer.say("heartbeat")
        customer.until("alive")
        customer.go()
        assert customer.heard == written
