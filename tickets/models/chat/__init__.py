"""Live chat's tables."""

from tickets.models.chat.agent import ChatAgent, ChatGroup
from tickets.models.chat.chat import OPEN_CHATS, Chat, ChatStatus, EndedBy
from tickets.models.chat.message import (
    RANK,
    ChatFile,
    ChatMessage,
    ChatMessageStatus,
    ChatMessageType,
    Sender,
)
from tickets.models.chat.record import (
    AssignmentTrigger,
    ChatAssignment,
    ChatEvent,
    ChatEventKind,
    ChatFeedEntry,
)
from tickets.models.chat.statistic import ChatAgentHour, ChatHourStatistic

__all__ = [
    "OPEN_CHATS",
    "RANK",
    "AssignmentTrigger",
    "Chat",
    "ChatAgent",
    "ChatAgentHour",
    "ChatAssignment",
    "ChatEvent",
    "ChatEventKind",
    "ChatFeedEntry",
    "ChatFile",
    "ChatGroup",
    "ChatHourStatistic",
    "ChatMessage",
    "ChatMessageStatus",
    "ChatMessageType",
    "ChatStatus",
    "EndedBy",
    "Sender",
]
