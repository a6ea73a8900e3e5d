"""What operators set about the page: `chat.page`."""

from typing import TypedDict, cast

from config.runtime import store
from config.runtime.schema import register as register_setting

SETTING = "chat.page"
DEFAULT = {
    "title": "在线客服",
    "greeting": "您好，请问有什么可以帮您？",
    "quick_questions": ["怎么提交问题？", "想查一下工单进度", "我要咨询产品"],
    "notice": "",
}


class PageWords(TypedDict):
    """`quick_questions` are buttons whose words the customer sends; `notice` stands above."""

    title: str
    greeting: str
    quick_questions: list[str]
    notice: str


def register() -> None:
    register_setting(
        SETTING,
        DEFAULT,
        {
            "type": "object",
            "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 30},
                "greeting": {"type": "string", "maxLength": 300},
                "quick_questions": {
                    "type": "array",
                    "maxItems": 8,
                    "items": {"type": "string", "minLength": 1, "maxLength": 40},
                },
                "notice": {"type": "string", "maxLength": 200},
            },
            "additionalProperties": False,
        },
        "客户聊天页 /chat/：标题、欢迎语、常见问题按钮、公告",
        titles={
            "title": "标题",
            "greeting": "欢迎语",
            "quick_questions": "常见问题按钮",
            "notice": "公告",
        },
    )


def page_words() -> PageWords:
    return cast("PageWords", {**DEFAULT, **store.get(SETTING)})
