"""Messaging's tables."""

from messaging.models.account import ChannelAccount, ChannelType
from messaging.models.attempt import MessageAttempt
from messaging.models.batch import MessageBatch, MessageChunk, Queue
from messaging.models.circuit import ChannelCircuit
from messaging.models.message import Message, MessageStatus
from messaging.models.opt_out import OptOut
from messaging.models.phone_code import PhoneCode
from messaging.models.receipt import EarlyReceipt, ProviderReference
from messaging.models.statistic import DailyStatistic
from messaging.models.template import (
    BodyFormat,
    MessageTemplate,
    PushMode,
    TemplateStatus,
    TemplateVersion,
)

__all__ = [
    "BodyFormat",
    "ChannelAccount",
    "ChannelCircuit",
    "ChannelType",
    "DailyStatistic",
    "EarlyReceipt",
    "Message",
    "MessageAttempt",
    "MessageBatch",
    "MessageChunk",
    "MessageStatus",
    "MessageTemplate",
    "OptOut",
    "PhoneCode",
    "ProviderReference",
    "PushMode",
    "Queue",
    "TemplateStatus",
    "TemplateVersion",
]
