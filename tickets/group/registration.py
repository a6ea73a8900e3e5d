"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting


def register() -> None:
    """The settings of what a group is told, and the ear for changes."""
    register_setting(
        "ticket.group_news",
        {"enabled": True},
        {
            "type": "object",
            "properties": {"enabled": {"type": "boolean"}},
            "required": ["enabled"],
            "additionalProperties": False,
        },
        "工单有变更时是否在群里跟进（群内指令引起的变更由指令的答复说明）",
        titles={
            "enabled": "启用",
        },
    )
    register_setting(
        "ticket.group_news_per_minute",
        6,
        integer(1, 20),
        "每个群每分钟至多几条变更跟进，超出的合并为一条",
    )
    subscribe("ticket.#", "tickets.tasks.group.tell_group")
