"""Whatever a client sends, no door of the customers' room answers 500 (contract.md §1)."""

import json
from typing import Any

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from tests.permissions import world

BODIES: list[Any] = [[], None, "x", 7, {}, [{}], {"x": "y"}]
VALUES: list[Any] = [
    None, "", "\x00", "x" * 70_000, "\ud800", -1, 0, 10**30, 1.5, True, [], {}, [None], ["x"],
    [10**30], [[]], {"a": {"b": []}}, {"all": [{"field": "name"}]}, "2026-13-45", "9999-12-31T23:59:59Z",
]  # fmt: skip
WORDS = ["", "%00", "x" * 300, "-1", "0", "99999999999999999999999", "1.5", "[]", "2026-13-45", "'"]
KINDS = {
    "customers": "customer", "projects": "project", "tags": "tag", "tag-groups": "tag_group",
    "tag-rules": "rule", "segments": "segment", "groups": "group", "handovers": "handover",
    "imports": "import", "merge-cases": "merge_case", "risks": "warning", "follow-ups": "follow_up",
    "follow-up-plans": "plan", "follow-up-tasks": "task", "plans": "enrollment",
    "policies": "sla_policy", "tickets": "ticket", "attachments": "attachment",
    "checklist": "checklist_item", "canned-replies": "canned_reply", "chats": "chat",
    "messages": "chat_message", "files": "chat_file",
    "articles": "article", "hits": "hit", "gaps": "gap", "turns": "turn",
    "configs": "runtime_setting", "examples": "intent_example", "models": "intent_model",
    "jobs": "job",
}  # fmt: skip
ROOMS = (
    *("/api/v1/", "/api/projects", "/api/admin/", "/api/sla"),
    "/api/reports",
    *("/api/tickets", "/api/canned-replies"),
    *("/api/ai/examples", "/api/ai/models", "/api/monitor/"),
    *("/api/customer-service/", "/api/user/customer-service/"),
    "/api/config/",
    *("/api/ai/knowledge/", "/api/ai/turns", "/api/ai/router"),
    *("/api/wechat/sidebar", "/api/wechat/js-sdk", "/api/wechat/group-bot-notify"),
)


def _operations(room: str) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return [
        (method, path, operation, schema["components"]["schemas"])
        for path, methods in sorted(schema["paths"].items())
        if path.startswith(room)
        for method, operation in methods.items()
    ]


def _address(path: str, people: world.World) -> str:
    parts = path.strip("/").split("/")
    filled = [
        str(people.ids[KINDS[parts[place - 1]]]["own"]) if part.startswith("{") else part
        for place, part in enumerate(parts)
    ]
    return "/" + "/".join(filled)


def _properties(operation: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    ref = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return list(schemas.get(ref.rpartition("/")[2], {}).get("properties", {}))


def _answer(client: APIClient, method: str, address: str, body: Any) -> int:
    with transaction.atomic():
        if method == "get":
            answer = client.get(address)
        else:
            answer = client.generic(method.upper(), address, json.dumps(body), "application/json")
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.services_only  # PostgreSQL refuses more than SQLite does
@pytest.mark.timeout(400)
@pytest.mark.django_db
@pytest.mark.parametrize("room", ROOMS)
def test_no_door_answers_500(room: str):
    people = world.build()
    client = APIClient(raise_request_exception=False)
    who = "customer" if room.startswith("/api/user/") else "admin"
    client.force_authenticate(people.users[who])
    broken, calls = [], 0
    for method, path, operation, schemas in _operations(room):
        address = _address(path, people)
        asked: list[tuple[str, Any]] = []
        if method != "get":
            names = _properties(operation, schemas)
            asked += [(address, body) for body in BODIES]
            asked += [(address, {name: value}) for name in names for value in VALUES]
        queries = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        asked += [(f"{address}?{name}={word}", {}) for name in queries for word in WORDS]
        calls += len(asked)
        for where, body in asked:
            if _answer(client, method, where, body) >= 500:
                broken.append((method, where[:120], str(body)[:80]))
    assert broken == []
    assert calls >= len(WORDS)
