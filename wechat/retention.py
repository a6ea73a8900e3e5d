"""How long callbacks are kept; what still waits for a worker stays."""

from config import retention
from config.retention import Table, numbered
from wechat.models import Callback, CallbackStatus, MediaStatus, OfficialMedia


def register() -> None:
    over = Callback.objects.exclude(status=CallbackStatus.RECEIVED)
    retention.register(Table("callbacks", "回调记录", 30, 7, numbered(over, "received_at")))
    fetched = OfficialMedia.objects.exclude(status=MediaStatus.WAITING)
    retention.register(
        Table("official_media", "公众号素材记录", 30, 7, numbered(fetched, "created_at"))
    )
