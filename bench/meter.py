"""CPU seconds and memory by component, from /proc. Standard library only."""

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

TICKS = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat after the name: utime, stime, and those of children that ended.
_PPID, _UTIME, _CSTIME = 1, 11, 14
_KB = 1024
SERVERS = {"postgres": "postgres", "rabbitmq": "beam.smp", "redis": "redis-server"}


@dataclass(frozen=True)
class Process:
    """One look at a process; `cpu` in seconds, its own and that of its children that ended."""

    pid: int
    parent: int
    name: str
    cpu: float


@dataclass
class Usage:
    """What one measured stretch took."""

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    # Peak resident memory in MB: the biggest process of the component, and all of it together.
    biggest_mb: dict[str, float] = field(default_factory=dict)
    total_mb: dict[str, float] = field(default_factory=dict)
    # CPU seconds that nobody measured here used: how quiet the machine was not.
    others_cpu: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "meter_seconds": self.seconds,
            "cpu": self.cpu,
            "biggest_mb": self.biggest_mb,
            "total_mb": self.total_mb,
            "others_cpu": self.others_cpu,
        }


@dataclass(frozen=True)
class _Look:
    at: float
    busy: float
    components: dict[str, float]
    # PostgreSQL processes that serve other databases: what they use is not ours.
    foreign: dict[int, float]


class Meter:
    """`with Meter({"web": pid}, database="…") as meter: …`; then `meter.usage`.

    The three servers are found by their names; of PostgreSQL, the backends of other databases do
    not count, while its writers do. This very process is the component `own`.
    """

    def __init__(
        self, components: Mapping[str, int], database: str = "", own: str = "bench"
    ) -> None:
        self._roots = dict(components)
        self._database = database
        self._own = own
        self.usage = Usage()

    def __enter__(self) -> Self:
        for root in self._roots.values():
            for pid in family(root):
                reset_peak(pid)
        reset_peak(os.getpid())
        self._before = self._look()
        return self

    def __exit__(self, *_: object) -> None:
        before, after = self._before, self._look()
        usage = self.usage
        usage.seconds = after.at - before.at
        for name, cpu in after.components.items():
            usage.cpu[name] = cpu - before.components.get(name, 0.0)
        elsewhere = sum(
            cpu - before.foreign[pid] for pid, cpu in after.foreign.items() if pid in before.foreign
        )
        if "postgres" in usage.cpu:
            usage.cpu["postgres"] = max(0.0, usage.cpu["postgres"] - elsewhere)
        usage.others_cpu = max(0.0, after.busy - before.busy - sum(usage.cpu.values()))
        for name, root in self._roots.items():
            peaks = [peak_mb(pid) for pid in family(root)]
            usage.biggest_mb[name] = max(peaks, default=0.0)
            usage.total_mb[name] = sum(peaks)
        usage.total_mb[self._own] = usage.biggest_mb[self._own] = peak_mb(os.getpid())

    def _look(self) -> _Look:
        seen = processes()
        children = _children(seen)
        components = {
            name: sum(seen[pid].cpu for pid in _family(root, children) if pid in seen)
            for name, root in self._roots.items()
        }
        for name, command in SERVERS.items():
            own = [p.cpu for p in seen.values() if p.name == command]
            if own:
                components[name] = sum(own)
        components[self._own] = seen[os.getpid()].cpu if os.getpid() in seen else 0.0
        return _Look(time.monotonic(), _busy(), components, self._foreign(seen))

    def _foreign(self, seen: Mapping[int, Process]) -> dict[int, float]:
        if not self._database:
            return {}
        return {
            pid: process.cpu
            for pid, process in seen.items()
            if process.name == SERVERS["postgres"] and self._serves_another(pid)
        }

    def _serves_another(self, pid: int) -> bool:
        # A backend calls itself `postgres: … user database address(port) state`.
        words = _read(f"/proc/{pid}/cmdline").replace("\0", " ").split()
        return any("(" in word for word in words) and self._database not in words


def processes() -> dict[int, Process]:
    found: dict[int, Process] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            process = _process(int(entry.name))
            if process is not None:
                found[process.pid] = process
    return found


def family(root: int) -> set[int]:
    """A process and all that descend from it."""
    return _family(root, _children(processes()))


def peak_mb(pid: int) -> float:
    """The most memory it had at once since the last `reset_peak`; 0.0 once it has ended."""
    return _status_mb(pid, "VmHWM:")


def resident_mb(pid: int) -> float:
    return _status_mb(pid, "VmRSS:")


def _status_mb(pid: int, name: str) -> float:
    for line in _read(f"/proc/{pid}/status").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / _KB
    return 0.0


def reset_peak(pid: int) -> None:
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _process(pid: int) -> Process | None:
    text = _read(f"/proc/{pid}/stat")
    if not text:
        return None
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    cpu = sum(map(int, fields[_UTIME : _CSTIME + 1])) / TICKS
    return Process(pid, int(fields[_PPID]), name, cpu)


def _children(seen: Mapping[int, Process]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = defaultdict(list)
    for process in seen.values():
        children[process.parent].append(process.pid)
    return children


def _family(root: int, children: Mapping[int, list[int]]) -> set[int]:
    found, waiting = set(), [root]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting += children.get(pid, [])
    return found


def _busy() -> float:
    """Seconds that all cores together have worked: everything but idle and waiting for disks."""
    fields = [int(value) for value in _read("/proc/stat").split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""
