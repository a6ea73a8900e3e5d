"""What was measured, kept by bench: half of a run takes the place of its own benches only."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Results = Mapping[str, Any]


def merged(path: Path, results: Results, machine: Results) -> dict[str, Any]:
    """The results kept at `path` with these in their places, each with its date and commit."""
    kept: dict[str, Any] = json.loads(path.read_text())["results"] if path.exists() else {}
    measured = {"date": machine["date"], "commit": machine["commit"]}
    for name, found in results.items():
        # A bench that could not run today is told; what it found another day stays.
        if "left_out" not in found or name not in kept:
            kept[name] = {**found, "measured": measured}
    return kept


def keep(path: Path, results: Results, machine: Results) -> None:
    told = json.dumps({"machine": machine, "results": results}, ensure_ascii=False)
    path.write_text(told)
