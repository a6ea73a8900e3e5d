"""What this area announces at start (called from `WechatConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from tickets.chat.entries import registry
from wechat.callbacks import hearers
from wechat.models import CallbackSource
from wechat.official import menu, personal
from wechat.official.chat_entry import ENTRY
from wechat.official.door import PASSIVE
from wechat.official.events import GREETING
from wechat.official.hearing import hear

WELCOME = (
    "您好，欢迎关注！\n直接发消息就能咨询或报修；回复「人工」转人工客服，"
    "也可以用下方菜单查询进度、绑定手机。"
)


def register() -> None:
    """Runtime settings, subscriptions and registries of `wechat.official`."""
    registry.register(ENTRY)
    hearers.register(CallbackSource.OFFICIAL, hear)
    personal.register()
    register_setting(
        GREETING,
        default=WELCOME,
        schema={"type": "string", "maxLength": 600},
        description="公众号：关注后的欢迎语（二维码自带欢迎语时用二维码的）；留空则不发送",
    )
    register_setting(
        PASSIVE,
        default={"concurrent": 4, "a_second": 2, "seconds": 3},
        schema={
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "concurrent": integer(0, 32),
                "a_second": integer(0, 100),
                "seconds": {"type": "number", "minimum": 0.5, "maximum": 4},
            },
        },
        description="公众号：每个进程同时、每秒在请求内处理的消息数（0 为全部交给后台，用客服消息答复），"
        "以及被动回复的最长等待秒数",
        titles={
            "concurrent": "同时处理的消息数",
            "a_second": "每秒处理的消息数",
            "seconds": "最长等待秒数",
        },
    )
    register_setting(
        menu.SETTING,
        default=menu.DEFAULT,
        schema=menu.SCHEMA,
        description="公众号菜单：click 的 key 可用 progress、human、bind、submit；view 的 url 以 / 开头"
        "为本系统页面。保存后在「公众号粉丝」页发布，或运行 manage.py publish_menu",
        check=menu.check,
        titles={
            "button": "菜单",
        },
    )
