"""The doorbell: something happened at an account; what, only `sync_msg` says (§2.6)."""

from datetime import datetime
from typing import Any

from django.db.models import F

from config.events.publish import enqueue
from wechat.models import KfAccount

QUEUE = "kf"
READ_TASK = "wechat.tasks.kf.read"
LOOK_TASK = "wechat.tasks.kf.look_everywhere"
ID_LENGTH, TOKEN_LENGTH = 64, 255


def rung(payload: dict[str, Any], at: datetime) -> str:
    """In the callback's transaction: the wish is kept, and a task reads."""
    open_kfid = str(payload.get("OpenKfId") or "")[:ID_LENGTH]
    if not open_kfid:
        return "通知没有客服账号，未处理"
    account, is_new = KfAccount.objects.get_or_create(open_kfid=open_kfid)
    KfAccount.objects.filter(pk=account.pk).update(
        wanted=F("wanted") + 1,
        doorbell_token=str(payload.get("Token") or "")[:TOKEN_LENGTH],
        doorbell_at=at,
    )
    if is_new:
        # Its name, and who serves there.
        enqueue(LOOK_TASK, [[]], queue=QUEUE)
    if account.is_active:
        enqueue(READ_TASK, [[account.pk]], queue=QUEUE)
    return "读取微信客服消息"
