"""`/查询工单`: what a colleague sees of a customer's tickets (seed 001, scene 5)."""

from django.db.models import QuerySet
from django.utils import timezone

from config.errors import NotFoundError
from customers import phones
from customers.actors import Actor
from messaging.markup import as_text
from tickets.models import Ticket
from tickets.queries.tickets import tickets_for

SHOWN = 5
PROBLEM_CHARACTERS = 40


def query_tickets(
    actor: Actor, *, customer_name: str = "", phone: str = "", ticket_id: int | None = None
) -> str:
    """Markdown with the newest tickets of one customer, or one ticket; only what the actor may see.

    Raises `InvalidInputError` for a bad number and `NotFoundError` when there is none.
    """
    tickets = tickets_for(actor)
    if ticket_id is not None:
        found = tickets.filter(pk=ticket_id)
        wanted = f"工单 #{ticket_id}"
    elif phone:
        found = tickets.filter(customer__phone=phones.normalize(phone))
        wanted = f"手机 {phone} 的工单"
    else:
        found = tickets.filter(customer__name=customer_name)
        wanted = f"客户「{customer_name}」的工单"
    return _render(found, wanted)


def _render(tickets: QuerySet[Ticket], wanted: str) -> str:
    total = tickets.count()
    if total == 0:
        raise NotFoundError(f"没有找到{as_text(wanted)}，请核对后再试")
    shown = list(tickets[:SHOWN])
    several = len({ticket.customer_id for ticket in shown}) > 1
    blocks = [f"📋 查询到 {total} 个工单："]
    blocks += [_block(ticket, name_customer=several) for ticket in shown]
    if total > SHOWN:
        blocks.append(f"仅显示最近 {SHOWN} 个，其余请在后台查看。")
    return "\n\n".join(blocks)


def _block(ticket: Ticket, *, name_customer: bool) -> str:
    lines = [
        f"**工单 #{ticket.pk}**",
        f"状态：{ticket.get_status_display()} | 进度：{ticket.progress}%",
        # The seed shows the points behind a short problem too.
        f"问题：{as_text(ticket.description)[:PROBLEM_CHARACTERS]}...",
        f"负责人：{as_text(ticket.assigned_to_name) or '待分配'}",
        f"创建时间：{timezone.localtime(ticket.created_at):%Y-%m-%d %H:%M}",
    ]
    if name_customer:
        customer = ticket.customer
        lines.insert(
            1, f"客户：{as_text(customer.name)}（{phones.mask(customer.phone) or '无手机号'}）"
        )
    return "\n".join(lines)
