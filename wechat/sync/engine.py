"""Working a run: pages until the task's time is up; a page and its cursor commit together."""

import time
from typing import Any

from django.db import transaction

from config.logs import get_logger
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.models import SyncRun
from wechat.sync import runs
from wechat.sync.steps import STEPS, Step

logger = get_logger(__name__)

# Less than a task may take, by as much as the last page can.
WORK_SECONDS = 60.0


def work_run(run_id: int, *, seconds: float = WORK_SECONDS) -> bool:
    """Reads on where the run stands, for `seconds`; False when another worker is at it.

    What is left then is another task's; what the platform refuses for now waits in the database.
    """
    run = runs.take(run_id)
    if run is None:
        return False
    deadline = time.monotonic() + seconds
    try:
        with BlockingClient() as client:
            while _page(run, client):
                if time.monotonic() > deadline:
                    runs.hand_on(run)
                    break
    except PlatformRefusal as refusal:
        logger.warning("sync_refused", run=run.pk, code=refusal.result.code)
        runs.wait(run, refusal.result)
    except runs.TakenOver:
        logger.warning("sync_taken_over", run=run.pk)
    except Exception:
        # Written down with its traceback, and tried again from the last page that was kept.
        logger.exception("sync_broke", run=run.pk, kind=run.kind)
        runs.broke(run)
    return True


def _page(run: SyncRun, client: BlockingClient) -> bool:
    """One page further; False when that was the last."""
    number, step = step_of(run)
    state = run.cursor.get("state", {})
    page = step.fetch(client, state, run.started_at)
    cursor = _cursor(run, number, page.state)
    with transaction.atomic():
        tally = page.apply()
        runs.go_on(run, tally, cursor, page.total)
    return cursor is not None


def step_of(run: SyncRun) -> tuple[int, Step]:
    """Where a run stands."""
    steps = STEPS[run.kind]
    number = min(int(run.cursor.get("step", 0)), len(steps) - 1)
    return number, steps[number]


def _cursor(run: SyncRun, number: int, state: dict[str, Any] | None) -> dict[str, Any] | None:
    if state is not None:
        return {"step": number, "state": state}
    return {"step": number + 1} if number + 1 < len(STEPS[run.kind]) else None
