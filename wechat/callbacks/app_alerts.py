"""Who is told that the platform is about to switch the app off."""

from collections.abc import Iterator
from typing import Any

from config.api.roles import Role
from customers.queries.staff import team_members
from messaging.staff_alerts.registry import Alert, register
from wechat.callbacks.app_events import ALERT, alert_words


def register_alert() -> None:
    register(ALERT, app_alert)


def app_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """Each administrator, once for each such event."""
    words = alert_words(data)
    for user in team_members().filter(role=Role.ADMIN).exclude(wecom_user_id=None):
        yield Alert(user, words, f"wecom.app:{data['event']}:{data['at']}:{user.pk}")
