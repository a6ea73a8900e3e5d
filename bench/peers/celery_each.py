"""Celery with one task a message, in three forms.

`default`: as its defaults leave it. `fair`: the same with connections kept and safe settings.
`lean`: with a leaner HTTP client too, which few projects take.
"""

import json
import os
import sys
import time
from collections.abc import Sequence

import requests
import urllib3
from celery import Celery
from django.db import connection

from bench.peers import rows
from bench.peers.race import Job, race
from bench.processes import Processes

FORM = os.environ.get("BENCH_FORM", "fair")
IS_FAIR = FORM != "default"
PROCESSES = 2

app = Celery("celery_each", broker=os.environ["BENCH_BROKER_URL"])
app.conf.task_ignore_result = True
if IS_FAIR:
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        broker_transport_options={"confirm_publish": True},
    )
    # Django's connection outlives its task.
    app.conf["CELERY_DB_REUSE_MAX"] = 1_000_000

_http = urllib3.PoolManager(maxsize=4)
_session = requests.Session()
_URL = f"{os.environ['BENCH_SINK']}/cgi-bin/message/send?access_token=bench"
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


@app.task(name="send")
def send(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(rows.CLAIM, [pk])
        found = cursor.fetchone()
        if found is None:
            return
        cursor.execute(rows.DONE, [_post(*found), pk])


def _post(recipient: str, name: str) -> str:
    body = rows.message_body(recipient, name)
    if FORM != "lean":
        post = _session.post if IS_FAIR else requests.post
        return str(post(_URL, json=body, timeout=15).json()["msgid"])
    content = json.dumps(body, ensure_ascii=False).encode()
    return str(_http.request("POST", _URL, body=content, headers=_HEADERS).json()["msgid"])


class CeleryEach:
    packages = ("celery",)
    safety = (
        "one row a message, claimed before and updated after the call, each committed; late acks, "
        "publisher confirms; HTTP and database connections kept "
        f"({'urllib3' if FORM == 'lean' else 'a requests.Session'}); prefork 2, prefetch 4"
        if IS_FAIR
        else "the same two commits a message; early acks, no confirms; connections closed after "
        "each task, requests without a session, as the defaults leave it; prefork 2, prefetch 4"
    )

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        rows.create_table(job)
        command = ["-m", "celery", "-A", "bench.peers.celery_each", "worker", "-c", str(PROCESSES)]
        options = ["--without-gossip", "--without-mingle", "-l", "WARNING"]
        processes.start("workers", [sys.executable, *command, *options], os.environ)
        return ("workers",)

    def send(self, job: Job, run: int) -> float:
        started_at = time.time()
        with app.producer_or_acquire() as producer:
            for pk in rows.insert(job, run):
                send.apply_async((pk,), producer=producer)
        return rows.wait(job, run) - started_at


if __name__ == "__main__":
    race(CeleryEach())
