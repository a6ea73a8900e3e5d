"""What a turn knows when it is worked, and what comes of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from customers.actors import Actor, customer_actor
from customers.models import Customer
from tickets.chat.entries.base import Act, ChatEntry
from tickets.models import Action, AssistantSession, Chat, Intent, KnowledgeArticle, Ticket


@dataclass(frozen=True)
class Said:
    """A customer's words as their entry brought them (`tickets.assistant.reception.hear`)."""

    entry: str
    address: str
    content: str
    external_id: str = ""
    entry_account: str = ""
    name: str = ""
    at: datetime | None = None
    type: str = "text"
    data: dict[str, Any] | None = None
    upload: "UploadedFile[Any] | None" = None
    # What the platform counts it as.
    act: Act = Act.MESSAGE


@dataclass
class Talk:
    """The talk that `said` belongs to; its session is held until the transaction ends."""

    said: Said
    through: ChatEntry
    customer: Customer
    session: AssistantSession
    now: datetime

    @property
    def text(self) -> str:
        return self.said.content

    @property
    def actor(self) -> Actor:
        """The customer, whom their address on the platform proves; never what they write."""
        return customer_actor(self.customer, self.through.door)

    @property
    def slots(self) -> dict[str, Any]:
        slots: dict[str, Any] = self.session.slots
        return slots

    @property
    def asking(self) -> str:
        """What was asked last and has not been answered."""
        return str(self.slots.get("asking") or "")


@dataclass(frozen=True)
class Source:
    """An article that a reply rests on."""

    article: KnowledgeArticle
    score: float


@dataclass
class Outcome:
    """What is done and said; `is_miss`: it was not understood."""

    action: Action = Action.REPLY
    reply: str = ""
    intent: Intent | None = None
    ticket: Ticket | None = None
    chat: Chat | None = None
    sources: list[Source] = field(default_factory=list)
    is_miss: bool = False
