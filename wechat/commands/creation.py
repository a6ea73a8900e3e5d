"""What is said of a new ticket: the seed's sentence, and tickets like it."""

from customers.actors import Actor
from messaging.markup import as_text
from tickets import states
from tickets.history.similar import similar_tickets
from tickets.models import Ticket
from wechat.commands.result import CommandResult, Effect

SIMILAR_SHOWN = 3
SIMILAR_ENOUGH = 0.5


def created(ticket: Ticket, actor: Actor) -> CommandResult:
    """The seed's sentence, and tickets like it below."""
    told = "已推送到群聊。" if ticket.group_message_id else "（没有配置群机器人，未推送到群聊）"
    lines = [f"✅ 工单 #{ticket.pk} 创建成功！{told}", *_similar(ticket, actor)]
    effect = Effect(ticket.pk, 1, ticket.version)
    return CommandResult("\n".join(lines), handled=True, ticket_id=ticket.pk, effects=(effect,))


def _similar(ticket: Ticket, actor: Actor) -> list[str]:
    found = similar_tickets(
        text=ticket.description, actor=actor, product=ticket.product, exclude_id=ticket.pk
    )
    lines = []
    for similar in [one for one in found if one.score >= SIMILAR_ENOUGH][:SIMILAR_SHOWN]:
        solution = f"：{as_text(similar.resolution)[:60]}" if similar.resolution else ""
        lines.append(
            f"🔎 相似工单：#{similar.id} {as_text(similar.title)[:30]}"
            f"（{similar.score:.0%}）{states.label(similar.status)}{solution}"
        )
    return lines
