"""Messaging's tables."""

from messaging.models.account import ChannelAccount, ChannelType
from messaging.models.attempt import MessageAttempt
from messaging.models.message import Message, MessageBatch, MessageStatus, Queue
from messaging.models.template import BodyFormat, MessageTemplate, TemplateStatus

__all__ = [
    "BodyFormat",
    "ChannelAccount",
    "ChannelType",
    "Message",
    "MessageAttempt",
    "MessageBatch",
    "MessageStatus",
    "MessageTemplate",
    "Queue",
    "TemplateStatus",
]
