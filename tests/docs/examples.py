"""Writes docs/api-examples.md from real calls on a system with fresh demo data.

    python -m tests.docs.examples

Values that differ from day to day and from machine to machine are written as if they did not.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[2] / "docs" / "api-examples.md"
HEAD = """# The API by example

Written by `python -m tests.docs.examples` from real calls on fresh demo data; a test makes the calls again
and compares. `$BASE` is `http://127.0.0.1:8000` after `make run`, `$TOKEN` an `access` from the first call,
`$ADMIN` the same for `admin`, `$CUSTOMER` for `zhangsan`, `$KEY` an API key, made in the admin under API 密钥;
other names in capitals stand for a number from an earlier answer. Times, tokens and public numbers are
examples; of lists the first row is shown (`…`). Everything else is at `/docs`.
"""
_MARKS = (
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "eyJ…"),
    (
        re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
        "2026-11-27T10:00:00+08:00",
    ),
    (re.compile(r"\d{4}-\d\d-\d\d(?!T)"), "2026-11-27"),
    (re.compile(r"(?<![\d-])\d\d-\d\d(?= \d\d:)"), "11-27"),
    (re.compile(r"(?<![\d:T+])\d\d:\d\d(?![\d:])"), "10:00"),
    (re.compile(r"(MSG|TRC|BAT)\d{14}[0-9a-f]{12}"), r"\g<1>20261127100000a1b2c3d4e5f6"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "https://desk.example.com"),
    (re.compile(r"(/t/|/s/|/secure/|token=|t=)[\w.:%-]{12,}"), r"\g<1>…"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "…"),
)
# Figures that the machine's speed or the hour of the day decide.
_VARYING = re.compile(r"^(duration_ms|total_ms|rate_per_second|score)$")
_OPAQUE = frozenset({"provider_message_id", "next_cursor"})
_SHOWN = 1


@dataclass
class Call:
    """One call as it is told: `remember` takes what later calls need from its answer."""

    title: str
    who: str
    method: str
    path: str
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    remember: Callable[[Any, dict[str, str]], None] | None = None
    # Of a long answer only these; the rest is `…`.
    shown: tuple[str, ...] = ()
    # Whose numbers depend on the hour: the demo has as many chats as the day is old.
    uncounted: tuple[str, ...] = ()
    # Asked again until this holds: sending takes its moment.
    until: Callable[[Any], bool] | None = None


CHAPTERS: list[tuple[str, list[Call]]] = [
    (
        "Who calls",
        [
            Call(
                "A login gives a token for the `Authorization: Bearer` header.",
                *(
                    "",
                    "POST",
                    "/api/auth/token",
                    {"username": "lisi", "password": "$DEMO_PASSWORD"},
                ),
            ),
            Call(
                "A program takes an API key with scopes, here `messages:send` and `messages:read`.",
                *("KEY", "GET", "/api/messages?recipient=nobody"),
            ),
        ],
    ),
    (
        "Tickets",
        [
            Call(
                "A group command over JSON.",
                *("TOKEN", "POST", "/api/wechat/work-message"),
                {
                    "ToUserName": "corp",
                    "FromUserName": "lisi",
                    "MsgType": "text",
                    "Content": "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
                },
            ),
            Call(
                "The same by the API; repeated with its `Idempotency-Key`, it makes no second one.",
                *("TOKEN", "POST", "/api/tickets"),
                {
                    "description": "登录失败报错500",
                    "customer_name": "张三",
                    "phone": "13800138000",
                },
                201,
                {"Idempotency-Key": "demo-1"},
                lambda answer, known: known.update(ticket=str(answer["id"])),
            ),
            Call("One page of a list.", "TOKEN", "GET", "/api/tickets?status=pending&size=1"),
            Call(
                "Somebody gets it.",
                *("TOKEN", "POST", "/api/tickets/{ticket}/assign", {"assignee": "lisi"}),
                shown=("id", "status", "assigned_to", "version"),
            ),
            Call(
                "It is solved.",
                *("TOKEN", "POST", "/api/tickets/{ticket}/transition"),
                {"status": "resolved", "reason": "已修复"},
                shown=("id", "status", "progress", "version"),
            ),
            Call(
                "Whoever follows it hears of changes.",
                *("TOKEN", "POST", "/api/tickets/{ticket}/watch"),
                status=201,
            ),
            Call(
                "How old questions like this one ended.",
                *("TOKEN", "GET", "/api/tickets/similar?text=服务器连不上"),
            ),
            Call(
                "A customer's tickets in figures.",
                "TOKEN",
                "GET",
                "/api/customers/1/tickets/summary",
            ),
        ],
    ),
    (
        "Customers",
        [
            Call(
                "A customer is entered; one of the same name and phone is found instead.",
                *("ADMIN", "POST", "/api/v1/customers"),
                {
                    "name": "陈晓东",
                    "phone": "13900139000",
                    "company": "南山物流",
                    "channel": "wecom",
                    "followUserId": "lisi",
                },
                201,
                remember=lambda answer, known: known.update(customer=str(answer["id"])),
            ),
            Call("They are found.", "ADMIN", "GET", "/api/v1/customers?keyword=陈晓东"),
            Call(
                "What happened to one.",
                *("ADMIN", "GET", "/api/v1/customers/{customer}/timeline?size=1"),
            ),
        ],
    ),
    (
        "Messages",
        [
            Call(
                "A template.",
                *("ADMIN", "POST", "/api/template"),
                {
                    "code": "parcel_left",
                    "name": "发货通知",
                    "channel": "WORK_WECHAT",
                    "body": "{{name}}，您的包裹 {{number}} 已发出",
                },
                201,
                remember=lambda answer, known: known.update(template=str(answer["id"])),
            ),
            Call(
                "How it reads.",
                *("ADMIN", "POST", "/api/template/{template}/preview"),
                {"variables": {"name": "李四", "number": "SF100"}},
            ),
            Call(
                "One message.",
                *("KEY", "POST", "/api/messages/send"),
                {
                    "template_code": "parcel_left",
                    "recipient": "lisi",
                    "variables": {"name": "李四", "number": "SF100"},
                    "priority": 8,
                },
                202,
                remember=lambda answer, known: known.update(
                    message=answer["message_id"], trace=answer["trace_id"]
                ),
            ),
            Call(
                "What became of it.",
                *("KEY", "GET", "/api/messages/{message}"),
                until=lambda answer: answer["status"] == "sent",
            ),
            Call("Its way.", "KEY", "GET", "/api/messages/traces/{trace}"),
            Call(
                "A batch, up to 10,000 recipients, all or none.",
                *("KEY", "POST", "/api/messages/send-batch"),
                {
                    "template_code": "staff_notice",
                    "variables": {"content": "今晚维护"},
                    "recipients": [
                        {"recipient": "lisi", "variables": {"name": "李四"}},
                        {"recipient": "wangwu", "variables": {"name": "王五"}},
                    ],
                },
                202,
                remember=lambda answer, known: known.update(batch=answer["batch_id"]),
            ),
            Call(
                "How far it is.",
                *("KEY", "GET", "/api/messages/batches/{batch}"),
                until=lambda answer: answer["status"] in ("completed", "finished", "done"),
            ),
        ],
    ),
    (
        "Live chat",
        [
            Call(
                "An agent is there.",
                *("TOKEN", "POST", "/api/customer-service/status", {"status": "online"}),
            ),
            Call(
                "A customer asks for somebody.",
                *("CUSTOMER", "POST", "/api/user/customer-service/assign", {}),
                remember=lambda answer, known: known.update(chat=str(answer["chat_id"])),
                uncounted=("chat_id",),
            ),
            Call(
                "And says what it is about.",
                *("CUSTOMER", "POST", "/api/user/customer-service/chats/{chat}/messages"),
                {"content": "服务器连不上了"},
                201,
                uncounted=("id", "chat_id"),
            ),
            Call(
                "The agent answers, having seen that.",
                *("TOKEN", "POST", "/api/customer-service/chats/{chat}/messages"),
                {"content": "正在查看", "last_seen": 2, "client_id": "a1"},
                201,
                uncounted=("id", "chat_id"),
            ),
            Call(
                "The customer ends it.",
                *("CUSTOMER", "POST", "/api/user/customer-service/chats/{chat}/end", {}),
                uncounted=("id",),
            ),
        ],
    ),
    (
        "Runtime settings",
        [
            Call(
                "A part of them is changed, all or nothing.",
                *("ADMIN", "POST", "/api/admin/config"),
                {"message_sender": {"core_pool_size": 20, "max_pool_size": 60}},
                shown=("message_sender",),
            ),
            Call(
                "What would change by an import.",
                *("ADMIN", "POST", "/api/config/import"),
                {
                    "values": {"message_sender": {"core_pool_size": 20, "max_pool_size": 80}},
                    "dry_run": True,
                },
            ),
        ],
    ),
    (
        "Refusals",
        [
            Call("Nobody is logged in.", "", "GET", "/api/tickets", status=401),
            Call(
                "Not there, or not yours to see.", "TOKEN", "GET", "/api/tickets/999999", status=404
            ),
            Call("Something is missing.", "TOKEN", "POST", "/api/tickets", {}, 400),
            Call(
                "A value that a setting does not take; `attr` says where.",
                *("ADMIN", "POST", "/api/config/import"),
                {"values": {"retry": {"max_attempts": 0}}},
                400,
            ),
            Call(
                "A move that the state forbids; the answer names the ways out.",
                *("TOKEN", "POST", "/api/tickets/9/transition"),
                {"status": "closed", "reason": "不用了"},
                409,
            ),
            Call(
                "Somebody else has changed it since.",
                *("TOKEN", "PATCH", "/api/tickets/{ticket}", {"priority": "high", "version": 1}),
                409,
            ),
            Call("Not for this role.", "CUSTOMER", "POST", "/api/admin/reminders/run", status=403),
        ],
    ),
]


def written(system: Any) -> str:
    """The document as the calls on `system` (tests/live.py) make it."""
    return HEAD + "".join(_chapters(system))


def _chapters(system: Any) -> Iterator[str]:
    who = {
        "": {},
        "KEY": {"Authorization": f"Api-Key {_key(system)}"},
        **{
            name: {"Authorization": system.as_user(login).headers["Authorization"]}
            for name, login in (("TOKEN", "lisi"), ("ADMIN", "admin"), ("CUSTOMER", "zhangsan"))
        },
    }
    known: dict[str, str] = {}
    for title, calls in CHAPTERS:
        yield f"\n## {title}\n"
        for call in calls:
            answer = _ask(system, call, who[call.who], known)
            yield f"\n{call.title}\n\n```bash\n{_curl(call)}\n```\n\n{call.status}:\n\n"
            yield f"```json\n{_told(call, answer)}\n```\n"


def _ask(system: Any, call: Call, login: dict[str, str], known: dict[str, str]) -> Any:
    from tests.live import PASSWORD

    body = call.body
    if body and body.get("password"):
        body = {**body, "password": PASSWORD}

    def ask() -> Any:
        answer = system.http.request(
            call.method,
            system.url(call.path.format(**known)),
            json=body,
            headers={**login, **call.headers},
        )
        assert answer.status_code == call.status, f"{call.path}: {answer.status_code} {answer.text}"
        found = answer.json() if answer.content else None
        return [found] if call.until is None or call.until(found) else None

    found = system.until(ask)[0]
    if call.remember:
        call.remember(found, known)
    return found


def _key(system: Any) -> str:
    from tests.live import run

    made = run(
        system,
        *("manage.py", "shell", "-v", "0", "-c"),
        "from config.api.keys import ApiKey;"
        "print(ApiKey.objects.create_key(name='docs', scopes=['messages:send', 'messages:read'])[1])",
    )
    return made.split()[-1]


def _curl(call: Call) -> str:
    path = re.sub(r"\{(\w+)\}", lambda found: "$" + found[1].upper(), call.path)
    parts = ["curl -s" + ("" if call.method in ("GET", "POST") else f" -X {call.method}")]
    if call.method == "POST" and call.body is None:
        parts[0] += " -X POST"
    parts[0] += f' "$BASE{path}"' if "?" in path or "$" in path else f" $BASE{path}"
    if call.who:
        scheme = "Api-Key" if call.who == "KEY" else "Bearer"
        parts[0] += f' -H "Authorization: {scheme} ${call.who}"'
    for name, value in call.headers.items():
        parts.append(f"  -H '{name}: {value}'")
    if call.body is not None:
        told = json.dumps(call.body, ensure_ascii=False)
        # What the shell fills in stands in double quotes.
        quoted = json.dumps(told, ensure_ascii=False) if "$" in told else f"'{told}'"
        parts.append(f"  -H 'Content-Type: application/json' -d {quoted}")
    return " \\\n".join(parts)


def _told(call: Call, answer: Any) -> str:
    told = _same_each_day(answer)
    if call.shown:
        told = {**{name: told[name] for name in call.shown}, "…": "…"}
    for name in call.uncounted:
        told[name] = 1
    return json.dumps(told, ensure_ascii=False, indent=2)


def _same_each_day(value: Any, name: str = "") -> Any:
    match value:
        case dict():
            return {key: _same_each_day(part, key) for key, part in value.items()}
        case list():
            rows = [_same_each_day(part) for part in value[:_SHOWN]]
            return [*rows, "…"] if len(value) > _SHOWN else rows
        case str():
            return "…" if value and name in _OPAQUE else _as_on_another_day(value)
        case int() | float() if _VARYING.match(name):
            return 0
        case _:
            return value


def _as_on_another_day(text: str) -> str:
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return text


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from tests import live

    with live.start() as system:
        TARGET.write_text(written(system), encoding="utf-8")


if __name__ == "__main__":
    main()
