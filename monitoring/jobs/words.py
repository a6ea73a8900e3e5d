"""A schedule in words, for operators."""

from typing import Any

from celery.schedules import BaseSchedule, crontab

from monitoring.jobs.times import interval_seconds


def schedule_words(when: BaseSchedule) -> str:
    """`每 15 秒`, `每天 03:17`, `每小时第 7 分`; what has no short words, as in a crontab."""
    if not isinstance(when, crontab):
        seconds = int(interval_seconds(when))
        minutes, rest = divmod(seconds, 60)
        return f"每 {seconds} 秒" if rest else f"每 {minutes} 分钟"
    cron: Any = when
    if len(cron.day_of_month) < 31 or len(cron.month_of_year) < 12 or len(cron.day_of_week) < 7:
        return repr(cron).removeprefix("<crontab: ").partition(" (")[0]
    first = min(cron.minute)
    if len(cron.hour) == len(cron.minute) == 1:
        return f"每天 {min(cron.hour):02d}:{first:02d}"
    hours = "" if len(cron.hour) == 24 else f"{_ranges(cron.hour)} 点，"
    if len(cron.minute) == 1:
        return f"{hours}每小时第 {first} 分"
    gap = int(interval_seconds(cron)) // 60
    return f"{hours}每分钟" if gap == 1 else f"{hours}每 {gap} 分钟"


def _ranges(hours: set[int]) -> str:
    first, last = min(hours), max(hours)
    return (
        f"{first}–{last}" if len(hours) == last - first + 1 else "、".join(map(str, sorted(hours)))
    )
