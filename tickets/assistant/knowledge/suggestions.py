"""What may help an agent with the chat in hand: articles, tickets like it, canned replies."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.actors import Actor
from tickets.assistant.knowledge.search import Match, articles_for
from tickets.assistant.knowledge.words import pieces
from tickets.desk.canned_replies import filled, replies_visible_to
from tickets.history.similar import SimilarTicket, similar_tickets
from tickets.models import CannedReply, Chat, ChatMessage, ChatMessageType, Sender

ARTICLES, TICKETS, REPLIES = 4, 3, 3
# The customer's last words; older ones are about something else.
LAST_WORDS, LENGTH = 3, 500
# So many of one's replies are compared, the most used first.
COMPARED_REPLIES = 300
# How much of the customer's words a reply has to share.
LEAST_SHARED = 0.25


@dataclass(frozen=True)
class SuggestedReply:
    """`content` is filled for this chat; what cannot be filled stands as it is."""

    id: int
    shortcut: str
    title: str
    content: str


@dataclass(frozen=True)
class Suggestions:
    """`about` is what they were sought for; empty while the customer has said nothing."""

    about: str
    articles: Sequence[Match]
    tickets: Sequence[SimilarTicket]
    replies: Sequence[SuggestedReply]


def suggestions_for(chat: Chat, actor: Actor) -> Suggestions:
    """For a chat that the actor may see; with its customer and ticket selected along."""
    about = _last_words(chat)
    if not about:
        return Suggestions("", [], [], [])
    return Suggestions(
        about=about,
        articles=articles_for(about, public_only=False, limit=ARTICLES),
        tickets=similar_tickets(text=about, actor=actor, exclude_id=chat.ticket_id, limit=TICKETS),
        replies=_replies(about, chat, actor),
    )


def _last_words(chat: Chat) -> str:
    said = ChatMessage.objects.filter(
        chat=chat, sender=Sender.CUSTOMER, type=ChatMessageType.TEXT, recalled_at=None
    )
    newest = list(said.order_by("-number").values_list("content", flat=True)[:LAST_WORDS])
    return " ".join(newest[::-1]).strip()[-LENGTH:]


def _replies(about: str, chat: Chat, actor: Actor) -> list[SuggestedReply]:
    active = replies_visible_to(actor).filter(is_active=True).order_by("-used_count", "pk")
    sought = {piece for piece in pieces(about) if len(piece) > 1}
    scored = [(_shared(sought, reply), reply) for reply in active[:COMPARED_REPLIES]]
    best = sorted(
        (pair for pair in scored if pair[0] >= LEAST_SHARED),
        key=lambda pair: (-pair[0], -pair[1].used_count, pair[1].pk),
    )
    return [
        SuggestedReply(
            reply.pk,
            reply.shortcut,
            reply.title,
            filled(reply.body, chat.customer, chat.ticket, actor),
        )
        for _, reply in best[:REPLIES]
    ]


def _shared(sought: set[str], reply: CannedReply) -> float:
    """0–1: how much of what was said the reply's name has, or its text, which counts half."""
    if not sought:
        return 0.0
    name, text = set(pieces(f"{reply.shortcut} {reply.title}")), set(pieces(reply.body))
    smaller = min(len(sought), len(name)) or 1
    return max(len(sought & name) / smaller, len(sought & text) / len(sought) / 2)
