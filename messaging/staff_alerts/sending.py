"""From an event to messages of the WeCom app, one for each person."""

from typing import Any

from django.db import transaction

from config.database.locks import transaction_lock
from config.events.subscribers import first_time
from config.logs import get_logger
from messaging.models import Message
from messaging.sending.accept import message_accept
from messaging.staff_alerts.message import to_member
from messaging.staff_alerts.registry import Alert, alerts_for

logger = get_logger(__name__)

# Colleagues are to look soon, but nobody waits at a screen.
PRIORITY = 7


@transaction.atomic
def alert_for(envelope: dict[str, Any]) -> list[Message]:
    """The messages to whom the event concerns; none when told already, or nobody can be told."""
    alerts = alerts_for(envelope["type"], envelope["data"])
    # Most events concern nobody: those leave no row behind.
    if not alerts or not first_time("staff_alerts", envelope):
        return []
    sent = []
    for alert in alerts:
        if not alert.user.is_team_member or not alert.user.wecom_user_id:
            logger.info("staff_alert_unaddressed", user=alert.user.pk, event_type=envelope["type"])
        elif (message := _send_once(alert, alert.user.wecom_user_id)) is not None:
            sent.append(message)
    return sent


def _send_once(alert: Alert, address: str) -> Message | None:
    key = f"alert:{alert.key}"
    # Events of one moment are worked in parallel; the unique index would refuse the second anyway.
    transaction_lock(f"message.dedupe:{key}")
    if Message.objects.filter(dedupe_key=key).exists():
        return None
    return message_accept(to_member(address, alert.text, priority=PRIORITY, dedupe_key=key))
