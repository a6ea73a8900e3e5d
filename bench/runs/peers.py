"""The same messages by other ways, each in a process of its own and on fresh storage."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import peer_packages
from bench.plan import Plan
from bench.processes import Processes, StartFailed, run
from bench.sinks import smtp
from bench.storage import fresh


@dataclass(frozen=True)
class Entry:
    """A peer's file, its name in the report, and the part of the messages that it gets."""

    name: str
    module: str
    share: float = 1.0
    form: str = ""


PEERS = [
    Entry("Celery, a task a message, fair", "celery_each", form="fair"),
    Entry("Celery, a task a message, fair, urllib3", "celery_each", form="lean"),
    Entry("Celery, a task a message, defaults", "celery_each", 0.3, "default"),
    Entry("dramatiq, a task a message", "dramatiq_each"),
    Entry("BullMQ", "bullmq_each"),
    Entry("django-post_office (SMTP)", "post_office"),
    Entry("procrastinate", "procrastinate_each", 0.5),
    Entry("Apprise, no state", "apprise_each", 0.5),
]


def measure(plan: Plan, sink: str) -> dict[str, Any]:
    """Each beside what the bare loop did just before and just after it."""
    marks, found = [yardstick(plan, sink)], []
    for entry in PEERS:
        measured = _measured(entry, plan, sink)
        marks.append(yardstick(plan, sink))
        beside = (marks[-2] + marks[-1]) / 2
        found.append({"name": entry.name, "yardstick": beside, **measured})
    return {"peers": found, "yardstick": median(marks)}


def yardstick(plan: Plan, sink: str, callers: int = 100) -> float:
    """The bare loop's messages a second, once."""
    environment = _job(sink, plan.messages, 1) | {"BENCH_CALLERS": str(callers)}
    told: Any = peer_packages.race("aiohttp_loop", environment)
    return float(plan.messages / told["runs"][0]["seconds"])


def _measured(entry: Entry, plan: Plan, sink: str) -> dict[str, Any]:
    plan.say(f"  {entry.name}")
    messages = max(100, int(plan.messages * entry.share))
    try:
        if entry.module == "bullmq_each":
            install_bullmq()
        with fresh("peer") as storage, Processes() as processes:
            environment = _job(sink, messages, plan.runs) | {
                "BENCH_DATABASE": storage.database,
                "BENCH_DATABASE_URL": storage.database_url,
                "BENCH_BROKER_URL": storage.broker_url,
                "BENCH_REDIS_URL": storage.redis_url,
                "BENCH_FORM": entry.form,
            }
            if entry.module == "post_office":
                environment["BENCH_SMTP_PORT"] = str(smtp.start(processes))
            return peer_packages.race(entry.module, environment)
    except (StartFailed, FileNotFoundError) as error:
        plan.say(f"    left out: {error}")
        return {"left_out": str(error).strip().splitlines()[-1]}


def install_bullmq() -> None:
    """Raises `FileNotFoundError` without npm."""
    run([str(peer_packages.PYTHON), "-c", "from bench.peers import bullmq_each as b; b.install()"])


def _job(sink: str, messages: int, runs: int) -> dict[str, str]:
    return {"BENCH_SINK": sink, "BENCH_MESSAGES": str(messages), "BENCH_RUNS": str(runs)}
