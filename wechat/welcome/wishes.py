"""A greeting is wanted: a row and its task, in the transaction of whatever brought its code."""

from datetime import datetime, timedelta
from typing import Any

from config.database import clock
from config.events.publish import enqueue
from config.logs import get_logger
from wechat.models import CallbackSource, Welcome, WelcomeStatus
from wechat.sync.payloads import moment

logger = get_logger(__name__)

TASK = "wechat.tasks.welcome.send_welcome"
QUEUE = "welcome"
CONTACT = "contact"
KF = "kf"
# How long the platform takes a welcome code after its event (wechat-protocol.md §2.4).
LIVES = timedelta(seconds=20)
# An attempt that gave no sign is repeated: the platform takes a code once, so no harm is done.
LOST = timedelta(seconds=5)
CODE_LENGTH = 255
_FRIENDS = frozenset({"add_external_contact", "add_half_external_contact"})


def welcome_wish(
    *,
    kind: str,
    code: str,
    external_userid: str,
    at: datetime,
    user_id: str = "",
    state: str = "",
) -> bool:
    """Wants one greeting; False when its code is known, or no code at all. What is late is kept as such.

    `user_id` is the member, or the kf account, who greets.
    """
    if not code or len(code) > CODE_LENGTH:
        return False
    now = clock.now()
    is_late = at + LIVES <= now
    welcome, is_new = Welcome.objects.get_or_create(
        code=code,
        defaults={
            "kind": kind,
            "external_userid": external_userid[:64],
            "user_id": user_id[:64],
            "state": state[:64],
            "status": WelcomeStatus.LATE if is_late else WelcomeStatus.PENDING,
            "error": "通知到达时已超过 20 秒" if is_late else "",
            "expires_at": at + LIVES,
            "due_at": now + LOST,
        },
    )
    if is_new and not is_late:
        enqueue(TASK, [[welcome.pk, 0]], queue=QUEUE)
    return is_new


def wish_at_the_door(source: CallbackSource, payload: dict[str, Any]) -> None:
    """What a friend made just now brings. At the door: a queue of other callbacks may be long."""
    if source != CallbackSource.WECOM_APP or _text(payload, "ChangeType") not in _FRIENDS:
        return
    code = _text(payload, "WelcomeCode")
    if len(code) > CODE_LENGTH:
        logger.warning("welcome_code_too_long", length=len(code))
    welcome_wish(
        kind=CONTACT,
        code=code,
        external_userid=_text(payload, "ExternalUserID"),
        at=moment(payload.get("CreateTime")) or clock.now(),
        user_id=_text(payload, "UserID"),
        state=_text(payload, "State"),
    )


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    return value.strip() if isinstance(value, str) else ""
