"""Tickets' tables."""

from tickets.models.agent import (
    AgentPresence,
    AgentProfile,
    AgentSkill,
    DispatchDecision,
    DispatchTrigger,
    PresenceStatus,
)
from tickets.models.daily_count import DailyTicketCount
from tickets.models.desk import (
    CannedReply,
    ChecklistItem,
    ChecklistTemplate,
    CustomField,
    SavedView,
)
from tickets.models.draft import TicketDraft
from tickets.models.event import CHANGING, EventKind, TicketEvent, Visibility
from tickets.models.live import TicketFeedEntry, TicketViewer
from tickets.models.news import GroupNews
from tickets.models.rating import TicketRating
from tickets.models.relation import LinkKind, TicketAttachment, TicketLink, TicketWatcher
from tickets.models.reminder import ReminderKind, TicketReminder
from tickets.models.sla import (
    Clock,
    SlaApplication,
    SlaPolicy,
    SlaPolicyVersion,
    SlaStep,
    SlaTarget,
)
from tickets.models.ticket import Priority, SlaState, Ticket

__all__ = [
    "CHANGING",
    "AgentPresence",
    "AgentProfile",
    "AgentSkill",
    "CannedReply",
    "ChecklistItem",
    "ChecklistTemplate",
    "Clock",
    "CustomField",
    "DailyTicketCount",
    "DispatchDecision",
    "DispatchTrigger",
    "EventKind",
    "GroupNews",
    "LinkKind",
    "PresenceStatus",
    "Priority",
    "ReminderKind",
    "SavedView",
    "SlaApplication",
    "SlaPolicy",
    "SlaPolicyVersion",
    "SlaState",
    "SlaStep",
    "SlaTarget",
    "Ticket",
    "TicketAttachment",
    "TicketDraft",
    "TicketEvent",
    "TicketFeedEntry",
    "TicketLink",
    "TicketRating",
    "TicketReminder",
    "TicketViewer",
    "TicketWatcher",
    "Visibility",
]
