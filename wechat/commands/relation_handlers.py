"""Following a ticket, and making two of them one."""

from customers.actors import Actor
from tickets.actions import ticket_merge, ticket_unwatch, ticket_watch
from wechat.commands import meaning
from wechat.commands.each import each
from wechat.commands.result import CommandResult


def watch(command: meaning.Watch, actor: Actor) -> CommandResult:
    def act(ticket_id: int) -> str:
        if command.wanted:
            ticket_watch(ticket_id=ticket_id, actor=actor)
            return f"✅ 已关注工单 #{ticket_id}，有变化会通知您"
        ticket_unwatch(ticket_id=ticket_id, actor=actor)
        return f"✅ 已取消关注工单 #{ticket_id}"

    return each(command.ticket_ids, act, actor, unchanged="")


def merge(command: meaning.MergeTickets, actor: Actor) -> CommandResult:
    into = command.into_id

    def act(ticket_id: int) -> str:
        ticket_merge(ticket_id=ticket_id, into_id=into, reason=command.reason, actor=actor)
        return f"✅ 工单 #{ticket_id} 已合并到 #{into}；分开请发「#{ticket_id} 重开」"

    return each(command.ticket_ids, act, actor, also=(into,))
