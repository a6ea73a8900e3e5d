"""Nobody is on, or it is outside the opening hours: what the customer writes becomes a ticket.

The ticket is made of the first words, at once; what follows is added to it as replies. The chat
stays in the queue for `chat.unattended_seconds` of silence: whoever comes meanwhile takes it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.errors import NotFoundError
from config.logs import get_logger
from config.runtime import store
from customers.actors import Actor, system_actor
from tickets.actions.reply import CONTENT_LENGTH, ticket_reply
from tickets.chat.assignment import rules
from tickets.chat.assignment.candidates import candidates, last_gone, why_unattended
from tickets.chat.assignment.queue import waiting_chats
from tickets.chat.lifecycle.ending import end
from tickets.chat.lifecycle.ticketing import unattended_ticket
from tickets.chat.lifecycle.transcript import text_of
from tickets.chat.messages.writing import notice
from tickets.chat.trail import lock_chat, save, tell
from tickets.models import Chat, ChatStatus, EndedBy, Sender

logger = get_logger(__name__)

ENDED_AT_ONCE = 200


def keep_words(chat: Chat, actor: Actor) -> None:
    """For a locked chat whose customer has just written: into a ticket, where nobody is on."""
    if chat.status != ChatStatus.QUEUED:
        return
    now = timezone.now()
    if why_unattended(chat.queued_at, candidates(now), now) is None:
        return
    if chat.ticket_id is not None:
        _add(chat, actor)
        return
    ticket = unattended_ticket(chat, actor=actor)
    if ticket is not None:
        notice(chat, rules.text("ticketed", ticket=ticket.pk), is_essential=True)
        save(chat)
        tell(chat, "chat.updated")


def end_unattended() -> int:
    """Ends what waits in vain once its customer is silent; returns how many.

    Nobody is counted as gone before they have been for `chat.unattended_seconds`.
    """
    now = timezone.now()
    if not waiting_chats().order_by().exists():
        return 0
    patience = timedelta(seconds=store.get_int(rules.UNATTENDED))
    team = candidates(now)
    is_left_alone = now - last_gone(team, now) >= patience
    ended = 0
    for chat in waiting_chats()[:ENDED_AT_ONCE]:
        why = why_unattended(chat.queued_at, team, now)
        is_silent = now - (chat.last_customer_at or chat.queued_at) >= patience
        if why is not None and is_silent and (is_left_alone or why == "closed"):
            ended += _end(chat.pk, now - patience)
    return ended


def _add(chat: Chat, actor: Actor) -> None:
    last = chat.messages.filter(sender=Sender.CUSTOMER).select_related("file").last()
    if last is None or chat.ticket_id is None:
        return
    words = text_of(last).strip()
    if words:
        ticket_reply(ticket_id=chat.ticket_id, content=words[:CONTENT_LENGTH], actor=actor)


def _end(chat_id: int, silent_since: datetime) -> bool:
    """Looked at again with the chat held: somebody may have come, or the customer have written."""
    actor = system_actor()
    try:
        with transaction.atomic():
            chat = lock_chat(chat_id, actor)
            spoke_at = chat.last_customer_at or chat.queued_at
            if chat.status != ChatStatus.QUEUED or spoke_at > silent_since:
                return False
            ticket = unattended_ticket(chat, actor=actor)
            end(chat, actor=actor, by=EndedBy.UNATTENDED if ticket else EndedBy.ABANDONED)
            return True
    except NotFoundError:
        return False
    except Exception:
        # The others wait in vain as well.
        logger.exception("unattended_chat_failed", chat=chat_id)
        return False
