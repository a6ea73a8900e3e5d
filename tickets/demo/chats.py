"""Past chats for the demo: written as rows, quickly, with their trail; loaded twice it doubles nothing.

None is open: nobody is there to answer it.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from customers.models import Customer, User
from tickets.chat.statistics.rollup import HOUR, hour_of, hours_count, hours_keep, kept_until
from tickets.demo import chat_stock as stock
from tickets.models import (
    Chat,
    ChatAgent,
    ChatAgentHour,
    ChatAssignment,
    ChatEvent,
    ChatGroup,
    ChatMessage,
)

MINUTE = dt.timedelta(minutes=1)


@dataclass
class Rows:
    """What is still to be written; `minutes` counts an agent's chats in each minute."""

    people: dict[str, User]
    messages: list[ChatMessage] = field(default_factory=list)
    events: list[ChatEvent] = field(default_factory=list)
    assignments: list[ChatAssignment] = field(default_factory=list)
    minutes: Counter[tuple[int, dt.datetime]] = field(default_factory=Counter)


def load(customers: list[Customer]) -> None:
    """For `customers` in turn, on the last few days up to now; 张三 is the first of them."""
    people = {name: User.objects.get(username=name) for name in ("lisi", "wangwu")}
    _desk(people)
    if Chat.objects.filter(customer__in=customers).exists():
        return
    known = kept_until()
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Rows(people)
    _chat(rows, stock.ZHANGSAN, midnight - dt.timedelta(days=1), customers[0])
    place = 0
    for day in range(stock.DAYS, -1, -1):
        for turn in stock.DAY:
            start = midnight - dt.timedelta(days=day)
            # On some days there is more to do than on others.
            if (place + day) % 4 and _end(turn, start) < now:
                _chat(rows, turn, start, customers[1 + place % (len(customers) - 1)])
            place += 1
    _write(rows)
    _keep(midnight - dt.timedelta(days=stock.DAYS), known)


def _desk(people: dict[str, User]) -> None:
    for user in people.values():
        ChatAgent.objects.get_or_create(user=user)
    for name, members in stock.GROUPS.items():
        group, is_new = ChatGroup.objects.get_or_create(name=name)
        if is_new:
            group.members.set([people[member] for member in members])


def _end(turn: stock.Turn, day: dt.datetime) -> dt.datetime:
    lasts = turn.wait + turn.reply + turn.pace * len(stock.TALKS[turn.talk])
    return _asked(turn, day) + dt.timedelta(seconds=lasts + 60)


def _asked(turn: stock.Turn, day: dt.datetime) -> dt.datetime:
    return day + dt.timedelta(hours=turn.hour, minutes=turn.minute, seconds=turn.wait % 7)


def _chat(rows: Rows, turn: stock.Turn, day: dt.datetime, customer: Customer) -> None:
    asked, agent = _asked(turn, day), rows.people.get(turn.agent)
    had = asked + dt.timedelta(seconds=turn.wait)
    said = _said(turn, asked, had) if agent else [(asked, "customer", stock.TALKS[turn.talk][0])]
    ended = said[-1][0] + dt.timedelta(seconds=60) if agent else had
    score = turn.score or None
    chat = Chat.objects.create(
        customer=customer,
        status="ended",
        agent=agent,
        queued_at=asked,
        assigned_at=had if agent else None,
        first_assigned_at=had if agent else None,
        first_replied_at=said[1][0] if agent else None,
        last_customer_at=max(at for at, sender, _ in said if sender == "customer"),
        last_message_at=said[-1][0],
        ended_at=ended,
        ended_by=turn.ended_by,
        last_number=len(said),
        customer_read_number=len(said),
        agent_read_number=len(said) if agent else 0,
        rating_score=score,
        rating_comment=stock.COMMENTS.get(turn.score, ""),
        rated_at=ended + MINUTE if score else None,
    )
    Chat.objects.filter(pk=chat.pk).update(created_at=asked)
    _messages(rows, chat, said)
    _events(rows, chat, asked)
    minute = had.replace(second=0)
    while agent and minute < ended:
        rows.minutes[agent.pk, minute] += 1
        minute += MINUTE


def _said(
    turn: stock.Turn, asked: dt.datetime, had: dt.datetime
) -> list[tuple[dt.datetime, str, str]]:
    """When, by which side, what: the customer's first words came with the asking."""
    said = [(asked, "customer", stock.TALKS[turn.talk][0])]
    at = had + dt.timedelta(seconds=turn.reply)
    for place, words in enumerate(stock.TALKS[turn.talk][1:], start=1):
        said.append((at, "agent" if place % 2 else "customer", words))
        at += dt.timedelta(seconds=turn.pace)
    return said


def _messages(rows: Rows, chat: Chat, said: list[tuple[dt.datetime, str, str]]) -> None:
    for number, (at, sender, words) in enumerate(said, start=1):
        is_agents = sender == "agent"
        rows.messages.append(
            ChatMessage(
                chat=chat,
                number=number,
                sender=sender,
                user=chat.agent if is_agents else None,
                sender_name=chat.agent.display_name
                if is_agents and chat.agent
                else chat.customer.name,
                content=words,
                status="read",
                created_at=at,
                sent_at=at,
                delivered_at=at,
                read_at=at + dt.timedelta(seconds=5),
            )
        )


def _events(rows: Rows, chat: Chat, asked: dt.datetime) -> None:
    def note(kind: str, at: Any, actor_name: str, **values: str) -> None:
        is_by_agent = chat.agent is not None and actor_name == chat.agent.display_name
        rows.events.append(
            ChatEvent(
                chat=chat,
                kind=kind,
                actor=chat.agent if is_by_agent else None,
                actor_name=actor_name,
                door="console" if is_by_agent else "web",
                created_at=at,
                **values,
            )
        )

    customer = chat.customer.name
    note("opened", asked, customer, to_value="网页")
    if chat.agent is not None:
        name = chat.agent.display_name
        note("assigned", chat.assigned_at, "系统", to_value=name)
        rows.assignments.append(
            ChatAssignment(
                chat=chat,
                trigger="requested" if chat.assigned_at == asked else "freed",
                agent=chat.agent,
                reason=f"{name} 在线，接待数最少",
                candidates=[],
                waited_seconds=int((chat.assigned_at or asked).timestamp() - asked.timestamp()),
                created_at=chat.assigned_at or asked,
            )
        )
    ended_by = {"agent": chat.agent.display_name if chat.agent else customer, "idle": "系统"}
    by = ended_by.get(chat.ended_by, customer)
    note("ended", chat.ended_at, by, from_value="active", to_value=chat.ended_by)
    if chat.rating_score:
        note("rated", chat.rated_at, customer, to_value=str(chat.rating_score))


def _write(rows: Rows) -> None:
    """A row says for itself when it was made only afterwards."""
    tables: tuple[tuple[type[Any], list[Any]], ...] = (
        (ChatMessage, rows.messages),
        (ChatEvent, rows.events),
        (ChatAssignment, rows.assignments),
    )
    for table, made in tables:
        moments = [row.created_at for row in made]
        written = table.objects.bulk_create(made)
        for row, moment in zip(written, moments, strict=True):
            row.created_at = moment
        table.objects.bulk_update(written, ["created_at"])
    _loads(rows)


def _loads(rows: Rows) -> None:
    """As if somebody had looked each minute of the hours that had chats."""
    hours: dict[tuple[int, dt.datetime], list[int]] = {}
    for (agent, minute), load in rows.minutes.items():
        hours.setdefault((agent, hour_of(minute)), []).append(load)
    ChatAgentHour.objects.bulk_create(
        [
            ChatAgentHour(
                user_id=agent,
                hour=hour,
                looks=60,
                present=60,
                load_sum=sum(loads),
                load_peak=max(loads),
                looked_at=hour + HOUR,
            )
            for (agent, hour), loads in hours.items()
        ],
        ignore_conflicts=True,
    )


def _keep(start: dt.datetime, known: dt.datetime | None) -> None:
    """What was kept before these chats is counted again."""
    hours_keep()
    if known is not None and known > start:
        hours_count(start, known)
