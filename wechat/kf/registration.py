"""What WeChat customer service announces at start (called from `WechatConfig.ready()`)."""

from typing import Any

from config.runtime.schema import register as register_setting
from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.subject import Subject
from messaging.channels import registry
from tickets.chat.entries import registry as entries
from wechat.callbacks import hearers
from wechat.channels.kf.sender import KfChannel
from wechat.kf import welcome
from wechat.kf.chat_entry import ENTRY
from wechat.kf.items import item_apply
from wechat.models import CallbackSource, KfCustomer

GREETING = "您好，欢迎咨询！请直接描述您的问题，回复“人工”可转接人工客服。"


def register() -> None:
    """The channel, the entry, the greeting, and what is held of a person."""
    registry.register(KfChannel())
    hearers.register(CallbackSource.KF, item_apply)
    entries.register(ENTRY)
    register_setting(
        welcome.SETTING,
        {"text": GREETING, "menu": True},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "text": {"type": "string", "maxLength": 600},
                "menu": {"type": "boolean"},
            },
            "required": ["text", "menu"],
        },
        "微信客服欢迎语：客户进入会话 20 秒内发送；text 留空则不发，menu 附带快捷菜单",
        titles={
            "text": "欢迎语",
            "menu": "附带快捷菜单",
        },
    )
    personal_data.register("wechat_kf", _collect, _erase, tables={KfCustomer})


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Means, not data: what they told stands in the other parts."""
    return {}


def _erase(customer: Customer, subject: Subject) -> None:
    KfCustomer.objects.filter(external_userid__in=subject.marks).delete()
