"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config import diagnosis
from config.runtime.schema import register as register_setting
from tickets.working_time import calendar, hours


def register() -> None:
    """Runtime settings of `tickets.working_time`, and its line of `doctor`."""
    register_setting(
        hours.SETTING,
        hours.DEFAULT_HOURS,
        hours.HOURS_SCHEMA,
        "工作时间：每个星期几的时段（可有多段，如午休前后）；makeup 为调休上班的周末",
        check=hours.check_hours,
        titles={
            "mon": "周一",
            "tue": "周二",
            "wed": "周三",
            "thu": "周四",
            "fri": "周五",
            "sat": "周六",
            "sun": "周日",
            "makeup": "调休上班的周末",
        },
    )
    register_setting(
        calendar.SETTING,
        {},
        calendar.CALENDAR_SCHEMA,
        '节假日的补充与更正：{"2026-10-10": "work" 或 "off"}，优先于内置的国家安排',
        check=calendar.check_calendar,
    )
    diagnosis.register(calendar.diagnose)
