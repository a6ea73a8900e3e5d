"""What the operators set about the language model."""

from typing import Any

from config.runtime import store
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting

LLM = "ai.llm"
DEFAULT: dict[str, Any] = {
    "timeout_seconds": 2.5,
    "daily_calls": 5000,
    "circuit_failures": 3,
    "circuit_seconds": 60,
}


def register() -> None:
    register_setting(
        LLM,
        DEFAULT,
        {
            "type": "object",
            "properties": {
                "timeout_seconds": {"type": "number", "minimum": 0.2, "maximum": 3},
                "daily_calls": integer(0, 10_000_000),
                "circuit_failures": integer(1, 100),
                "circuit_seconds": integer(1, 3600),
            },
            "additionalProperties": False,
        },
        "大模型：每次最多等多少秒；每天最多调用几次（0 停用）；连续失败几次后熔断，熔断多少秒",
        titles={
            "timeout_seconds": "每次最多等待秒数",
            "daily_calls": "每天最多调用次数",
            "circuit_failures": "连续失败几次熔断",
            "circuit_seconds": "熔断秒数",
        },
    )


def llm() -> dict[str, Any]:
    value: dict[str, Any] = store.get(LLM)
    return value
