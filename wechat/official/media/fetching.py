"""Fetching one file that a follower sent: a few tries, then the agent reads why there is none."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F

from config.database import clock
from config.errors import AppError
from config.logs import get_logger
from customers.actors import customer_actor, system_actor
from messaging.channels.base import Result
from tickets.actions.trail import lock_ticket
from tickets.chat.messages.attaching import customer_file_attach
from tickets.chat.messages.files import limits
from tickets.chat.messages.history import history_write
from tickets.chat.messages.writing import notice
from tickets.chat.trail import lock_chat, save
from tickets.models import Chat, ChatMessage, Sender, Ticket
from tickets.relations.attachments import attachment_add
from tickets.uploads.checks import HARD_CAP_BYTES
from wechat.client.blocking import PlatformRefusal
from wechat.client.media import Media, official_media_get
from wechat.models import MediaStatus, OfficialMedia
from wechat.official.chat_entry import ENTRY
from wechat.official.media.places import Place, place_of
from wechat.official.messages import KINDS

logger = get_logger(__name__)

# After the first try, the second, the third; the fourth is the last.
WAITS = (20.0, 60.0, 300.0)
MAX_ATTEMPTS = len(WAITS) + 1
# Longer than the task may run: whose worker died is tried again then.
LEASE = timedelta(seconds=150)
HISTORY = "公众号 · 助手接待"
_LOST = "多次尝试仍未取到"


def fetch(media_pk: int) -> None:
    """One try. The file, its place and the mark "kept" commit together."""
    row = _taken(media_pk)
    if row is None:
        return
    place = place_of(row)
    if place is None:
        # What it belonged to is gone; another may come of the talk.
        _mark(row, MediaStatus.ASIDE)
        return
    most = min(limits()["customer_max_bytes"], HARD_CAP_BYTES)
    try:
        media = official_media_get(row.media_id, most_bytes=most)
        _keep(row, place, media)
    except PlatformRefusal as refusal:
        if refusal.is_permanent or row.attempts >= MAX_ATTEMPTS:
            _refuse(row, refusal.result.detail or refusal.result.code)
        else:
            _later(row, refusal.result)
    except AppError as error:
        _refuse(row, error.detail)


def _taken(pk: int) -> OfficialMedia | None:
    """The row with its lease, if it is due; what killed its worker each time is given up."""
    now = clock.now()
    due = OfficialMedia.objects.filter(pk=pk, status=MediaStatus.WAITING, due_at__lte=now)
    spent = due.filter(attempts__gte=MAX_ATTEMPTS).first()
    if spent is not None:
        _refuse(spent, _LOST)
        return None
    if not due.update(attempts=F("attempts") + 1, due_at=now + LEASE):
        return None
    return OfficialMedia.objects.select_related("follower__customer").filter(pk=pk).first()


@transaction.atomic
def _keep(row: OfficialMedia, place: Place, media: Media) -> None:
    """Not for who has been erased meanwhile: their row is gone. Chat or ticket is held before the row."""
    upload = SimpleUploadedFile(media.filename or "file", media.content)
    if isinstance(place, Ticket):
        actor = customer_actor(row.follower.customer, ENTRY.door)
        lock_ticket(place.pk, actor)
        if _held(row):
            attachment_add(ticket_id=place.pk, upload=upload, actor=actor)
            _mark(row, MediaStatus.KEPT)
        return
    chat = lock_chat(_chat_id(place), system_actor(ENTRY.door))
    if not _held(row):
        return
    message = place if isinstance(place, ChatMessage) else _shown_before(row, chat)
    customer_file_attach(message_id=message.pk, upload=upload, keeps_words=row.is_worded)
    _mark(row, MediaStatus.KEPT)


def _shown_before(row: OfficialMedia, chat: Chat) -> ChatMessage:
    """What the assistant was shown before an agent came, for the team to see."""
    message = history_write(
        chat,
        sender=Sender.CUSTOMER,
        sender_name=chat.customer.name,
        content=f"[{KINDS[row.kind]}]",
        place=HISTORY,
        external_id=row.message_id,
    )
    save(chat)
    return message


def _later(row: OfficialMedia, result: Result) -> None:
    wait = max(WAITS[row.attempts - 1], result.retry_after_seconds or 0)
    OfficialMedia.objects.filter(pk=row.pk, status=MediaStatus.WAITING).update(
        due_at=clock.now() + timedelta(seconds=wait), error=result.code[:200]
    )


@transaction.atomic
def _refuse(row: OfficialMedia, why: str) -> None:
    """The words stay; whoever reads them reads why there is no more."""
    logger.warning("official_media_refused", media=row.pk)
    place = place_of(row)
    chat = None
    if isinstance(place, (ChatMessage, Chat)):
        chat = lock_chat(_chat_id(place), system_actor(ENTRY.door))
    if not _held(row):
        return
    _mark(row, MediaStatus.REFUSED, why)
    if chat is not None:
        which = f"第 {place.number} 条" if isinstance(place, ChatMessage) else "此前发来"
        notice(chat, f"{which}的{KINDS[row.kind]}无法取得：{why}", is_internal=True)
        save(chat)


def _chat_id(place: ChatMessage | Chat) -> int:
    return place.chat_id if isinstance(place, ChatMessage) else place.pk


def _held(row: OfficialMedia) -> bool:
    """Whether it is still to be done; nobody else does it until we commit."""
    rows = OfficialMedia.objects.select_for_update().filter(pk=row.pk, status=MediaStatus.WAITING)
    return rows.values_list("pk", flat=True).first() is not None


def _mark(row: OfficialMedia, status: MediaStatus, why: str = "") -> None:
    OfficialMedia.objects.filter(pk=row.pk).update(status=status, error=why[:200])
