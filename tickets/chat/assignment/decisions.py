"""Keeping why a chat went to somebody, or why it still waits."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from customers.models import User
from tickets.chat.assignment.choice import Choice
from tickets.models import AssignmentTrigger, Chat, ChatAssignment

REASON_LENGTH = 500
# Who let a chat lie is asked again after this, so that with nobody else it does not wait for ever.
MISSED_FOR = timedelta(minutes=5)


def decision_keep(
    chat: Chat,
    trigger: str,
    now: datetime,
    *,
    reason: str,
    choice: Choice | None = None,
    agent: User | None = None,
    taken_from: User | None = None,
) -> ChatAssignment:
    """A new row: somebody got the chat, or it was taken from somebody in vain."""
    return ChatAssignment.objects.create(
        chat=chat,
        trigger=trigger,
        agent=agent,
        taken_from=taken_from,
        reason=reason[:REASON_LENGTH],
        candidates=choice.weighed if choice else [],
        waited_seconds=waited_seconds(chat, now),
    )


def waited_seconds(chat: Chat, now: datetime) -> int:
    return max(0, int((now - chat.queued_at).total_seconds()))


def waitings_keep(waiting: Sequence[tuple[Chat, Choice]], trigger: str, now: datetime) -> int:
    """Why chats wait: each has one such row a wait, kept up to date. Returns how many were written.

    Three statements at most, however many chats.
    """
    last = _last_decisions([chat.pk for chat, _ in waiting])
    new: list[ChatAssignment] = []
    changed: list[ChatAssignment] = []
    for chat, choice in waiting:
        row = last.get(chat.pk)
        if row is None or row.agent_id or row.taken_from_id:
            row = ChatAssignment(chat=chat, trigger=trigger)
            new.append(row)
        elif row.reason != choice.reason[:REASON_LENGTH] or row.candidates != choice.weighed:
            changed.append(row)
        else:
            continue
        row.reason, row.candidates = choice.reason[:REASON_LENGTH], list(choice.weighed)
        row.waited_seconds = waited_seconds(chat, now)
    ChatAssignment.objects.bulk_create(new)
    if changed:
        ChatAssignment.objects.bulk_update(changed, ["reason", "candidates", "waited_seconds"])
    return len(new) + len(changed)


def _last_decisions(chat_ids: Collection[int]) -> dict[int, ChatAssignment]:
    newest = ChatAssignment.objects.filter(chat=OuterRef("pk")).order_by("-id").values("pk")[:1]
    ids = Chat.objects.filter(pk__in=chat_ids).annotate(last=Subquery(newest)).values("last")
    return {row.chat_id: row for row in ChatAssignment.objects.filter(pk__in=ids)}


def missed_by(chat_ids: Collection[int], now: datetime) -> dict[int, set[int]]:
    """Who let each of the chats lie since its customer waits, within the last `MISSED_FOR`."""
    found: dict[int, set[int]] = defaultdict(set)
    since = Coalesce("chat__waiting_since", "chat__queued_at")
    taken = ChatAssignment.objects.alias(since=since).filter(
        created_at__gte=F("since"),
        created_at__gt=now - MISSED_FOR,
        chat__in=chat_ids,
        trigger=AssignmentTrigger.UNANSWERED,
        taken_from__isnull=False,
    )
    for chat_id, user_id in taken.values_list("chat", "taken_from"):
        if user_id is not None:
            found[chat_id].add(user_id)
    return found
