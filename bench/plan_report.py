"""docs/customers-plans.md from the customers' bench: how quick, and what PostgreSQL does for it."""

import re
from collections.abc import Mapping
from typing import Any

from bench.sections import customer_calls

SQL_CHARACTERS = 600
PLAN_LINES = 24
_COLUMNS = re.compile(r"^SELECT .*? FROM ", re.DOTALL)


def plans(results: Mapping[str, Any], machine: Mapping[str, Any]) -> str:
    """Each statement (its columns left out) above its `EXPLAIN (ANALYZE, BUFFERS)`."""
    parts = [
        "# Customers: how quick, and why",
        f"Written by `python -m bench customers`: {machine['date']}, {machine['cpu']}.",
        "Required (performance.md): p95 at most 200 ms, aim 50 ms.",
        customer_calls(results),
        "## Statements",
        "The slowest statement of each call, as PostgreSQL worked it.",
    ]
    for found in results["customers"]["plans"]:
        parts.append(f"### {found['name']}\n\n```sql\n{_short(found['sql'])}\n```")
        parts.append("```\n" + _plan(found["plan"]) + "\n```")
    return "\n\n".join(parts) + "\n"


def _short(sql: str) -> str:
    shown = _COLUMNS.sub("SELECT … FROM ", sql) if "COUNT(" not in sql[:60] else sql
    return shown if len(shown) <= SQL_CHARACTERS else shown[:SQL_CHARACTERS] + " …"


def _plan(plan: str) -> str:
    lines = [line if len(line) <= 160 else line[:160] + " …" for line in plan.splitlines()]
    return "\n".join(lines[:PLAN_LINES] + lines[max(PLAN_LINES, len(lines) - 2) :])
