"""dramatiq with one task a message on RabbitMQ, two processes of eight threads."""

import json
import os
import sys
import threading
import time
from collections.abc import Sequence

import dramatiq
import psycopg
import urllib3
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from bench.peers import rows
from bench.peers.race import Job, race
from bench.processes import Processes

dramatiq.set_broker(RabbitmqBroker(url=os.environ["BENCH_BROKER_URL"], confirm_delivery=True))

_http = urllib3.PoolManager(maxsize=16)
_own = threading.local()
_URL = f"{os.environ['BENCH_SINK']}/cgi-bin/message/send?access_token=bench"
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


@dramatiq.actor(actor_name="send")
def send(pk: int) -> None:
    connection = _connection()
    found = connection.execute(rows.CLAIM, [pk]).fetchone()
    if found is None:
        return
    content = json.dumps(rows.message_body(*found), ensure_ascii=False).encode()
    answer = _http.request("POST", _URL, body=content, headers=_HEADERS).json()
    connection.execute(rows.DONE, [answer["msgid"], pk])


def _connection() -> psycopg.Connection:
    """This thread's own, kept."""
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(os.environ["BENCH_DATABASE_URL"], autocommit=True)
    return _own.connection


class DramatiqEach:
    packages = ("dramatiq", "pika")
    safety = (
        "one row a message, claimed before and updated after the call, each committed; dramatiq's "
        "own late acks, publisher confirms; HTTP and database connections kept; 2 × 8 threads"
    )

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        rows.create_table(job)
        command = [sys.executable, "-m", "dramatiq", "bench.peers.dramatiq_each"]
        processes.start("workers", [*command, "-p", "2", "-t", "8"], os.environ)
        return ("workers",)

    def send(self, job: Job, run: int) -> float:
        started_at = time.time()
        for pk in rows.insert(job, run):
            send.send(pk)
        return rows.wait(job, run) - started_at


if __name__ == "__main__":
    race(DramatiqEach())
