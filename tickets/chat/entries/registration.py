"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.sending import followed
from tickets.chat.entries import outgoing, registry
from tickets.chat.entries.inbound import REOPEN_MINUTES
from tickets.chat.entries.web import WebEntry

SETTLE_TASK = "tickets.tasks.chat.entries.settle_carriers"


def register() -> None:
    """The customer's own page; the platforms' entries are registered by their app."""
    registry.register(WebEntry())
    followed.register(outgoing.MARK, task=SETTLE_TASK, queue="chat")
    register_setting(
        REOPEN_MINUTES,
        10,
        integer(0, 24 * 60),
        "微信等入口：会话结束后多少分钟内客户再来消息，重新打开原会话；0 总是新会话",
    )
