"""When an article is sure enough."""

from config.runtime.schema import register as register_setting
from tickets.assistant.knowledge.search import SETTING

DEFAULTS = {"answer_score": 0.55, "suggest_score": 0.3}


def register() -> None:
    score = {"type": "number", "minimum": 0, "maximum": 1}
    register_setting(
        SETTING,
        DEFAULTS,
        {
            "type": "object",
            "properties": {
                "answer_score": {**score, "description": "相似度达到多少，助手直接用文章答复客户"},
                "suggest_score": {**score, "description": "相似度低于多少的文章不算匹配"},
            },
            "additionalProperties": False,
        },
        "知识库匹配的相似度门槛（0–1）",
        titles={
            "answer_score": "直接答复",
            "suggest_score": "算作匹配",
        },
    )
