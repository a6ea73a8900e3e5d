"""Working one job: by its kind, with failures sorted by class."""

from collections.abc import Callable

from config.logs import get_logger
from messaging.channels.base import Outcome, Result
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.contact_ways.writing import write_way
from wechat.models import SyncJobKind
from wechat.sync import jobs, pulls, pushes
from wechat.sync.jobs import Taken

logger = get_logger(__name__)

PUSHES = frozenset({SyncJobKind.PUSH_TAGS, SyncJobKind.PUSH_REMARK})
WORK: dict[SyncJobKind, Callable[[BlockingClient, Taken], None]] = {
    SyncJobKind.PULL_CONTACT: pulls.pull_contact,
    SyncJobKind.PULL_GROUP: pulls.pull_group,
    SyncJobKind.PULL_TAGS: pulls.pull_tags,
    SyncJobKind.PULL_MEMBER: pulls.pull_member,
    SyncJobKind.PUSH_TAGS: pushes.push_tags,
    SyncJobKind.PUSH_REMARK: pushes.push_remark,
    SyncJobKind.WRITE_WAY: write_way,
}


def work_job(job_id: int, version: int) -> None:
    """Does it, unless it was taken already; a refusal is tried again or kept for an operator."""
    taken = jobs.take(job_id, version)
    if taken is None:
        return
    try:
        with BlockingClient() as client:
            WORK[taken.kind](client, taken)
    except PlatformRefusal as refusal:
        logger.warning("sync_job_refused", kind=taken.kind, code=refusal.result.code)
        jobs.refused(taken, refusal.result)
        if taken.kind in PUSHES and pushes.is_out_of_date(refusal):
            pushes.pull_again(taken)
    except Exception as error:
        # One that breaks must not stop the others; an operator sees it once it broke each time.
        logger.exception("sync_job_broke", kind=taken.kind, job=taken.pk)
        jobs.refused(taken, Result(Outcome.RETRY, "error", f"{type(error).__name__}: {error}"))
