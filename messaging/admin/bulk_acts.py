"""Acts on the messages that are ticked in the admin's list: the same actions as everywhere."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest

from config.admin_acts import BulkAct, Doing, confirmed
from messaging.actions.batches import RESENDABLE, message_cancel, message_resend, message_settle
from messaging.actions.recall import message_recall
from messaging.models import Message, MessageStatus
from messaging.models.message import ARRIVED, WAITING


def _named(message: Message) -> str:
    return (
        f"{message.message_id}（{message.get_channel_display()}，{message.get_status_display()}）"
    )


def _only_in(states: Collection[str], what: str) -> Any:
    def against(message: Message, request: HttpRequest) -> str:
        is_right = message.status in states
        return "" if is_right else f"{message.get_status_display()}的消息{what}"

    return against


def _recall(message: Message, doing: Doing) -> None:
    message_recall(message=message)


ACTS = (
    BulkAct(
        name="resend_selected",
        label="重新发送",
        effect="所选消息重新排队发送。结果未知的消息可能已经送达，重新发送会让对方收到两次。",
        done="已重新排队",
        unit="条消息",
        permission="resend",
        run=lambda message, doing: message_resend(message_pk=message.pk),
        against=_only_in(RESENDABLE, "不能重发"),
        named=_named,
    ),
    BulkAct(
        name="cancel_selected",
        label="取消发送",
        effect="等待中的消息不再发送，不能恢复。",
        done="已取消",
        unit="条消息",
        permission="resend",
        run=lambda message, doing: message_cancel(message_pk=message.pk),
        against=_only_in(WAITING, "不能取消"),
        named=_named,
        is_danger=True,
    ),
    BulkAct(
        name="recall_selected",
        label="撤回",
        effect="从对方的会话中撤回已发送的应用消息；只有支持撤回的渠道可以。",
        done="已撤回",
        unit="条消息",
        permission="resend",
        run=_recall,
        against=_only_in(ARRIVED, "不能撤回"),
        named=_named,
        most=100,
        is_danger=True,
    ),
    BulkAct(
        name="settle_sent",
        label="确认已送达",
        effect="结果未知的消息记为已发送，不再重发。",
        done="已确认",
        unit="条消息",
        permission="resend",
        run=lambda message, doing: message_settle(message_pk=message.pk, arrived=True),
        against=_only_in({MessageStatus.UNCERTAIN}, "无需确认"),
        named=_named,
    ),
    BulkAct(
        name="settle_failed",
        label="确认未送达",
        effect="结果未知的消息记为失败，之后可以重新发送。",
        done="已确认",
        unit="条消息",
        permission="resend",
        run=lambda message, doing: message_settle(message_pk=message.pk, arrived=False),
        against=_only_in({MessageStatus.UNCERTAIN}, "无需确认"),
        named=_named,
    ),
)
BULK_ACTS = [confirmed(act) for act in ACTS]
