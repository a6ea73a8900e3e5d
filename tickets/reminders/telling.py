"""Who hears a reminder: the ticket's group, else its assignee, else their supervisors.

One reminder is one message, until a group or a person would get too many in a run: then they are a
digest, since a robot takes twenty messages a minute and a person reads fewer.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.logs import get_logger
from config.runtime import store
from customers.models import User
from messaging.sending.accept import NewMessage, messages_accept
from messaging.staff_alerts.message import MARKDOWN_BYTES, to_member
from tickets.group.speaking import TEXT_BYTES, Voice, spoken, voices_in
from tickets.models import Ticket
from tickets.queries.supervisors import supervisors_of
from tickets.reminders.texts import Chase, digest

logger = get_logger(__name__)

PRIORITY = 8


@dataclass(frozen=True)
class Listener:
    """A group, by the robot that is heard in it, or a member by their WeCom user id."""

    voice: Voice | None = None
    member: str = ""

    @property
    def group_id(self) -> str:
        return self.voice.group_id if self.voice else ""


@dataclass(frozen=True)
class Planned:
    """A message, and the tickets that it speaks of."""

    new: NewMessage
    chases: list[Chase]


class Listeners:
    """Finds listeners for many tickets; what several share is asked once."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        self._voices = voices_in({ticket.group_chat_id for ticket in tickets})
        self._supervisors: dict[int | None, list[str]] = {}

    def of(self, ticket: Ticket) -> list[Listener]:
        """The group; without a robot there, the assignee; without them, the supervisors."""
        voice = self._voices[ticket.group_chat_id]
        if voice is not None:
            return [Listener(voice=voice)]
        assignee = ticket.assignee
        if assignee is not None and assignee.is_team_member and assignee.wecom_user_id:
            return [Listener(member=assignee.wecom_user_id)]
        return self.supervisors(ticket)

    def supervisors(self, ticket: Ticket) -> list[Listener]:
        # They depend on the ticket's assignee alone.
        key = ticket.assignee_id
        if key not in self._supervisors:
            self._supervisors[key] = _addresses(supervisors_of(ticket))
        return [Listener(member=address) for address in self._supervisors[key]]


def plan(
    title: str,
    heard: Sequence[tuple[Chase, Sequence[Listener]]],
    text_of: Callable[[Chase], str],
) -> list[Planned]:
    """The messages that bring each reminder to its listeners, the longest overdue first."""
    by_listener: dict[Listener, list[Chase]] = defaultdict(list)
    for chase, listeners in heard:
        for listener in listeners:
            by_listener[listener].append(chase)
    most = store.get_int("ticket.reminder_digest_above")
    planned: list[Planned] = []
    for listener, chases in by_listener.items():
        if len(chases) <= most:
            planned += [Planned(_one(listener, c, text_of(c)), [c]) for c in chases]
        else:
            size = TEXT_BYTES if listener.voice else MARKDOWN_BYTES
            planned += [
                Planned(_several(listener, part, text), part)
                for part, text in digest(title, chases, most_bytes=size)
            ]
    return planned


def send(planned: Sequence[Planned], *, created_by: User | None = None) -> dict[int, str]:
    """Accepts them all at once; the number of the first message about each ticket, by its key."""
    if not planned:
        return {}
    messages = messages_accept([item.new for item in planned], created_by=created_by)
    found: dict[int, str] = {}
    for item, message in zip(planned, messages, strict=True):
        for chase in item.chases:
            found.setdefault(chase.ticket.pk, message.message_id)
    return found


def _one(listener: Listener, chase: Chase, text: str) -> NewMessage:
    ticket = chase.ticket
    if listener.voice is None:
        return to_member(listener.member, text, priority=PRIORITY, customer_id=ticket.customer_id)
    return spoken(
        listener.voice,
        group_id=ticket.group_chat_id,
        content=text,
        mentions=chase.mentions,
        priority=PRIORITY,
        customer_id=ticket.customer_id,
    )


def _several(listener: Listener, part: list[Chase], text: str) -> NewMessage:
    if listener.voice is None:
        return to_member(listener.member, text, priority=PRIORITY)
    return spoken(
        listener.voice,
        group_id=listener.group_id or part[0].ticket.group_chat_id,
        content=text,
        mentions=[who for chase in part for who in chase.mentions],
        priority=PRIORITY,
    )


def _addresses(users: Sequence[User]) -> list[str]:
    return [user.wecom_user_id for user in users if user.wecom_user_id]
