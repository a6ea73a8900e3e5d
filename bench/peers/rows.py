"""The durable state of the peers that have none of their own: one row a message."""

import time
from collections.abc import Sequence

import psycopg

from bench.peers.race import Job

BODY = "{name}，您好：您的工单已有新进展，请点击查看详情。感谢您的支持！"
_TABLE = """
CREATE TABLE IF NOT EXISTS bench_message (
    id bigserial PRIMARY KEY, run int NOT NULL, recipient text NOT NULL, name text NOT NULL,
    status text NOT NULL DEFAULT 'queued', attempts int NOT NULL DEFAULT 0,
    provider_message_id text NOT NULL DEFAULT '', created_at timestamptz DEFAULT clock_timestamp(),
    sent_at timestamptz)
"""
ACCEPTED_TABLE = """
CREATE TABLE bench_accepted (
    id bigserial PRIMARY KEY, template_id bigint NOT NULL, recipient text NOT NULL,
    variables text NOT NULL, priority int NOT NULL, status text NOT NULL DEFAULT 'queued',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp())
"""
# Who takes it sends it: a task that comes twice changes nothing.
CLAIM = (
    "UPDATE bench_message SET status = 'sending', attempts = attempts + 1"
    " WHERE id = %s AND status = 'queued' RETURNING recipient, name"
)
DONE = (
    "UPDATE bench_message SET status = 'sent', provider_message_id = %s,"
    " sent_at = clock_timestamp() WHERE id = %s"
)
_LOOK_SECONDS = 0.2
_MOST_SECONDS = 900


def message_body(recipient: str, name: str) -> dict[str, object]:
    """What goes to the provider; the same for all."""
    text = {"content": BODY.format(name=name)}
    return {"touser": recipient, "msgtype": "text", "agentid": 1000002, "text": text}


def create_table(job: Job) -> None:
    with psycopg.connect(job.database_url, autocommit=True) as connection:
        connection.execute(_TABLE)


def insert(job: Job, run: int) -> Sequence[int]:
    """All rows of a run by COPY: the quickest way there is."""
    with psycopg.connect(job.database_url) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY bench_message (run, recipient, name) FROM STDIN") as copy:
            for place in range(job.messages):
                copy.write_row((run, f"u{run}.{place}", f"客户{place}"))
        cursor.execute("SELECT id FROM bench_message WHERE run = %s ORDER BY id", [run])
        return [pk for (pk,) in cursor.fetchall()]


def wait(job: Job, run: int) -> float:
    """Until all rows of the run are sent; when the last one was (epoch seconds)."""
    deadline = time.monotonic() + _MOST_SECONDS
    with psycopg.connect(job.database_url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute(
                "SELECT count(*) FILTER (WHERE status <> 'sent'),"
                " extract(epoch FROM max(sent_at)) FROM bench_message WHERE run = %s",
                [run],
            ).fetchone()
            assert row is not None
            if row[0] == 0:
                return float(row[1])
            time.sleep(_LOOK_SECONDS)
    raise TimeoutError(f"not done in {_MOST_SECONDS} s")
