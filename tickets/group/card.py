"""The ticket's card in the group, word for word as seed 001 shows it."""

from django.conf import settings
from django.utils import timezone

from messaging.markup import as_text, cut_utf8
from messaging.models import Message
from tickets.customer_side.links import ticket_url
from tickets.group.speaking import MARKDOWN_BYTES, Voice, say
from tickets.models import Priority, Ticket
from tickets.states import TicketStatus

DESCRIPTION_BYTES = 1500
PRIORITY_MARKS = {
    Priority.LOW: "⬇️ LOW",
    Priority.NORMAL: "➡️ NORMAL",
    Priority.HIGH: "⬆️ HIGH",
    Priority.URGENT: "🚨 URGENT",
}
STATUS_MARKS = {
    TicketStatus.PENDING: "🟡",
    TicketStatus.ASSIGNED: "🔵",
    TicketStatus.PROCESSING: "🟠",
    TicketStatus.ESCALATED: "🔴",
    TicketStatus.RESOLVED: "🟢",
    TicketStatus.CLOSED: "⚪",
    TicketStatus.CANCELLED: "⚫",
}
# Message priorities 0–10 (contract.md §2): a person is waiting for the card.
CARD_PRIORITY = 8
URGENT_CARD_PRIORITY = 9


def new_ticket_card(ticket: Ticket) -> str:
    """Markdown of at most 4096 bytes; what people wrote stands in it as text."""
    customer = ticket.customer
    deadline = timezone.localtime(ticket.deadline)
    created = timezone.localtime(ticket.created_at)
    product = as_text(ticket.product) or f"售后工单 - {as_text(ticket.title)}"
    lines = [
        f"{STATUS_MARKS[TicketStatus(ticket.status)]} 【新工单提醒】#ID{ticket.pk}",
        "",
        "**客户信息**",
        f"> 客户：{as_text(customer.name)}",
        f"> 公司：{as_text(customer.company) or '未登记'}",
        f"> 联系：{customer.phone_display or '未登记'}",
        "",
        "**工单详情**",
        f"> 产品/项目：{cut_utf8(product, 300)}",
        f"> 问题描述：{cut_utf8(as_text(ticket.description), DESCRIPTION_BYTES)}",
        f"> 优先级：{PRIORITY_MARKS[Priority(ticket.priority)]}",
        f"> 提交时间：{created:%Y-%m-%d %H:%M}",
        "",
        "**处理状态**",
        f"> 当前状态：{ticket.get_status_display()}",
        f"> 负责人：{as_text(ticket.assigned_to_name) or '待分配'}",
        f"> 处理进度：{ticket.progress}%",
        f"> 处理期限：⏰ {deadline:%Y-%m-%d %H:%M}",
        "",
        "---",
        f"💬 请负责人在本消息下回复处理进度（引用本消息并 @{settings.AIBOT_NAME}）",
        '✅ 回复"已解决"可自动关闭工单',
        '📋 回复"分配给@某人"可转交工单',
        f"📊 查看详情：[安全链接]({ticket_url(ticket)})",
        "",
        f"🆘 请在{deadline:%m月%d日 %H:%M}前处理",
    ]
    return cut_utf8("\n".join(lines), MARKDOWN_BYTES)


def send_new_ticket_card(ticket: Ticket, voice: Voice | None) -> Message | None:
    """The card on its way to the group; None when no robot is set up for it."""
    if voice is None:
        return None
    urgent = ticket.priority == Priority.URGENT
    return say(
        voice,
        group_id=ticket.group_chat_id,
        content=new_ticket_card(ticket),
        priority=URGENT_CARD_PRIORITY if urgent else CARD_PRIORITY,
        customer_id=ticket.customer_id,
        created_by=ticket.created_by,
    )
