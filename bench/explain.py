"""What PostgreSQL does for the customers' lists, told as JSON: `[{name, sql, plan}]`.

Run inside the system's environment: `python -m bench.explain '{…}'`, after `bench.runs.customers`
has filled the tables. The statements are those of the product, run by its own functions.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

PAGE = 20


def plans(known: dict[str, Any]) -> list[dict[str, str]]:
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    told = []
    for name, act in _acts(known).items():
        reset_queries()
        with CaptureQueriesContext(connection) as captured:
            act()
        slowest = max(captured.captured_queries, key=lambda query: float(query["time"]))
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {slowest['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        told.append({"name": name, "sql": slowest["sql"], "plan": plan})
    return told


def _acts(known: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """The slowest statement of each is explained; counts and pages are apart."""
    from customers import conditions
    from customers.actors import Entry, actor_for, system_actor
    from customers.models import Segment, User
    from customers.search import matching
    from customers.visibility import customers_visible_to

    everyone = customers_visible_to(system_actor())
    owner = User.objects.get(pk=known["owners"][0])
    mine = customers_visible_to(actor_for(owner, Entry.API))
    tag = known["tags"][5]
    segments = Segment.objects.filter(pk__in=known["segments"])

    def found(keyword: str) -> Any:
        return matching(everyone, keyword)

    acts: dict[str, Callable[[], object]] = {
        "first page": lambda: list(everyone.order_by("-id")[:PAGE]),
        "count of the list": everyone.count,
        "search, two characters: count": found("王伟").count,
        "search, two characters: page": lambda: list(found("王伟").order_by("-id")[:PAGE]),
        "search, a phone number: count": found("13000012345").count,
        "with a tag: page": lambda: list(
            everyone.filter(pk__in=_carriers(tag)).order_by("-id")[:PAGE]
        ),
        "with a tag: count": everyone.filter(pk__in=_carriers(tag)).count,
        "a member's own view: page": lambda: list(mine.order_by("-id")[:PAGE]),
        "a member's own view: count": mine.count,
    }
    for segment in segments:
        rule = conditions.parse(segment.conditions)
        acts[f"segment “{segment.name}”: count"] = conditions.customers_matching(
            rule, everyone
        ).count
    return acts


def _carriers(tag: int) -> Any:
    from customers.models import CustomerTag

    return CustomerTag.objects.filter(tag=tag).values("customer")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(plans(json.loads(sys.argv[1]))))
