"""The runtime settings of the cleanup: days for each table, and its pace."""

from config import retention
from config.runtime import store
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting

SETTING, PACE = "retention", "retention.pace"
MOST_DAYS = 3650


def register() -> None:
    """After all apps have registered their tables."""
    tables = retention.tables()
    told = "；".join(f"{table.key} {table.label}" for table in tables)
    register_setting(
        SETTING,
        {table.key: table.days for table in tables},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {table.key: integer(table.least, MOST_DAYS) for table in tables},
        },
        f"数据保留天数：{told}",
        titles={table.key: table.label for table in tables},
    )
    register_setting(
        PACE,
        {"minutes_per_night": 60, "rows_at_once": 1000, "pause_ms": 50},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "minutes_per_night": integer(1, 300),
                "rows_at_once": integer(50, 5000),
                "pause_ms": integer(0, 5000),
            },
        },
        "夜间清理：每夜最多几分钟，每次删除几行，每次之间至少停多少毫秒",
        titles={
            "minutes_per_night": "每夜最多几分钟",
            "rows_at_once": "每次删除几行",
            "pause_ms": "之间至少停（毫秒）",
        },
    )


def days_of(table: retention.Table) -> int:
    days: int = store.get(SETTING)[table.key]
    return days
