"""`python -m tests.faults.report`: docs/reliability.md from what the last fault tests measured.

Only what a run has written into var/faults goes into the table; a clause without a run says so.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.faults.figures import FOLDER
from tests.faults.processes import ROOT

TARGET = ROOT / "docs" / "reliability.md"

PROMISES = {
    1: "After a 202 the message is committed: no death of a process or a server loses it.",
    2: "A publish that never reached the broker, or was lost in it, is made up for within 60 s.",
    3: "A worker may die or freeze at any moment: others take over within 70 s, nothing is lost, "
    "and a frozen one changes nothing when it wakes.",
    4: "A doubtful delivery is not repeated blindly: with an idempotency key it is resent under the "
    "same key, without one it is `uncertain` and a person decides.",
    5: "The same request twice is one message, also at the same moment and without Redis.",
    6: "Errors are sorted: retried, waited for, refreshed, or failed at once with a sentence.",
    7: "Providers' limits are kept across all workers.",
    8: "Urgent messages overtake a running batch, and low ones still move.",
    9: "A poison message stops nobody.",
    10: "With Redis gone, sending goes on and nothing is refused that need not be.",
    11: "Scheduled work runs once, with two beats and with clocks that are set.",
    12: "A stop finishes or gives back what is in flight within 30 s; a rolling restart sends once.",
    13: "Callbacks are answered and remembered; forged, old and malformed ones leave only a log line.",
    14: "The books balance at every moment, receipts count once, a late cancel is refused honestly.",
    15: "What is too late is not sent.",
}
BEGINNING = """# Reliability: what is promised, and the test that proves it

Each clause is tried by `tests/faults/` against PostgreSQL, RabbitMQ, Redis and worker processes of the
test's own, which are killed with SIGKILL, frozen with SIGSTOP, or lose their data; the provider is a
stand-in that logs every request. `make test-faults` runs them, `python -m tests.faults.report` writes
this page from what they measured. The figures are those of the last run of each test.
"""
END = """
## What is not promised

- **Exactly once at the handset.** A worker that is killed between the provider's answer and our commit
  sends that wave again: at most what it had in its hands. Providers that take an idempotency key drop
  the second copy; where there is none, the message becomes `uncertain` instead of being sent twice.
- **Order between messages.** Two messages to one person may overtake each other.
- **Delivery reports from providers that send none.** There `sent` is the last word.
- **Jobs on a worker whose clock is far ahead.** Nothing is done twice there, but what beat starts there
  has expired by its clock and is dropped: a scheduled push may miss that minute. Clocks are kept by NTP.
- **A bound for waiting in a full queue.** What a dead worker held waits its turn again behind what its
  queue holds by then: the 70 s are those until it is in the queue again and free to be taken.
- **Provider limits in the first minute without Redis.** Each process then keeps to a quarter of the
  limit, without knowing what the others had used of it; the provider may refuse the surplus, which
  waits and is sent later.

## How the runs are shortened

Nothing of the product is: leases (50 s), sweeps (15 s) and time-outs are those of every installation.
The stand-in answers late where a test needs time to kill something, and says so in its test. Two send
workers of two processes each run beside one for urgent messages; docker-compose.yml starts three.
"""


def write(target: Path = TARGET) -> list[int]:
    """Returns the clauses that nobody has measured."""
    found = {clause: _figures_of(clause) for clause in PROMISES}
    lines = [BEGINNING, "| | The promise | Test | Figures | Run |", "|--|--|--|--|--|"]
    for clause, promise in PROMISES.items():
        parts = found[clause]
        if not parts:
            lines.append(f"| {clause} | {promise} | | not measured | |")
            continue
        module = next(iter(parts.values()))["test"].partition("::")[0]
        told = "<br>".join(_told(part, kept["figures"]) for part, kept in parts.items())
        at = max(kept["at"] for kept in parts.values())[:16].replace("T", " ")
        lines.append(f"| {clause} | {promise} | `{module}` | {told} | {at} UTC |")
    machines = {kept["machine"] for parts in found.values() for kept in parts.values()}
    lines.append(f"\nMachine: {'; '.join(sorted(machines)) or 'none'}.")
    target.write_text("\n".join(lines) + "\n" + END)
    return [clause for clause, parts in found.items() if not parts]


def _figures_of(clause: int) -> dict[str, Any]:
    path = FOLDER / f"{clause:02}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _told(part: str, figures: dict[str, Any]) -> str:
    return f"*{part}*: " + ", ".join(_one(name, value) for name, value in figures.items())


def _one(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if isinstance(value, dict):
        return f"{words} " + " + ".join(_one(key, inner) for key, inner in value.items())
    if isinstance(value, bool):
        return f"{words}: {'yes' if value else 'no'}"
    return f"{words} {value:,}" if isinstance(value, int) else f"{words} {value}"


if __name__ == "__main__":
    missing = write()
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: not measured: {missing or 'none'}\n")
