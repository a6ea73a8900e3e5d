"""An ended chat goes on: with whoever had it if they are there, else with somebody else who is."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import ConflictError, NotAllowedError, NotFoundError
from config.runtime import store
from customers.actors import Actor
from tickets.chat import trail
from tickets.chat.assignment.actions.asking import is_anybody_before, wait_in_line
from tickets.chat.assignment.actions.giving import take
from tickets.chat.assignment.candidates import candidates
from tickets.chat.assignment.choice import Ask, choose
from tickets.chat.assignment.decisions import waitings_keep
from tickets.chat.lifecycle.charge import require_charge
from tickets.chat.visibility import chats_visible_to
from tickets.models import (
    OPEN_CHATS,
    AssignmentTrigger,
    Chat,
    ChatEventKind,
    ChatStatus,
    EndedBy,
)

HOURS = "chat.reopen_hours"


@transaction.atomic
def chat_reopen(*, chat_id: int, actor: Actor) -> Chat:
    """The chat, with its last agent, the best other one, or in the queue; never with who is away.

    Raises `NotFoundError`, `NotAllowedError` for colleagues without charge of it and for blocked
    customers, `ConflictError`: `illegal_state` while it is open, `too_late` after
    `chat.reopen_hours`, `another_open` with the `chat_id` of the one that the customer has.
    """
    customer_id = (
        chats_visible_to(actor).filter(pk=chat_id).values_list("customer", flat=True).first()
    )
    if customer_id is None:
        raise NotFoundError(f"找不到会话 {chat_id}")
    # As in asking for a chat: a customer has one open chat.
    transaction_lock(f"chat.customer:{customer_id}")
    chat = trail.lock_chat(chat_id, actor)
    _require_reopenable(chat, actor)
    _open_again(chat, actor)
    return chat


def _require_reopenable(chat: Chat, actor: Actor) -> None:
    if actor.is_team and chat.agent_id is not None:
        require_charge(chat, actor)
    if chat.is_open:
        raise trail.refuse(chat, "会话没有结束，无需重新打开")
    if chat.customer.is_blocked:
        words = "客户在黑名单中，不能重新打开会话" if actor.is_team else "暂时不能重新打开会话"
        raise NotAllowedError(words, code="blocked")
    hours = store.get_int(HOURS)
    ended_at = chat.ended_at
    if ended_at is None or ended_at + timedelta(hours=hours) < timezone.now():
        raise ConflictError(
            f"会话结束已超过 {hours} 小时，请发起新的会话",
            code="too_late",
            attr="status",
            extra={"status": chat.status},
        )
    other = Chat.objects.filter(customer=chat.customer_id, status__in=OPEN_CHATS).first()
    if other is not None:
        raise ConflictError(
            f"该客户已有进行中的会话 {other.pk}",
            code="another_open",
            attr="status",
            extra={"chat_id": other.pk, "status": other.status},
        )


def _open_again(chat: Chat, actor: Actor) -> None:
    last_agent, ended_by = chat.agent_id, chat.ended_by
    now = timezone.now()
    chat.status, chat.agent = ChatStatus.QUEUED, None
    chat.queued_at, chat.assigned_at = now, None
    chat.ended_at, chat.ended_by, chat.end_reason = None, "", ""
    chat.idle_warned_at = None
    team = candidates(now, is_locked=True)
    choice = choose(team, Ask(chat, last_agent=last_agent))
    # The agents' rows are held: only then may the order of events be.
    trail.record(
        chat,
        actor,
        ChatEventKind.REOPENED,
        from_value=EndedBy(ended_by).label if ended_by else "",
    )
    best = choice.best
    is_own = best is not None and best.agent.user_id == last_agent
    if best is not None and (is_own or not is_anybody_before(chat, team)):
        take(
            chat,
            best.agent,
            trigger=AssignmentTrigger.REOPENED,
            actor=actor,
            reason=f"重新打开：{choice.reason}",
            now=now,
            choice=choice,
        )
        return
    trail.save(chat)
    waitings_keep([(chat, choice)], AssignmentTrigger.REOPENED, now)
    wait_in_line(chat, team, actor, now)
