"""What a message can mean: one of these commands, or that it was not understood."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class CreateTicket:
    customer_name: str
    problem: str
    phone: str = ""
    product: str = ""
    company: str = ""
    priority: str = "normal"


@dataclass(frozen=True)
class QueryTickets:
    """Exactly one of the three is given."""

    customer_name: str = ""
    phone: str = ""
    ticket_id: int | None = None


@dataclass(frozen=True)
class AssignTicket:
    ticket_ids: tuple[int, ...]
    assignee: str
    note: str = ""


@dataclass(frozen=True)
class ChangeStatus:
    """`status` is a ticket state, or `reopened`, whose state follows from the ticket."""

    ticket_ids: tuple[int, ...]
    status: str
    progress: int | None = None
    note: str = ""


@dataclass(frozen=True)
class SetProgress:
    ticket_ids: tuple[int, ...]
    percent: int
    note: str = ""


@dataclass(frozen=True)
class AddNote:
    """Words behind a ticket's number that are no command: kept as a follow-up."""

    ticket_ids: tuple[int, ...]
    content: str


@dataclass(frozen=True)
class Help:
    """The list of all commands."""


@dataclass(frozen=True)
class Misunderstood:
    """`reason` says what is missing or wrong; `example` can be copied."""

    reason: str
    example: str


Command: TypeAlias = (
    CreateTicket
    | QueryTickets
    | AssignTicket
    | ChangeStatus
    | SetProgress
    | AddNote
    | Help
    | Misunderstood
)
