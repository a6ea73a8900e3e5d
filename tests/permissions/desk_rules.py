"""Tickets, messages, templates, accounts, WeChat entries: who may come in at which door."""

from config.api.keys import Scope
from tests.permissions.rule import ADMINS, EVERYONE, TEAM, Doors, Rule


def tickets() -> Doors:
    read, write = Scope.TICKETS_READ.value, Scope.TICKETS_WRITE.value
    one = "api/tickets/<id:pk>"
    return {
        ("GET", "api/tickets"): Rule(EVERYONE, read, lists="ticket"),
        ("POST", "api/tickets"): Rule(EVERYONE, write),
        ("GET", one): Rule(EVERYONE, read, "ticket"),
        ("PATCH", one): Rule(TEAM, write, "ticket", body=lambda w: {"title": "新标题"}),
        ("POST", f"{one}/assign"): Rule(TEAM, write, "ticket", body=lambda w: {"assignee": "lisi"}),
        ("POST", f"{one}/reply"): Rule(
            EVERYONE, write, "ticket", body=lambda w: {"content": "好的"}
        ),
        ("POST", f"{one}/transition"): Rule(
            TEAM, write, "ticket", body=lambda w: {"status": "resolved"}
        ),
        ("GET", f"{one}/events"): Rule(EVERYONE, read, "ticket"),
        ("GET", "api/customers/<id:customer_id>/tickets/summary"): Rule(EVERYONE, read, "customer"),
    }


def messages() -> Doors:
    send, read = Scope.MESSAGES_SEND.value, Scope.MESSAGES_READ.value
    message, batch = (
        "api/messages/<public_id:message_id>",
        ("api/messages/batches/<public_id:batch_id>"),
    )
    return {
        ("GET", "api/messages"): Rule(ADMINS, read),
        ("POST", "api/messages/send"): Rule(ADMINS, send),
        ("POST", "api/messages/send-batch"): Rule(ADMINS, send),
        ("GET", message): Rule(ADMINS, read, "message"),
        ("POST", f"{message}/retry"): Rule(ADMINS, send, "message"),
        ("POST", f"{message}/cancel"): Rule(ADMINS, send, "message"),
        ("POST", f"{message}/recall"): Rule(ADMINS, send, "message"),
        ("PUT", f"{message}/card"): Rule(ADMINS, send, "message"),
        ("GET", batch): Rule(ADMINS, read, "batch"),
        **{
            ("POST", f"{batch}/{act}"): Rule(ADMINS, send, "batch")
            for act in ("cancel", "pause", "resume", "retry-failed")
        },
        ("GET", "api/messages/traces/<public_id:trace_id>"): Rule(ADMINS, read, "trace"),
        ("GET", "api/messages/statistics/overview"): Rule(TEAM, read),
        ("GET", "api/messages/statistics/realtime"): Rule(TEAM, read),
    }


def templates_and_accounts() -> Doors:
    read = Scope.MESSAGES_READ.value
    templates, channels = Scope.TEMPLATES_WRITE.value, Scope.CHANNELS_WRITE.value
    template, account = "api/template/<id:pk>", "api/channels/<id:pk>"
    return {
        ("GET", "api/template/list"): Rule(ADMINS, read),
        ("POST", "api/template"): Rule(ADMINS, templates),
        ("POST", "api/template/test-send"): Rule(ADMINS, Scope.MESSAGES_SEND.value),
        ("GET", template): Rule(ADMINS, read, "template"),
        ("PUT", template): Rule(ADMINS, templates, "template"),
        ("DELETE", template): Rule(ADMINS, templates, "template"),
        ("POST", f"{template}/preview"): Rule(ADMINS, read, "template"),
        ("GET", "api/channels"): Rule(ADMINS, read),
        ("POST", "api/channels"): Rule(ADMINS, channels),
        ("GET", account): Rule(ADMINS, read, "account"),
        ("PUT", account): Rule(ADMINS, channels, "account"),
        ("POST", f"{account}/verify"): Rule(ADMINS, channels, "account"),
    }


def wechat() -> Doors:
    write = Scope.TICKETS_WRITE.value
    return {
        ("POST", "api/wechat/work-message"): Rule(TEAM, write),
        ("POST", "api/wechat/work/command"): Rule(TEAM, write),
    }
