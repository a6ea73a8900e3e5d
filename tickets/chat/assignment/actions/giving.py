"""Giving a chat to somebody, and taking it from them, with the slots of both.

The caller holds the chat. Agents' rows are held by their keys from here until the commit, so a load
that is read is true, and the chat and its slot are claimed together or not at all.
"""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from config.errors import ConflictError
from config.events.publish import enqueue
from customers.actors import Actor
from customers.models import User
from customers.queries.staff import team_members
from tickets.chat import clock, slots
from tickets.chat.assignment import rules
from tickets.chat.assignment.candidates import candidates, held
from tickets.chat.assignment.choice import Ask, Choice, choose
from tickets.chat.assignment.decisions import decision_keep, missed_by
from tickets.chat.messages.writing import notice
from tickets.chat.trail import record, save, tell
from tickets.models import (
    Chat,
    ChatAgent,
    ChatEventKind,
    ChatGroup,
    ChatStatus,
    PresenceStatus,
)
from tickets.presence.queries import statuses_of

ASSIGN_TASK = "tickets.tasks.chat.assignment.assign_waiting_chats"


def queue_look() -> None:
    """After the commit the queue is looked at: a slot has become free, or somebody has come."""
    enqueue(ASSIGN_TASK, [[]], queue="chat")


def ask_for(chat: Chat, now: datetime, *, holder: int | None = None) -> Ask:
    """What this chat looks for; two queries."""
    return Ask(
        chat=chat,
        last_agent=last_agent_of(chat),
        holder=holder,
        missed=missed_by([chat.pk], now).get(chat.pk, set()),
    )


def last_agent_of(chat: Chat) -> int | None:
    """Who had the customer's last chat."""
    past = Chat.objects.filter(
        customer=chat.customer_id, status=ChatStatus.ENDED, agent__isnull=False
    )
    return past.order_by("-id").values_list("agent", flat=True).first()


def chat_give(*, chat: Chat, agent: User, trigger: str, actor: Actor, reason: str) -> None:
    """The locked chat is `agent`'s from now on; whoever had it gets their slot back. Saves the chat.

    A person may give to a busy colleague, and take a chat themselves whatever their status. Raises
    `ConflictError`: `agent_full`, or `agent_unavailable` when they are offline, take no chats, or
    have left.
    """
    now = timezone.now()
    row = _row_of(agent, actor)
    former = holder_of(chat)
    if former == agent:
        return
    list(held(ChatAgent.objects.filter(Q(pk=row.pk) | Q(user=former))))
    row.refresh_from_db()
    take(chat, row, trigger=trigger, actor=actor, reason=reason, now=now)


def take(
    chat: Chat,
    row: ChatAgent,
    *,
    trigger: str,
    actor: Actor,
    reason: str,
    now: datetime,
    choice: Choice | None = None,
) -> None:
    """`chat_give` with the agents' rows held already. Raises `ConflictError` `agent_full`."""
    former, agent = holder_of(chat), row.user
    if not slots.slot_take(row, now=now):
        raise ConflictError(
            f"{agent.display_name} 已达同时接待上限（{slots.limit_of(row)}）",
            code="agent_full",
            attr="agent",
        )
    if former is not None:
        slots.slot_release(former)
    decision_keep(chat, trigger, now, reason=reason, choice=choice, agent=agent, taken_from=former)
    _put_in_hand(chat, agent, now)
    kind = ChatEventKind.TRANSFERRED if former else ChatEventKind.ASSIGNED
    record(
        chat,
        actor,
        kind,
        from_value=former.display_name if former else "",
        to_value=agent.display_name,
        note=reason,
    )
    notice(chat, rules.text("assigned", agent=agent.display_name))
    save(chat)
    tell(chat, "chat.assigned")
    if former is not None:
        tell(chat, "chat.gone", is_internal=True, user_id=former.pk)
        queue_look()


def chat_pass_on(
    *, chat: Chat, trigger: str, actor: Actor, reason: str, group: ChatGroup | None = None
) -> None:
    """The locked chat leaves its agent: to the best other one, else back to the queue.

    Its place there is kept (`queued_at`). Never to whoever it is taken from, nor to those who let
    it lie in this wait. With `group`, to one of them as long as any of them is on. Saves the chat.
    """
    now = timezone.now()
    if group is not None:
        chat.group = group
    former = holder_of(chat)
    holder = former.pk if former else None
    team = candidates(now, is_locked=True, holder=holder)
    choice = choose(team, ask_for(chat, now, holder=holder))
    why = f"{reason}；{choice.reason}" if reason else choice.reason
    if choice.best is not None:
        row = choice.best.agent
        take(chat, row, trigger=trigger, actor=actor, reason=why, now=now, choice=choice)
        return
    decision_keep(chat, trigger, now, reason=why, choice=choice, taken_from=former)
    _to_queue(chat, former, actor, why)


def _put_in_hand(chat: Chat, agent: User, now: datetime) -> None:
    chat.status = ChatStatus.ACTIVE
    chat.agent = agent
    chat.assigned_at = now
    chat.first_assigned_at = chat.first_assigned_at or now
    if chat.waiting_since is not None:
        chat.reply_due_at = clock.reply_due(now)
    else:
        # Nobody waits for an answer: the customer's own silence counts from here, so that one who
        # never writes does not hold a slot for ever.
        chat.reply_due_at = None
        chat.last_message_at = now
        chat.idle_warned_at = None


def _to_queue(chat: Chat, former: User | None, actor: Actor, why: str) -> None:
    chat.status = ChatStatus.QUEUED
    chat.agent = None
    chat.reply_due_at = None
    chat.idle_warned_at = None
    if former is not None:
        slots.slot_release(former)
        record(chat, actor, ChatEventKind.REQUEUED, from_value=former.display_name, note=why)
        notice(chat, rules.text("handed_on"))
    save(chat)
    tell(chat, "chat.updated")
    if former is not None:
        tell(chat, "chat.gone", is_internal=True, user_id=former.pk)
    # The slot that is free now may be another's who waits.
    queue_look()


def holder_of(chat: Chat) -> User | None:
    """Whose slot the chat takes; an ended one keeps its agent's name, but no slot."""
    return chat.agent if chat.status == ChatStatus.ACTIVE else None


def _row_of(agent: User, actor: Actor) -> ChatAgent:
    """The colleague's slots, if chats may be given to them."""
    is_on_team = team_members().filter(pk=agent.pk, resigned_at__isnull=True).exists()
    if is_on_team and actor.user is not None and actor.user.pk == agent.pk:
        return slots.agent_of(agent)
    row = ChatAgent.objects.filter(user=agent, accepts_chats=True).first()
    presence = statuses_of([agent.pk], timezone.now())[agent.pk]
    if not is_on_team or row is None or presence == PresenceStatus.OFFLINE:
        raise ConflictError(
            f"{agent.display_name} 现在不接待会话", code="agent_unavailable", attr="agent"
        )
    return row
