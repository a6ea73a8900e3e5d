"""Handing customers over as one case: dry run, start, the platform's results, report.

`plan` → `start` → `advance` (a task: `poll`, `submit`, `results`, `settle`) → `report`.
"""

from customers.actions.handover.advance import handover_advance, handovers_due
from customers.actions.handover.movers import register_mover
from customers.actions.handover.plan import handover_plan
from customers.actions.handover.report import progress_of
from customers.actions.handover.start import TransferResult, customers_transfer, handover_start

__all__ = [
    "TransferResult",
    "customers_transfer",
    "handover_advance",
    "handover_plan",
    "handover_start",
    "handovers_due",
    "progress_of",
    "register_mover",
]
