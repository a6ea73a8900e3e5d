"""Which of what followers sent is to be fetched, and when."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from config.database import clock
from config.events.publish import enqueue
from tickets.assistant.heard import Heard
from wechat.models import MediaStatus, OfficialFollower, OfficialMedia
from wechat.official.media.places import placed
from wechat.official.messages import KINDS, text

TASK, QUEUE = "wechat.tasks.official.fetch_media", "default"
# The platform keeps files for three days; whatever is still aside then stays words.
KEPT_THERE = timedelta(days=3)
ROWS = 200
_LONGEST = 255


def note(
    payload: dict[str, Any], message_id: str, follower: OfficialFollower, heard: Heard
) -> None:
    """Remembers the file of a message, once, in its callback's transaction; a chat's is fetched.

    Nothing of a message that was taken neither into a chat nor by the assistant.
    """
    kind, media_id = text(payload, "MsgType"), text(payload, "MediaId")
    is_taken = heard.chat_id is not None or heard.turn_id is not None
    if kind not in KINDS or not 0 < len(media_id) <= _LONGEST or not is_taken:
        return
    row, is_new = OfficialMedia.objects.get_or_create(
        message_id=message_id,
        defaults={
            "follower": follower,
            "media_id": media_id,
            "kind": kind,
            "is_worded": bool(text(payload, "Recognition").strip()) and kind == "voice",
            "status": MediaStatus.ASIDE,
            "due_at": clock.now(),
        },
    )
    if is_new and heard.chat_id is not None:
        _want(OfficialMedia.objects.filter(pk=row.pk))


def look_again(openid: str) -> None:
    """The assistant has answered: perhaps with a chat or a ticket, where what was sent belongs."""
    _want(placed(_aside().filter(follower__openid=openid)))


@transaction.atomic
def look_for_due() -> int:
    """Enqueues what waits to be tried again, and what has found its place. Returns how many."""
    now = clock.now()
    _want(placed(_aside()))
    waiting = OfficialMedia.objects.filter(status=MediaStatus.WAITING, due_at__lte=now)
    due = list(waiting.order_by("due_at").values_list("pk", flat=True)[:ROWS])
    enqueue(TASK, [[pk] for pk in due], queue=QUEUE)
    return len(due)


def _aside() -> QuerySet[OfficialMedia]:
    since = clock.now() - KEPT_THERE
    return OfficialMedia.objects.filter(status=MediaStatus.ASIDE, created_at__gt=since)


def _want(rows: QuerySet[OfficialMedia]) -> None:
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS])
    if not pks:
        return
    OfficialMedia.objects.filter(pk__in=pks, status=MediaStatus.ASIDE).update(
        status=MediaStatus.WAITING, due_at=clock.now()
    )
    enqueue(TASK, [[pk] for pk in pks], queue=QUEUE)
