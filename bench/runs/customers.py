"""Lists, search, segments and pages of 100,000 customers with 20 tags each."""

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import psycopg

from bench.plan import Plan
from bench.processes import Processes
from bench.runs.calls import blocks, times
from bench.system import System, running

TAGS = 200
TAGS_EACH = 20
OWNERS = 20
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志"
COMPANIES = ("科技", "商贸", "实业", "传媒", "物流", "医疗")
CHANNELS = ("staff", "wecom", "wecom", "official_account", "website")
_CUSTOMERS = """
COPY customers_customer (corp_id, external_userid, unionid, name, phone, company, avatar, type,
    gender, province, city, remark, description, attributes, block_reason, risk_score, risk_level,
    channel, status, follow_user_id, last_active_at, add_time, created_at, updated_at) FROM STDIN
"""
_OWNERS = """
INSERT INTO customers_user (password, is_superuser, username, first_name, last_name, email,
    is_staff, is_active, date_joined, role, name, wecom_user_id)
SELECT '', false, 'owner' || n, '', '', '', false, true, now(), 'staff', '员工' || n, 'owner' || n
FROM generate_series(1, %s) n RETURNING id
"""
_TAGS = """
INSERT INTO customers_tag (name, "order", created_at)
SELECT '标签' || n, n, now() FROM generate_series(1, %s) n RETURNING id
"""
# Whoever is among the first has what the others have, too: no tag is empty, none is everybody's.
_LINKS = """
INSERT INTO customers_customertag (customer_id, tag_id, source, created_at)
SELECT c.id, (%(tags)s::bigint[])[1 + (c.id * 37 + n * 11 + (c.id %% 7) * n) %% %(count)s], 'manual',
    now()
FROM customers_customer c, generate_series(1, %(each)s) n
ON CONFLICT DO NOTHING
"""
_PROJECTS = """
INSERT INTO customers_project (customer_id, name, stage, status, progress, amount, products,
    product, description, lost_reason, version, created_at, updated_at, won_at)
SELECT id, '项目' || id, 'insale', 'open', 50, 10000 + id % 5000, '[]', '标准版', '', '', 1,
    created_at, now(), created_at FROM customers_customer WHERE id % 10 = 0
"""
TABLES = (
    "customers_customer",
    "customers_customertag",
    "customers_tag",
    "customers_project",
    "customers_user",
)


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    customers = 10_000 if plan.is_quick else 100_000
    with running(processes, sink, senders=False) as system:
        known = _fill(system, customers)
        segments = json.loads(system.run("-m", "bench.segments", json.dumps(known["tags"][:2])))
        calls = {
            name: times(system, path, plan.list_calls)
            for name, path in _paths(customers, known, segments).items()
        }
        plans = json.loads(
            system.run("-m", "bench.explain", json.dumps({**known, "segments": segments}))
        )
    return {
        "customers": customers,
        "links": known["links"],
        "calls": {name: found for name, found in calls.items() if isinstance(found, list)},
        "missing_calls": {name: found for name, found in calls.items() if isinstance(found, str)},
        "plans": plans,
    }


def _paths(
    customers: int, known: dict[str, Any], segments: list[int]
) -> dict[str, Callable[[int], str]]:
    """What is asked, by its name in the report; the number makes calls differ."""
    spread = 7919  # a prime: the calls go all over the table
    tags, owners, first = known["tags"], known["owners"], known["first"]
    base = "/api/v1/customers"

    def name(n: int) -> str:
        return quote(SURNAMES[n % 20] + GIVEN[n * 3 % 30])

    return {
        "first page": lambda n: f"{base}?size=20",
        "page by number": lambda n: f"{base}?size=20&page={1 + n * 20}",
        "search, two characters of a name": lambda n: f"{base}?keyword={name(n)}",
        "search, a phone number": lambda n: (
            f"{base}?keyword={13_000_000_000 + n * spread % customers}"
        ),
        "search, part of a company": lambda n: (
            f"{base}?keyword={quote(COMPANIES[n % 6])}{n % 1000}"
        ),
        "search, nothing found": lambda n: f"{base}?keyword={quote('龘靐')}{n}",
        "with a tag": lambda n: f"{base}?tag={tags[n % TAGS]}",
        "with two tags": lambda n: f"{base}?tag={tags[n % TAGS]}&tag={tags[(n + 11) % TAGS]}",
        "of an owner": lambda n: f"{base}?follow_user_id={owners[n % OWNERS]}",
        "by channel and status": lambda n: f"{base}?channel=wecom&status=2&page={1 + n % 50}",
        "of a segment": lambda n: f"{base}?segment={segments[n % len(segments)]}",
        "a segment's count": lambda n: f"/api/v1/segments/{segments[n % len(segments)]}/count",
        "a detail": lambda n: f"{base}/{first + n * spread % customers}",
        "a profile": lambda n: f"{base}/{first + n * spread % customers}/profile",
        "a timeline": lambda n: f"{base}/{first + n * spread % customers}/timeline",
        "statistics, 30 days": lambda n: "/api/v1/statistics/customers?days=30",
    }


def _fill(system: System, customers: int) -> dict[str, Any]:
    with psycopg.connect(system.storage.database_url) as connection:
        cursor = connection.cursor()
        owners = [pk for (pk,) in cursor.execute(_OWNERS, [OWNERS]).fetchall()]
        tags = [pk for (pk,) in cursor.execute(_TAGS, [TAGS]).fetchall()]
        with cursor.copy(_CUSTOMERS) as copy:
            for lines in blocks(_customer_lines(customers, owners)):
                copy.write(lines)
        cursor.execute(_LINKS, {"tags": tags, "count": TAGS, "each": TAGS_EACH})
        links = cursor.rowcount
        cursor.execute(_PROJECTS)
        row = cursor.execute("SELECT min(id) FROM customers_customer").fetchone()
        assert row is not None
        connection.commit()
    with psycopg.connect(system.storage.database_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"VACUUM ANALYZE {table}")
    return {"owners": owners, "tags": tags, "first": row[0], "links": links}


def _customer_lines(customers: int, owners: list[int]) -> Iterator[str]:
    chance = random.Random(7)  # noqa: S311 - the same data in each run
    now = dt.datetime.now(dt.UTC)
    for number in range(customers):
        name = chance.choice(SURNAMES) + "".join(
            chance.choice(GIVEN) for _ in range(chance.choice((1, 2)))
        )
        company = f"{chance.choice(COMPANIES)}{number % 1000}有限公司"
        at = (now - dt.timedelta(minutes=5 * (customers - number))).isoformat()
        active = (now - dt.timedelta(hours=chance.randrange(4000))).isoformat()
        status = 2 if number % 20 == 0 else 1
        yield (
            f"wwbench\twm{number}\t\t{name}{number % 100 or ''}\t+86{13_000_000_000 + number}\t"
            f"{company}\t\t1\t{number % 3}\t\t\t\t\t{{}}\t\t0\tnone\t"
            f"{CHANNELS[number % 5]}\t{status}\t{owners[number % OWNERS]}\t{active}\t{at}\t{at}\t{at}\n"
        )
