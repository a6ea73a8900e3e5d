"""Pictures and files that customers send: fetched by a job and put into their message (§4.6)."""

from django.core.files.uploadedfile import SimpleUploadedFile

from config.errors import AppError, InvalidInputError
from config.logs import get_logger
from tickets.chat.messages.attaching import customer_file_attach
from tickets.chat.messages.files import limits
from tickets.models import ChatMessage, Sender
from tickets.uploads.checks import HARD_CAP_BYTES
from wechat.client.blocking import PlatformRefusal
from wechat.client.media import media_get
from wechat.kf import notes
from wechat.kf.chat_entry import ENTRY
from wechat.kf.contents import media_id_of
from wechat.models import Callback

logger = get_logger(__name__)


def fetch_media(callback_id: int) -> None:
    """The file in the customer's message; what cannot be had is said to the agent."""
    callback = Callback.objects.filter(pk=callback_id).first()
    media_id = media_id_of(callback.payload) if callback is not None else ""
    if callback is None or not media_id:
        return
    said = ChatMessage.objects.filter(entry=ENTRY.code, external_id=callback.dedupe_key)
    message = said.filter(sender=Sender.CUSTOMER, file=None, recalled_at=None).first()
    if message is None:
        return
    most = min(limits()["customer_max_bytes"], HARD_CAP_BYTES)
    try:
        media = media_get(media_id, most_bytes=most)
        upload = SimpleUploadedFile(media.filename or "file", media.content)
        customer_file_attach(message_id=message.pk, upload=upload)
    except PlatformRefusal as refusal:
        _say(message, refusal.result.detail or refusal.result.code)
    except InvalidInputError as error:
        _say(message, error.detail)
    except AppError as error:
        logger.warning("kf_media_not_kept", message=message.pk, code=error.code)


def _say(message: ChatMessage, why: str) -> None:
    logger.warning("kf_media_refused", message=message.pk)
    notes.note_in(message.chat_id, f"第 {message.number} 条的文件无法取得：{why}")
