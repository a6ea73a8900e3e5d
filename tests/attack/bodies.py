"""A body that each writing operation of the schema takes, made from the schema and the world's ids."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from messaging.models import ChannelAccount
from tests.attack import operations
from tests.permissions.rule import Rule
from tests.permissions.rules import RULES
from tests.permissions.world import World

Made = Callable[[World, str], dict[str, Any]]

# What a name of a field or a filter refers to, in the world's words.
REFERENCES = {
    "customer_id": "customer",
    "customer_ids": "customer",
    "customer": "customer",
    "first": "customer",
    "second": "customer",
    "keep": "customer",
    "ticket_id": "ticket",
    "into": "ticket",
    "ids": "ticket",
    "chat_id": "chat",
    "chat": "chat",
    "project_id": "project",
    "project": "project",
    "segment_id": "segment",
    "segment": "segment",
    "plan_id": "plan",
    "policy_id": "sla_policy",
    "article_id": "article",
    "template_id": "template",
    "tag_id": "tag",
    "tag_ids": "tag",
    "tag": "tag",
    "trigger_tag_id": "tag",
    "batch": "batch",
}
_PEOPLE = frozenset(
    {"agent", "assignee", "user", "owner", "engineer", "follow_user_id", "from_user", "candidates"}
)
_WORDS = {"phone": "13900139000", "schedule": "0 9 * * *", "timezone": "Asia/Shanghai"}


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema's part itself, behind references and single `allOf`s."""
    while True:
        if "$ref" in part:
            part = operations.schema()["components"]["schemas"][part["$ref"].rpartition("/")[2]]
        elif len(part.get("allOf", [])) == 1:
            part = part["allOf"][0]
        elif part.get("oneOf"):
            part = part["oneOf"][0]
        else:
            return part


def body_schema(door: operations.Door) -> Mapping[str, Any]:
    """The schema of the operation's JSON body as it stands; empty where it takes none."""
    method, path = operations.documented()[door]
    operation = operations.schema()["paths"][path][method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    described: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    return described


def json_schema(door: operations.Door) -> Mapping[str, Any]:
    """The same behind its references."""
    return resolved(body_schema(door))


def answer_schema(door: operations.Door) -> Mapping[str, Any]:
    """The schema of what the operation answers with when it did what was asked."""
    method, path = operations.documented()[door]
    answers = operations.schema()["paths"][path][method.lower()]["responses"]
    for code, answer in sorted(answers.items()):
        if code.startswith("2"):
            content = answer.get("content", {}).get("application/json", {})
            return resolved(content.get("schema", {}))
    return {}


def accepted(door: operations.Door, world: World, which: str = "own") -> dict[str, Any]:
    """The fields that must be given, and what the matrix's rule gives."""
    described = json_schema(door)
    properties = described.get("properties", {})
    body = {
        name: value(name, properties[name], world, which)
        for name in described.get("required", [])
        if not resolved(properties[name]).get("readOnly")
    }
    rule = RULES.get(door)
    if isinstance(rule, Rule) and rule.body:
        body |= rule.body(world)
    made = OVERRIDES.get(door)
    return body | (made(world, which) if made else {})


def value(name: str, described: Mapping[str, Any], world: World, which: str) -> Any:
    """What that field or filter takes; a reference names what hangs on that customer."""
    part = resolved(described)
    if part.get("type") == "array":
        return [value(name, part["items"], world, which)]
    if name in REFERENCES:
        return world.ids[REFERENCES[name]][which]
    if name in _PEOPLE:
        return "lisi"
    if part.get("enum"):
        return next(choice for choice in part["enum"] if choice)
    later = timezone.now() + timedelta(days=3)
    simple: dict[str, Any] = {
        "integer": part.get("minimum", 1),
        "number": 1,
        "boolean": True,
        "object": {},
    }
    text = later.isoformat() if part.get("format") == "date-time" else _WORDS.get(name, "示例")
    return simple.get(str(part.get("type")), text)


def _first(world: World, which: str) -> dict[str, Any]:
    return {"customer_id": world.ids["customer"][which]}


def _robot(world: World, which: str) -> dict[str, Any]:
    return {"bot_id": ChannelAccount.objects.get(pk=world.ids["account"][which]).code}


def _other_ticket(name: str) -> Made:
    def made(world: World, which: str) -> dict[str, Any]:
        another = "bound" if which == "own" else "own"
        return {name: world.ids["ticket"][another]}

    return made


def _fixed(**fields: Any) -> Made:
    return lambda world, which: fields


_ACCOUNT = _fixed(
    code="example",
    settings={"group_id": "example"},
    secrets={"webhook_url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1111"},
)
_TEMPLATE = _fixed(code="example", body="{{content}}", channel="WORK_WECHAT")
_PLAN = _fixed(steps=[{"title": "回访", "day": 1}], trigger="manual")
_CONDITIONS = _fixed(conditions={"all": []})
_MESSAGE = {"variables": {"content": "您好"}}
_BULK = _fixed(action="assign", assignee="lisi")
# What the schema alone does not say: fields that need each other, and patterns.
OVERRIDES: dict[operations.Door, Made] = {
    ("POST", "api/channels"): _ACCOUNT,
    ("PUT", "api/channels/<id:pk>"): _ACCOUNT,
    ("POST", "api/template"): _TEMPLATE,
    ("PUT", "api/template/<id:pk>"): _TEMPLATE,
    ("POST", "api/messages/send"): lambda world, which: {
        **_MESSAGE, "template_id": world.ids["template"][which], "recipient": "lisi",
    },
    ("POST", "api/messages/send-batch"): lambda world, which: {
        **_MESSAGE, "template_id": world.ids["template"][which], "recipients": ["lisi"],
    },
    ("POST", "api/template/test-send"): _fixed(**_MESSAGE, test_recipients=["lisi"]),
    ("PUT", "api/messages/<public_id:message_id>/card"): _fixed(replace_name="已处理"),
    ("POST", "api/projects"): _first,
    ("POST", "api/tickets"): _first,
    ("POST", "api/tickets/bulk"): _BULK,
    ("POST", "api/tickets/<id:pk>/links"): _other_ticket("ticket_id"),
    ("POST", "api/tickets/<id:pk>/merge"): lambda world, which: {
        "into": world.ids.get("second ticket", world.ids["ticket"])[which]
    },
    ("POST", "api/v1/customers/transfer"): _fixed(from_user="lisi", to_user="wangwu"),
    ("POST", "api/v1/handovers"): _fixed(candidates=["wangwu"]),
    ("POST", "api/v1/merge-cases/<id:pk>/merge"): lambda world, which: {
        "keep": world.customers[which].pk
    },
    ("POST", "api/v1/follow-up-plans"): _PLAN,
    ("PUT", "api/v1/follow-up-plans/<id:pk>"): _PLAN,
    ("POST", "api/v1/segments"): _CONDITIONS,
    ("POST", "api/v1/segments/preview"): _CONDITIONS,
    ("PUT", "api/v1/segments/<id:pk>"): _CONDITIONS,
    ("POST", "api/v1/tag-rules"): _CONDITIONS,
    ("PUT", "api/v1/tag-rules/<id:pk>"): _CONDITIONS,
    ("POST", "api/customer-service/chats/<id:pk>/transfer"): _fixed(agent="wangwu"),
    ("POST", "api/wechat/group-bot-notify"): _robot,
    ("PUT", "api/sla/policies/<id:pk>"): _fixed(resolution_minutes=60),
}  # fmt: skip
