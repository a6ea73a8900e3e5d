"""What the pages show: keys grouped by what they are about, changes and versions in words."""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from config.runtime import in_use, queries, schema
from config.runtime.diff import Change, diff
from config.runtime.document import KeyChange
from config.runtime.models import RuntimeSetting
from config.runtime.schema import JSONValue

GROUPS = {
    "message_sender": "发送",
    "retry": "发送",
    "circuit": "发送",
    "quiet_hours": "发送",
    "frequency_cap": "发送",
    "resend_uncertain": "发送",
    "rate_limit": "接口限流",
    "channel": "渠道上限",
    "phone_codes": "验证码",
    "ai": "智能助手",
    "assistant": "智能助手",
    "chat": "在线客服",
    "presence": "在线状态",
    "ticket": "工单与催促",
    "wechat": "公众号与欢迎语",
    "kf": "微信客服",
    "binding": "手机绑定",
    "risk": "流失风险",
    "handover": "客户移交",
    "monitoring": "监控",
    "watch": "监控",
    "report": "报告",
    "message": "发送",
    "retention": "数据保留",
}
KINDS: dict[in_use.Kind, str] = {
    "web": "网页与接口",
    "live": "实时连接",
    "worker": "任务",
    "relay": "转发",
    "beat": "定时",
    "embedded": "单进程",
}
SHOWN_VALUE = 160
SHOWN_VERSIONS = 50
_WORDS = {"added": "新增", "removed": "删除", "changed": "修改"}


def short(value: JSONValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_VALUE else text[:SHOWN_VALUE] + "…"


def groups() -> list[tuple[str, list[dict[str, Any]]]]:
    """Every key with its value in force, under the name of its group."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in queries.entries():
        prefix = row.key.partition(".")[0]
        found.setdefault(GROUPS.get(prefix, prefix), []).append(_entry(row))
    order = list(dict.fromkeys(GROUPS.values()))
    return sorted(
        found.items(),
        key=lambda group: order.index(group[0]) if group[0] in order else len(order),
    )


def _entry(row: RuntimeSetting) -> dict[str, Any]:
    value = queries.value_in_force(row, row.key)
    return {
        "row": row,
        "description": queries.description_of(row),
        "value": short(value),
        "differs": row.is_set and value != schema.spec(row.key).default,
    }


def lines(changes: Iterable[Change]) -> list[dict[str, str]]:
    return [
        {
            "path": change.path or "值",
            "kind": change.kind,
            "word": _WORDS[change.kind],
            "old": "" if change.kind == "added" else short(change.old),
            "new": "" if change.kind == "removed" else short(change.new),
        }
        for change in changes
    ]


def key_changes(changed: Iterable[KeyChange]) -> list[dict[str, Any]]:
    return [{"key": one.key, "lines": lines(one.changes)} for one in changed]


def versions(row: RuntimeSetting) -> list[dict[str, Any]]:
    """The last ones, newest first, each with what it changed of the one before."""
    found = list(queries.history(row)[: SHOWN_VERSIONS + 1])
    values = [queries.value_in_force(one, row.key) for one in found]
    if len(found) <= SHOWN_VERSIONS:
        # Before the first there was the default.
        values.append(schema.spec(row.key).default)
    return [
        {"revision": one, "lines": lines(diff(old, new)), "is_newest": one.version == row.version}
        for one, (new, old) in zip(found, pairwise(values), strict=False)
    ]


def processes() -> list[dict[str, Any]]:
    """Raises `RedisAway` where nobody can tell."""
    return [
        {"process": one, "kind": KINDS[one.line.kind], "queues": "、".join(one.line.queues)}
        for one in in_use.in_use()
    ]


def fields_of(errors: Any) -> Iterator[dict[str, str]]:
    """A form's errors for the script: which field, which words."""
    for field, found in errors.get_json_data().items():
        for error in found:
            yield {"field": field, "words": error["message"]}
