"""Lists, search, similar tickets and reports over 100,000 tickets."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bench.plan import Plan
from bench.processes import Processes
from bench.runs.calls import times
from bench.system import running
from bench.ticket_rows import HOW, PRODUCTS, STAFF, WHAT, WHERE

SPREAD = 7919  # a prime: the calls go all over the table


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    tickets = 10_000 if plan.is_quick else 100_000
    with running(processes, sink, senders=False) as system:
        known = json.loads(system.run("-m", "bench.ticket_rows", str(tickets)))
        calls = {
            name: times(system, path, plan.list_calls)
            for name, path in _paths(tickets, known).items()
        }
    return {
        "tickets": tickets,
        "calls": {name: found for name, found in calls.items() if isinstance(found, list)},
        "missing_calls": {name: found for name, found in calls.items() if isinstance(found, str)},
    }


def _paths(tickets: int, known: dict[str, Any]) -> dict[str, Callable[[int], str]]:
    """What is asked, by its name in the report; the number makes calls differ."""
    first, customers = known["first"], known["customers"]
    base = "/api/tickets"

    def ticket(n: int) -> int:
        return int(first + n * SPREAD % tickets)

    def customer(n: int) -> int:
        return int(customers[n * SPREAD % len(customers)])

    def problem(n: int) -> str:
        return quote(f"{WHAT[n % len(WHAT)]}{HOW[n * 3 % len(HOW)]}")

    return {
        "list, first page": lambda n: f"{base}?size=20",
        "list, page by number": lambda n: f"{base}?size=20&page={1 + n * 20}",
        "list, open ones of a colleague": lambda n: (
            f"{base}?assignee=agent{n % STAFF}&status=assigned&status=processing"
        ),
        "list, overdue": lambda n: f"{base}?overdue=true&page={1 + n % 20}",
        "list, a common word": lambda n: f"{base}?keyword={quote(HOW[n % len(HOW)])}",
        "list, a rare word": lambda n: f"{base}?keyword={quote('编号')}{n * SPREAD % 10**6}",
        "search, two words in one": lambda n: (
            f"/api/search?q={quote(WHERE[n % len(WHERE)] + WHAT[n % len(WHAT)])}"
        ),
        "search, a common word": lambda n: f"/api/search?q={quote(WHAT[n % len(WHAT)])}",
        "search, in the replies": lambda n: f"/api/search?q={quote('修复（')}{ticket(n)}",
        "search, nothing found": lambda n: f"/api/search?q={quote('龘靐')}{n}",
        "similar to a ticket": lambda n: f"{base}/{ticket(n)}/similar",
        "similar to a text": lambda n: (
            f"{base}/similar?text={problem(n)}&product={quote(PRODUCTS[n % len(PRODUCTS)])}"
        ),
        "similar, words of no ticket": lambda n: (
            f"{base}/similar?text={quote('鹦鹉把键盘啄坏了')}{n}"
        ),
        "a detail": lambda n: f"{base}/{ticket(n)}",
        "its trail": lambda n: f"{base}/{ticket(n)}/events",
        "its times": lambda n: f"{base}/{ticket(n)}/times",
        "a customer's report": lambda n: f"/api/customers/{customer(n)}/tickets/report",
        "the team's statistics, 30 days": lambda n: f"{base}/statistics",
    }
