"""Lists, searches and overviews on a million messages."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from bench.plan import Plan
from bench.processes import Processes
from bench.runs.calls import BLOCK, blocks, times
from bench.system import System, running

BATCH = BLOCK
DAYS = 30
CHANNELS = ("WORK_WECHAT", "WORK_WECHAT", "WORK_WECHAT", "GROUP_BOT")
_MESSAGES = """
COPY messaging_message (message_id, batch_id, channel, template_id, template_version, recipient,
    customer_id, variables, payload, priority, status, attempts, due_at, provider_message_id,
    error_code, error_detail, duration_ms, created_at, sent_at, finished_at) FROM STDIN
"""
_CUSTOMERS = """
COPY customers_customer (corp_id, unionid, name, phone, company, avatar, type, gender, province,
    city, remark, description, attributes, block_reason, risk_score, risk_level, channel, status,
    add_time, created_at, updated_at) FROM STDIN
"""
_BATCHES = """
INSERT INTO messaging_messagebatch (batch_id, channel, template_id, variables, total, is_paused,
    is_cancelled, created_at)
SELECT 'BATBENCH' || n, 'WORK_WECHAT', %s, '{}', %s, false, false, now()
FROM generate_series(0, %s) n RETURNING id
"""


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    with running(processes, sink, senders=False) as system:
        customers = plan.rows // 10
        _fill(system, plan.rows, customers)
        calls = {
            name: times(system, path, plan.list_calls)
            for name, path in _paths(plan.rows, customers).items()
        }
    return {
        "messages": plan.rows,
        "customers": customers,
        "calls": {name: found for name, found in calls.items() if isinstance(found, list)},
        "missing_calls": {name: found for name, found in calls.items() if isinstance(found, str)},
    }


def _paths(messages: int, customers: int) -> dict[str, Callable[[int], str]]:
    """What is asked, by its name in the report; the number makes calls differ."""
    after = (dt.datetime.now(dt.UTC) - dt.timedelta(days=DAYS // 2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    spread = 7919  # a prime: the calls go all over the table
    return {
        "messages, first page": lambda n: "/api/messages?size=20",
        "messages, page by number": lambda n: f"/api/messages?size=20&page={1 + n}",
        "messages, by cursor": lambda n: "/api/messages?size=50&cursor=",
        "messages of one recipient": lambda n: (
            f"/api/messages?recipient=u{n * spread % (messages // 10)}"
        ),
        "messages that failed": lambda n: f"/api/messages?status=failed&page={1 + n % 10}",
        "messages of a channel since": lambda n: (
            f"/api/messages?channel=GROUP_BOT&created_after={after}&page={1 + n % 10}"
        ),
        "messages of a batch": lambda n: f"/api/messages?batch=BATBENCH{n % (messages // BATCH)}",
        "one message": lambda n: f"/api/messages/MSGBENCH{n * spread % messages}",
        "a batch's progress": lambda n: f"/api/messages/batches/BATBENCH{n % (messages // BATCH)}",
        "overview, 7 days": lambda n: "/api/messages/statistics/overview?days=7",
        "overview, 30 days": lambda n: "/api/messages/statistics/overview?days=30",
        "realtime": lambda n: "/api/messages/statistics/realtime",
        "a customer's ticket summary": lambda n: (
            f"/api/customers/{1 + n * spread % customers}/tickets/summary"
        ),
    }


def _fill(system: System, messages: int, customers: int) -> None:
    with psycopg.connect(system.storage.database_url) as connection:
        cursor = connection.cursor()
        batches = [
            pk
            for (pk,) in cursor.execute(
                _BATCHES, [system.template_id, BATCH, messages // BATCH]
            ).fetchall()
        ]
        with cursor.copy(_CUSTOMERS) as copy:
            for lines in blocks(_customer(number) for number in range(customers)):
                copy.write(lines)
        first = cursor.execute("SELECT min(id) FROM customers_customer").fetchone()
        assert first is not None
        with cursor.copy(_MESSAGES) as copy:
            for lines in blocks(_message_lines(messages, batches, system.template_id, first[0])):
                copy.write(lines)
        connection.commit()
    with psycopg.connect(system.storage.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE messaging_message")
        connection.execute("VACUUM ANALYZE customers_customer")


def _customer(number: int) -> str:
    now = dt.datetime.now(dt.UTC).isoformat()
    phone = f"+861{30_0000_0000 + number}"
    about = f"\t\t客户{number}\t{phone}\t公司{number % 1000}\t\t1\t0\t\t\t"
    return f"{about}\t\t{{}}\t\t0\tnone\tstaff\t1\t{now}\t{now}\t{now}\n"


def _message_lines(
    messages: int, batches: list[int], template_id: int, first_customer: int
) -> Iterator[str]:
    """Oldest first, over the last days; one in a hundred failed."""
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=DAYS)
    step = dt.timedelta(days=DAYS) / messages
    variables, payload = '{"name": "客户"}', '{"msgtype": "text", "text": {"content": "您好"}}'
    for n in range(messages):
        at = (start + step * n).isoformat()
        if n % 100 == 0:
            ended = f"failed\t3\t{at}\t\t60111\t成员不存在\t41\t{at}\t\\N\t{at}"
        else:
            ended = f"sent\t1\t{at}\tm{n}\t\t\t{5 + n % 90}\t{at}\t{at}\t{at}"
        yield (
            f"MSGBENCH{n}\t{batches[n // BATCH]}\t{CHANNELS[n % 4]}\t{template_id}\t1\t"
            f"u{n % (messages // 10)}\t{first_customer + n % (messages // 10)}\t{variables}\t"
            f"{payload}\t5\t{ended}\n"
        )
