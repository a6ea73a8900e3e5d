"""A report's figures as a template's variables, each with ↑ ↓ → against the period before."""

from messaging.variables import with_arrow
from monitoring.digest.figures import Day, Now
from monitoring.digest.periods import Period

COUNTS = (
    *("messages", "sent", "failed", "tickets_created", "tickets_resolved"),
    *("chats", "chats_answered", "customers_new", "customers_lost"),
)


def variables(period: Period, whole: Day, before: Day, now: Now) -> dict[str, str]:
    """By the names that the seeded templates use (docs/jobs.md)."""
    counts = {name: with_arrow(getattr(whole, name), getattr(before, name)) for name in COUNTS}
    return {
        "period": period.words,
        **counts,
        "success_rate": _compared(_rate(whole), _rate(before), "{:.1%}"),
        "satisfaction": _compared(_satisfaction(whole), _satisfaction(before), "{:.1f} 分"),
        "tickets_open": str(now.tickets_open),
        "tickets_overdue": str(now.tickets_overdue),
        "customers_total": str(now.customers_total),
    }


def _compared(value: float | None, before: float | None, form: str) -> str:
    if value is None:
        return "—"
    if before is None:
        return form.format(value)
    shown, shown_before = form.format(value), form.format(before)
    arrow = "→" if shown == shown_before else "↑" if value > before else "↓"
    return f"{shown} {arrow}"


def _rate(day: Day) -> float | None:
    """Of the messages that have ended one way or the other."""
    ended = day.sent + day.failed
    return day.sent / ended if ended else None


def _satisfaction(day: Day) -> float | None:
    return day.rating_sum / day.rated if day.rated else None
