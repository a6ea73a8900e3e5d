"""The machine itself: room on the disk."""

import shutil
from collections.abc import Iterable

from config.environment import data_dir
from config.runtime import store
from monitoring.models import Severity
from monitoring.watch.conditions import Condition, Parts, Rule
from monitoring.watch.conditions import register as register_rule
from monitoring.watch.settings import LIMITS


def register() -> None:
    register_rule(Rule("disk", "磁盘空间不足", _disk))


def _disk(parts: Parts) -> Iterable[Condition]:
    usage = shutil.disk_usage(data_dir())
    free = usage.free / usage.total
    # Without the database the last known limit counts.
    if free < store.last_known(LIMITS)["disk_free"]:
        yield Condition(
            "disk",
            "",
            f"数据目录所在磁盘只剩 {free:.0%}（{usage.free / 2**30:.1f} GiB）",
            severity=Severity.WARNING,
            details={"free_bytes": usage.free},
        )
