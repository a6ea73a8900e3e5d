"""Clause 14: at every moment the states add up to what was accepted, and statistics to what SQL says."""

import threading
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import requests

from tests.faults.load import Load
from tests.faults.processes import until
from tests.faults.provider import slow
from tests.faults.scene import RECEIPT_TOKEN, scene_of

BATCH = 5000
CALL_SECONDS = 0.2
KILLS = ("send-1", "send-2", "web", "live", "relay")
PHONE = "13800138000"
REBUILD = (
    "from django.utils import timezone as t; from messaging.statistics import counters, rows;"
    "day = t.localdate(); counters.recount(day); rows.roll_up(day)"
)
# Which states each figure counts; `sent` of the overview counts delivered ones too.
FIGURES = {
    "total": "true",
    "sent": "status IN ('sent', 'delivered', 'read')",
    "delivered": "status IN ('delivered', 'read')",
    "failed": "status IN ('failed', 'uncertain', 'expired')",
}


class Books(threading.Thread):
    """Looks once a second: one statement, so one moment of the database."""

    def __init__(self, system, load, batch_id, before):
        """`before`: how many messages there were besides the batch when nothing was asked yet."""
        super().__init__()
        self._system, self._load, self._batch_id = system, load, batch_id
        self._over = threading.Event()
        self._before = before
        self.looks = 0
        self.wrong = []

    def run(self):
        while not self._over.wait(1.0):
            promised = len(self._load.accepted)
            rows = self._system.query(
                "SELECT (b.batch_id = %s) IS TRUE, m.status, count(*) FROM messaging_message m"
                " LEFT JOIN messaging_messagebatch b ON b.id = m.batch_id GROUP BY 1, 2",
                [self._batch_id],
            )
            asked = self._load.asked + self._load.callers
            in_batch = sum(count for is_in_batch, _, count in rows if is_in_batch)
            others = sum(count for is_in_batch, _, count in rows if not is_in_batch) - self._before
            # What was answered 202 is there; what is there was at least asked for.
            if in_batch != BATCH or not promised <= others <= asked:
                self.wrong.append((in_batch, promised, others, asked, rows))
            self.looks += 1

    def close(self):
        self._over.set()
        self.join()


def by_sql(system):
    columns = ", ".join(f"count(*) FILTER (WHERE {test})" for test in FIGURES.values())
    (row,) = system.query(f"SELECT {columns} FROM messaging_message")  # noqa: S608 - our own
    return dict(zip(FIGURES, row, strict=True))


def by_overview(system):
    answer = requests.get(
        f"{system.web}/api/messages/statistics/overview?days=1", headers=system.key, timeout=30
    ).json()
    return {name: answer[name] for name in FIGURES}


def test_the_states_add_up_each_second_of_a_run_with_kills(system, provider, figures):
    order = provider.order(slow(CALL_SECONDS))
    people = system.people(BATCH)
    ((before,),) = system.query("SELECT count(*) FROM messaging_message")
    batch_id = system.send_batch(people)
    with Load(system, [system.web, system.live], callers=4, gap_seconds=0.1) as load:
        books = Books(system, load, batch_id, before)
        books.start()
        try:
            for name in KILLS:
                time.sleep(3)
                system.kill(name)
                time.sleep(0.5)
                system.start(name)
            provider.withdraw(order)
            states = system.wait_until_final(people, 150)
        finally:
            load.stop()
            books.close()
    own = system.wait_until_final(list(load.accepted), 150)
    told = requests.get(
        f"{system.web}/api/messages/batches/{batch_id}", headers=system.key, timeout=30
    ).json()
    system.run("manage.py", "shell", "-c", REBUILD)
    rebuilt = by_sql(system)
    kept = dict(
        zip(
            ("total", "sent", "delivered", "failed"),
            system.query(
                "SELECT sum(total), sum(sent) + sum(delivered), sum(delivered), sum(failed)"
                " FROM messaging_dailystatistic"
            )[0],
            strict=True,
        )
    )
    figures.record(
        "looked at once a second during kills",
        accepted=BATCH + len(load.accepted),
        kills=len(KILLS),
        looks=books.looks,
        looks_that_did_not_add_up=len(books.wrong),
        final={**states, "of single sends": own},
        statistics_equal_sql=kept == rebuilt,
    )
    assert books.looks >= 10
    assert books.wrong == []
    assert states == {"sent": BATCH}
    assert own == {"sent": len(load.accepted)}
    assert (told["total"], told["sent"]) == (BATCH, BATCH)
    assert kept == rebuilt
    until(lambda: by_overview(system) == by_sql(system), 10, why=lambda: str(by_overview(system)))


def test_counters_that_redis_lost_are_counted_from_the_rows(system, mortal, figures):
    people = system.people(50)
    system.send_batch(people)
    system.wait_until_final(people, 60)
    mortal.redis.flush()
    found = until(
        lambda: (told := by_overview(system)) == by_sql(system) and told,
        10,
        why=lambda: f"{by_overview(system)} {by_sql(system)}",
    )
    figures.record(
        "counters lost with Redis", counted_anew=found["total"], statistics_equal_sql=True
    )


@pytest.fixture
def told(system, provider):
    """`told(number)`: what the SMS provider pushes about the message it calls `number`."""

    def push(number):
        at = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")
        entry = {
            "phone_number": PHONE,
            "send_time": at,
            "report_time": at,
            "success": True,
            "err_code": "DELIVERED",
            "err_msg": "",
            "sms_size": "1",
            "biz_id": number,
            "out_id": "",
        }
        url = f"{system.web}/api/messages/receipts/SMS?token={RECEIPT_TOKEN}"
        answer = requests.post(url, json=[entry], timeout=30)
        assert answer.status_code == 200, answer.text

    return push


def test_a_receipt_before_our_own_commit_or_twice_is_applied_once(system, provider, told, figures):
    scene = scene_of(system, provider)
    order = provider.order(slow(3.0), lambda received: received.recipient.endswith(PHONE))
    message_id = scene.send(PHONE, "early", "SMS")
    taken = until(
        lambda: provider.log(lambda received: received.recipient.endswith(PHONE)), 30, pause=0.01
    )
    for _ in range(2):
        told(str(taken[0].number))
    assert scene.message(message_id)["status"] == "sending", "the receipt was to come first"
    scene.until(message_id, "delivered")
    provider.withdraw(order)
    first = row_of(system, message_id)
    before = by_overview(system)["delivered"]
    told(str(taken[0].number))
    time.sleep(2.5)
    early = system.query("SELECT count(*) FROM messaging_earlyreceipt")
    after = by_overview(system)["delivered"]
    figures.record(
        "a receipt before our commit, twice, and again after",
        receipts=3,
        applied=1,
        delivered_in_sql=by_sql(system)["delivered"],
        delivered_by_the_counters=after,
    )
    assert row_of(system, message_id) == first
    assert early == [(0,)]
    assert before == after == by_sql(system)["delivered"]


def row_of(system, message_id):
    return system.query(
        "SELECT status, attempts, sent_at, delivered_at, finished_at FROM messaging_message"
        " WHERE message_id = %s",
        [message_id],
    )


def cancel(system, path):
    return requests.post(f"{system.web}/api/messages/{path}/cancel", headers=system.key, timeout=30)


def test_a_cancel_after_sending_began_is_refused_honestly(system, provider, figures):
    order = provider.order(slow(4.0))
    (person,) = system.people(1)
    number = system.send(person).json()["message_id"]
    until(provider.log, 30, pause=0.02, why="it was never sent")
    refused = cancel(system, number)
    assert refused.status_code == 409, refused.text
    assert "sending" in refused.text or "发送" in refused.text
    # A batch: what waits is cancelled, what the provider already has stays sent.
    people = system.people(2000)
    batch_id = system.send_batch(people)
    until(lambda: len(provider.log()) >= 40, 30, pause=0.02, why="it was never sent")
    assert cancel(system, f"batches/{batch_id}").status_code == 200
    provider.withdraw(order)
    states = system.wait_until_final(people, 60)
    assert system.wait_until_final([person], 30) == {"sent": 1}
    arrived = {received.recipient for received in provider.log()} & set(people)
    cancelled = {
        row[0]
        for row in system.query(
            "SELECT recipient FROM messaging_message WHERE recipient = ANY(%s)"
            " AND status = 'cancelled'",
            [people],
        )
    }
    late = cancel(system, f"batches/{batch_id}")
    figures.record(
        "cancelled while it is sent",
        accepted=len(people),
        final=states,
        cancelled_and_yet_at_the_provider=len(cancelled & arrived),
    )
    assert states == {"sent": len(arrived), "cancelled": len(cancelled)}
    assert len(arrived) + len(cancelled) == len(people)
    assert not cancelled & arrived
    assert late.status_code == 409
