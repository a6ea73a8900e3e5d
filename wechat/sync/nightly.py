"""The sync's own nights."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from config.errors import ConflictError
from config.logs import get_logger
from wechat.models import ACTIVE, SyncKind, SyncRun
from wechat.sync.runs import sync_start

logger = get_logger(__name__)

KEPT = timedelta(days=90)


def begin(kind: SyncKind) -> None:
    """Starts a run, unless WeCom is not set up or one is running."""
    if not settings.WECOM_CORP_SECRET:
        return
    try:
        sync_start(kind)
    except ConflictError:
        logger.info("sync_already_running", kind=kind)


def purge() -> int:
    """Deletes runs older than `KEPT`; returns how many."""
    old = SyncRun.objects.filter(started_at__lt=timezone.now() - KEPT).exclude(status__in=ACTIVE)
    return old.delete()[0]
