"""Who may come in at which door: the matrix's own word, written down beside the code's.

A door without a row here fails the tests, and so does a row without a door.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.api.keys import Scope
from tests.permissions.world import World

EVERYONE = frozenset({"customer", "staff", "admin"})
TEAM = frozenset({"staff", "admin"})
ADMINS = frozenset({"admin"})
Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """`who` by role, `scope` for API keys (empty: none may). `kind` is whose id stands in the address.

    `lists` names the kind that the answer is a list of; `more` fills the address's other parts.
    """

    who: frozenset[str]
    scope: str = ""
    kind: str = ""
    lists: str = ""
    body: Body | None = None
    more: Body | None = None


@dataclass(frozen=True)
class Open:
    """No login: a page for everybody, a probe, or a callback that its signature lets in."""

    why: str


def _tickets() -> dict[tuple[str, str], Rule]:
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


def _messages() -> dict[tuple[str, str], Rule]:
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


def _templates_and_accounts() -> dict[tuple[str, str], Rule]:
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


def _wechat() -> dict[tuple[str, str], Rule]:
    write = Scope.TICKETS_WRITE.value
    return {
        ("POST", "api/wechat/work-message"): Rule(TEAM, write),
        ("POST", "api/wechat/work/command"): Rule(TEAM, write),
    }


RULES: dict[tuple[str, str], Rule] = {
    **_tickets(),
    **_messages(),
    **_templates_and_accounts(),
    **_wechat(),
}

OPEN: dict[tuple[str, str], Open] = {
    ("GET", ""): Open("where to go"),
    ("POST", "api/auth/token"): Open("the login itself"),
    ("POST", "api/auth/token/refresh"): Open("the login itself"),
    ("GET", "api/schema"): Open("the description of the API"),
    ("GET", "docs"): Open("the description of the API"),
    ("GET", "t/<str:token>"): Open("a signed link"),
    ("GET", "healthz"): Open("a probe"),
    ("GET", "readyz"): Open("a probe"),
    ("GET", "api/wechat/aibot"): Open("signed by the platform"),
    ("POST", "api/wechat/aibot"): Open("signed by the platform"),
    ("GET", "api/messages/receipts/<public_id:channel>"): Open("signed by the provider"),
    ("POST", "api/messages/receipts/<public_id:channel>"): Open("signed by the provider"),
}

# Every socket, and the roles that it lets in.
SOCKETS: dict[str, frozenset[str]] = {"ws/batches/<str:batch_id>": ADMINS}
