"""What a fault test measured, kept for `python -m tests.faults.report`."""

import json
import os
import platform
from datetime import UTC, datetime
from typing import Any

from tests.faults.processes import ROOT

FOLDER = ROOT / "var" / "faults"


class Figures:
    """Of one clause, written as they come: `figures.record("kills", accepted=1000, lost=0)`.

    A part that is recorded again takes the place of its last run.
    """

    def __init__(self, clause: int, test: str) -> None:
        self._path = FOLDER / f"{clause:02}.json"
        self._test = test

    def record(self, part: str, **figures: Any) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        kept = json.loads(self._path.read_text()) if self._path.exists() else {}
        kept[part] = {
            "test": self._test,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "figures": figures,
        }
        self._path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


def machine() -> str:
    cpus = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return (
        f"{cpus} CPUs, {memory:.0f} GB, {platform.system()} {platform.machine()}, Python {python}"
    )
