"""What is due of the sync leaves through the relay: jobs, runs that waited, runs whose worker died."""

from config.events.due import DueSource
from wechat.sync import jobs, runs


def _start_due() -> list[tuple[str, list[int]]]:
    return [*jobs.start_due(), *runs.start_due()]


publish_due = DueSource(_start_due, queue=jobs.QUEUE)
