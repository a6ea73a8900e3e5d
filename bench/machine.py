"""Where and when it was measured, and with what."""

import datetime as dt
import os
import platform
import re
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from bench import peer_packages, storage
from bench.load import generator
from bench.processes import StartFailed, run
from bench.sinks import nginx

_OWN = ("django", "djangorestframework", "celery", "aiohttp", "uvloop", "granian", "psycopg")


def describe() -> dict[str, object]:
    now = dt.datetime.now().astimezone()
    return {
        "date": now.isoformat(timespec="minutes"),
        "cpu": f"{os.cpu_count()} × {_cpu_name()}",
        "memory": f"{_memory_gb():.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "load_before": f"{os.getloadavg()[0]:.2f}",
        "commit": _told(["git", "rev-parse", "--short", "HEAD"]),
        "generator": generator(),
        "versions": _versions(),
        "has_nginx": nginx.find() is not None,
    }


def _versions() -> dict[str, str]:
    found = {"Python": platform.python_version(), **storage.versions()}
    found |= {name: version(name) for name in _OWN}
    binary = nginx.find()
    if binary:
        # nginx tells its version on the error stream.
        found["nginx"] = _told(["sh", "-c", f"{binary} -v 2>&1"]).rpartition("/")[2]
    if shutil.which("node"):
        found["Node"] = _told(["node", "--version"]).lstrip("v")
    return found


def peer_versions() -> dict[str, str]:
    """Of the peers' own packages; the ones that npm installed are pinned in their package.json."""
    try:
        found = peer_packages.versions()
    except (StartFailed, OSError):
        return {}
    package = Path(__file__).resolve().parent / "peers" / "bullmq" / "package.json"
    found |= dict(re.findall(r'"(\w+)": "([\d.]+)"', package.read_text()))
    return found


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine() or sys.platform


def _memory_gb() -> float:
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) / 1e9


def _told(command: list[str]) -> str:
    try:
        return run(command).strip()
    except (StartFailed, OSError):
        return "?"
