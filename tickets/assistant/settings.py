"""The runtime settings that the assistant obeys."""

from typing import Any

from config.runtime import store
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from tickets.assistant.strategies import registry

ASSISTANT = "ai.assistant"
DEFAULT_ASSISTANT: dict[str, Any] = {
    "entries": ["official_account", "wecom_app", "kf"],
    "session_minutes": 30,
    "misses": 2,
    "phone_wait_minutes": 10,
}
_ASSISTANT_SCHEMA = {
    "type": "object",
    "properties": {
        "entries": {
            "type": "array",
            "items": {"type": "string", "maxLength": 20},
            "maxItems": 20,
            "uniqueItems": True,
        },
        "session_minutes": integer(1, 7 * 24 * 60),
        "misses": integer(1, 10),
        "phone_wait_minutes": integer(1, 24 * 60),
    },
    "additionalProperties": False,
}

STRATEGY = "ai.strategy"
DEFAULT_STRATEGY: dict[str, Any] = {
    "chain": [registry.RULES, registry.LOCAL, registry.LLM],
    "thresholds": {registry.RULES: 0.75, registry.LOCAL: 0.6, registry.LLM: 0.6},
}
_STRATEGY_SCHEMA = {
    "type": "object",
    "properties": {
        "chain": {
            "type": "array",
            "items": {"enum": [registry.RULES, registry.LOCAL, registry.LLM]},
            "minItems": 1,
            "uniqueItems": True,
        },
        "thresholds": {
            "type": "object",
            "properties": {
                name: {"type": "number", "minimum": 0, "maximum": 1}
                for name in (registry.RULES, registry.LOCAL, registry.LLM)
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


def register() -> None:
    register_setting(
        ASSISTANT,
        DEFAULT_ASSISTANT,
        _ASSISTANT_SCHEMA,
        "智能助手：先由助手接待的入口 entries（其余入口直接接人工）；多少分钟不说话另起一次对话；"
        "连续几次没听懂转人工；等客户绑定手机多少分钟后先建工单",
        titles={
            "entries": "先由助手接待的入口",
            "session_minutes": "一次对话的间隔（分钟）",
            "misses": "几次没听懂转人工",
            "phone_wait_minutes": "等待绑定手机（分钟）",
        },
    )
    register_setting(
        STRATEGY,
        DEFAULT_STRATEGY,
        _STRATEGY_SCHEMA,
        "意图识别策略：chain 依次使用 rules（规则）、local（本地模型）、llm（大模型）；"
        "thresholds 是各策略的置信度门槛，不到门槛交给下一个",
        titles={
            "chain": "依次使用",
            "thresholds": "置信度门槛",
            "thresholds.rules": "规则",
            "thresholds.local": "本地模型",
            "thresholds.llm": "大模型",
        },
    )


def assistant() -> dict[str, Any]:
    value: dict[str, Any] = store.get(ASSISTANT)
    return value


def receives(entry: str) -> bool:
    """Whether the assistant hears the words of that entry before a person does."""
    return entry in assistant()["entries"]


def chain() -> list[str]:
    names: list[str] = store.get(STRATEGY)["chain"]
    return names


def threshold(name: str) -> float:
    given = {**DEFAULT_STRATEGY["thresholds"], **store.get(STRATEGY)["thresholds"]}
    return float(given[name])
