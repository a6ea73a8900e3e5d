"""What a message can mean: one of these commands, or that it was not understood."""

from dataclasses import dataclass
from decimal import Decimal
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
class Target:
    """Which project or ticket is meant: exactly one is given.

    `number` is one that may be a project's or a ticket's; `words` a customer's or project's name.
    """

    project_id: int | None = None
    ticket_ids: tuple[int, ...] = ()
    number: int | None = None
    phone: str = ""
    words: str = ""


@dataclass(frozen=True)
class RecordCustomer:
    """A customer and a presale project; `amount` in yuan."""

    customer_name: str
    phone: str = ""
    company: str = ""
    project: str = ""
    demand: str = ""
    products: tuple[str, ...] = ()
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class QueryProjects:
    target: Target


@dataclass(frozen=True)
class TransferEngineer:
    target: Target
    engineer: str
    note: str = ""


@dataclass(frozen=True)
class ResolveIssue:
    """The open ticket of the target is resolved, and its project keeps the note."""

    target: Target
    note: str = ""


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
    | RecordCustomer
    | QueryProjects
    | TransferEngineer
    | ResolveIssue
    | Help
    | Misunderstood
)
