"""A customer asks for somebody to talk to."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import NotAllowedError
from customers.actors import Actor
from customers.models import Customer
from tickets.chat.assignment import rules
from tickets.chat.assignment.actions.giving import last_agent_of, queue_look, take
from tickets.chat.assignment.candidates import (
    Candidate,
    agents_hold,
    candidates,
    why_unattended,
)
from tickets.chat.assignment.choice import Ask, choose
from tickets.chat.assignment.decisions import decision_keep
from tickets.chat.assignment.queue import before, takeable, waiting_chats
from tickets.chat.entries import outgoing, registry
from tickets.chat.messages.writing import notice
from tickets.chat.trail import lock_chat, record, save, tell
from tickets.models import (
    OPEN_CHATS,
    AssignmentTrigger,
    Chat,
    ChatEventKind,
    ChatStatus,
)


@transaction.atomic
def chat_request(
    *, customer: Customer, entry: str, actor: Actor, address: str = "", entry_account: str = ""
) -> Chat:
    """The customer's open chat, else a new one: with the best colleague, or waiting for one.

    Whoever had their last chat comes first, then the least loaded. Nobody is served before those
    who wait already, unless their priority is higher. Asking again changes nothing but the entry
    and the address that answers go to. Raises `NotAllowedError` `blocked`, `InvalidInputError`
    `unknown_entry`.
    """
    registry.get(entry)
    # The customer's own lock: two requests at once must find one chat.
    transaction_lock(f"chat.customer:{customer.pk}")
    customer.refresh_from_db(fields=["blocked_at"])
    if customer.is_blocked:
        raise NotAllowedError("暂时无法为您接入在线客服，请通过其他方式联系我们", code="blocked")
    open_id = (
        Chat.objects.filter(customer=customer, status__in=OPEN_CHATS)
        .values_list("pk", flat=True)
        .first()
    )
    if open_id is not None:
        chat = lock_chat(open_id, actor)
        # It may have ended while we waited for it.
        if chat.is_open:
            move_entry(chat, entry, address, entry_account, actor)
            return chat
    return _open(customer, entry, address, entry_account, actor)


def move_entry(chat: Chat, entry: str, address: str, entry_account: str, actor: Actor) -> None:
    """Answers go where the customer wrote last."""
    if (chat.entry, chat.address, chat.entry_account) == (entry, address, entry_account):
        return
    before_entry = chat.entry
    if before_entry != entry and chat.status == ChatStatus.ACTIVE:
        # What the customer now writes may hand it on (`ensure_attended`).
        agents_hold()
    chat.entry, chat.address, chat.entry_account = entry, address, entry_account
    outgoing.entry_changed(chat)
    if before_entry != entry:
        record(
            chat,
            actor,
            ChatEventKind.ENTRY,
            from_value=registry.label(before_entry),
            to_value=registry.label(entry),
        )
    save(chat)
    tell(chat, "chat.updated")


def _open(customer: Customer, entry: str, address: str, entry_account: str, actor: Actor) -> Chat:
    priority = rules.priority_of(customer)
    team = candidates(timezone.now())
    if any(one.is_free for one in team):
        # Looked at again with the rows held; while all are full nobody has to wait for them.
        team = candidates(timezone.now(), is_locked=True)
    now = timezone.now()
    chat = Chat.objects.create(
        customer=customer,
        entry=entry,
        address=address,
        entry_account=entry_account,
        priority=priority,
        queued_at=now,
    )
    record(chat, actor, ChatEventKind.OPENED, to_value=registry.label(entry))
    choice = choose(team, Ask(chat, last_agent=last_agent_of(chat)))
    if choice.best is not None and not is_anybody_before(chat, team):
        take(
            chat,
            choice.best.agent,
            trigger=AssignmentTrigger.REQUESTED,
            actor=actor,
            reason=choice.reason,
            now=now,
            choice=choice,
        )
        return chat
    decision_keep(chat, AssignmentTrigger.REQUESTED, now, reason=choice.reason, choice=choice)
    wait_in_line(chat, team, actor, now)
    return chat


def is_anybody_before(chat: Chat, team: list[Candidate]) -> bool:
    return waiting_chats().order_by().filter(before(chat)).filter(takeable(team)).exists()


def wait_in_line(chat: Chat, team: list[Candidate], actor: Actor, now: datetime) -> None:
    """They are told how things stand, and the queue is looked at once this has been written.

    A slot that became free meanwhile was given by somebody who could not see this chat yet.
    """
    ahead = waiting_chats().order_by().filter(before(chat)).count()
    record(chat, actor, ChatEventKind.QUEUED, to_value=str(ahead + 1))
    standing = why_unattended(now, team, now) or ("queued" if ahead else "next")
    words = rules.text(standing, ahead=ahead)
    notice(chat, words, is_essential=True)
    save(chat)
    tell(chat, "chat.updated")
    queue_look()
