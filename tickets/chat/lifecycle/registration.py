"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.staff_alerts.registry import register as register_alert
from tickets.chat.lifecycle import merging, reopening


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.chat.lifecycle`."""
    from tickets.chat.lifecycle import leaving_customers, rating, unanswered

    register_setting(
        reopening.HOURS, 24, integer(0, 30 * 24), "会话结束后多少小时内可以重新打开；0 不可重新打开"
    )
    register_setting(rating.LOW, 2, integer(0, 4), "会话评分不高于多少分时提醒客服和主管；0 不提醒")
    register_setting(
        unanswered.MOVES, 2, integer(1, 20), "一次等待中，会话因无人应答转手几次后提醒主管"
    )
    register_alert("chat.rated", rating.low_rating_alert)
    register_alert(unanswered.EVENT, unanswered.unanswered_alert)
    subscribe("customer.blocked", "tickets.tasks.chat.lifecycle.hear_blocked", queue="chat")
    leaving_customers.register_handover()
    merging.register()
