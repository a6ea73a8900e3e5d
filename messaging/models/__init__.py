"""Messaging's tables."""

from messaging.models.account import ChannelAccount, ChannelType
from messaging.models.attempt import MessageAttempt
from messaging.models.message import Message, MessageBatch, MessageStatus, Queue

__all__ = [
    "ChannelAccount",
    "ChannelType",
    "Message",
    "MessageAttempt",
    "MessageBatch",
    "MessageStatus",
    "Queue",
]
