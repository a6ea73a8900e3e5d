"""What can be done with a ticket. Each act locks the row, checks the table, leaves an event."""

from tickets.actions.assign import ticket_assign
from tickets.actions.create import ticket_create
from tickets.actions.edit import ticket_edit, ticket_set_progress
from tickets.actions.links import ticket_link, ticket_unlink
from tickets.actions.merge import ticket_merge
from tickets.actions.rate import ticket_rate
from tickets.actions.reply import ticket_reply
from tickets.actions.transition import ticket_reopen, ticket_transition
from tickets.actions.waiting import ticket_resume, ticket_wait
from tickets.actions.watch import ticket_unwatch, ticket_watch

__all__ = [
    "ticket_assign",
    "ticket_create",
    "ticket_edit",
    "ticket_link",
    "ticket_merge",
    "ticket_rate",
    "ticket_reopen",
    "ticket_reply",
    "ticket_resume",
    "ticket_set_progress",
    "ticket_transition",
    "ticket_unlink",
    "ticket_unwatch",
    "ticket_wait",
    "ticket_watch",
]
