"""The runtime settings that tickets obey (contract.md §8)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting


def register() -> None:
    register_setting(
        "ticket.default_deadline_hours",
        24,
        integer(1, 24 * 365),
        "未指定期限的工单在多少小时后到期",
    )
