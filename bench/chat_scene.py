"""A chat that many colleagues have open, and what is said in it; inside the system's environment.

`python -m bench.chat_scene prepare` makes it and tells it as JSON; `… say <chat> <messages>
<a second>` lets the customer write, and tells when each message was about to be committed.
"""

import json
import os
import sys
import time
from typing import Any

import django

# Each looks at the same chat with many pages; whether they still may is asked with every message.
# Most are administrators, who see every chat; the others see it by a ticket of its customer's.
WATCHERS, BY_TICKET = 20, 2


def prepare() -> dict[str, Any]:
    from datetime import timedelta

    from django.utils import timezone
    from rest_framework_simplejwt.tokens import AccessToken

    from customers.models import Customer, User
    from tickets.chat.slots import agent_of, slot_take
    from tickets.models import Chat, ChatStatus
    from tickets.presence.actions import presence_set

    agent = User.objects.create(username="chat-agent", name="客服", role="staff")
    watchers = [
        User(username=f"watcher{n}", name=f"主管{n}", role="staff" if n < BY_TICKET else "admin")
        for n in range(WATCHERS)
    ]
    User.objects.bulk_create(watchers)
    # Customers of theirs, so that the rule has something to search through.
    Customer.objects.bulk_create(
        Customer(name=f"客户{n}", phone=f"+86139{n:08d}", follow_user=watchers[n % WATCHERS])
        for n in range(2000)
    )
    customer = Customer.objects.create(name="张三", phone="+8613800138000")
    _tickets_of(customer, watchers[:BY_TICKET])
    presence_set(user=agent, status="online", holds_for=timedelta(hours=8))
    assert slot_take(agent_of(agent))
    now = timezone.now()
    chat = Chat.objects.create(
        customer=customer, agent=agent, status=ChatStatus.ACTIVE, queued_at=now, assigned_at=now
    )
    return {"chat": chat.pk, "tokens": [str(AccessToken.for_user(watcher)) for watcher in watchers]}


def _tickets_of(customer: Any, colleagues: list[Any]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from tickets.models import Ticket

    deadline = timezone.now() + timedelta(days=1)
    Ticket.objects.bulk_create(
        Ticket(title="故障", customer=customer, assignee=colleague, deadline=deadline)
        for colleague in colleagues
    )


def say(chat_id: int, messages: int, a_second: float) -> dict[str, float]:
    from django.db import transaction

    from customers.actors import Entry, customer_actor
    from tickets.chat.messages.actions import customer_say
    from tickets.models import Chat

    actor = customer_actor(Chat.objects.get(pk=chat_id).customer, Entry.WEB)
    said = {}
    for _ in range(messages):
        began = time.time()
        with transaction.atomic():
            message = customer_say(chat_id=chat_id, actor=actor, content="请问什么时候能修好？")
            said[str(message.number)] = time.time()
        time.sleep(max(0.0, began + 1 / a_second - time.time()))
    # What was told on commit is still on its way to Redis.
    time.sleep(0.5)
    return said


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if sys.argv[1] == "prepare":
        told: Any = prepare()
    else:
        told = say(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    sys.stdout.write(json.dumps(told))
