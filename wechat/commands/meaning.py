"""What a message can mean: one of these commands, or that it was not understood."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True)
class CreateTicket:
    """`customer_id` is set once somebody has chosen among several of that name."""

    customer_name: str
    problem: str
    phone: str = ""
    product: str = ""
    company: str = ""
    priority: str = "normal"
    customer_id: int | None = None


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
class ReplyCustomer:
    """Words that the customer is to read."""

    ticket_ids: tuple[int, ...]
    content: str


@dataclass(frozen=True)
class SetPriority:
    ticket_ids: tuple[int, ...]
    priority: str


@dataclass(frozen=True)
class SetDeadline:
    ticket_ids: tuple[int, ...]
    moment: datetime


@dataclass(frozen=True)
class PostponeDeadline:
    ticket_ids: tuple[int, ...]
    by: timedelta


@dataclass(frozen=True)
class WaitForCustomer:
    ticket_ids: tuple[int, ...]
    reason: str = ""


@dataclass(frozen=True)
class GoOn:
    """The customer is waited for no longer."""

    ticket_ids: tuple[int, ...]
    reason: str = ""


@dataclass(frozen=True)
class Watch:
    ticket_ids: tuple[int, ...]
    wanted: bool = True


@dataclass(frozen=True)
class MergeTickets:
    ticket_ids: tuple[int, ...]
    into_id: int
    reason: str = ""


@dataclass(frozen=True)
class MyTickets:
    """The asker's open tickets, the most urgent deadline first."""


@dataclass(frozen=True)
class OverdueTickets:
    """Overdue ones in the asker's view."""


@dataclass(frozen=True)
class SetPresence:
    status: str


@dataclass(frozen=True)
class Undo:
    """The asker's last command of this conversation."""


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
    customer_id: int | None = None


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
    """The list of all commands, or all about one of them or of a section."""

    topic: str = ""


@dataclass(frozen=True)
class Misunderstood:
    """`reason` says what is missing or wrong; `example` can be copied."""

    reason: str
    example: str


@dataclass(frozen=True)
class IncompleteTicket(Misunderstood):
    """A ticket is wanted and `known` is all that was said: the rest can be asked for."""

    known: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Several:
    """Several commands in one message, in their order."""

    commands: tuple["Command", ...]


Command: TypeAlias = (
    CreateTicket
    | QueryTickets
    | AssignTicket
    | ChangeStatus
    | SetProgress
    | AddNote
    | ReplyCustomer
    | SetPriority
    | SetDeadline
    | PostponeDeadline
    | WaitForCustomer
    | GoOn
    | Watch
    | MergeTickets
    | MyTickets
    | OverdueTickets
    | SetPresence
    | Undo
    | RecordCustomer
    | QueryProjects
    | TransferEngineer
    | ResolveIssue
    | Help
    | Misunderstood
    | Several
)
