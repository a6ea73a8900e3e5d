"""Clause 8: an urgent message overtakes a running batch; the highest first; low ones still move."""

import json
import time

from tests.faults.processes import until
from tests.faults.provider import slow
from tests.faults.scene import scene_of
from tests.faults.system import SENDERS
from tests.faults.test_clause_15_too_late_is_not_sent import DEFAULT_SENDER, ONE_AT_A_TIME

BATCH = 10_000
URGENT = 25
HIGH, LOW = 3000, 200
SECONDS = 180


def test_urgent_ones_overtake_ten_thousand(system, provider, figures):
    scene = scene_of(system, provider)
    people = system.people(BATCH)
    stamp = str(time.time_ns())
    scene.send_batch([(person, f"batch-{stamp}") for person in people], "WORK_WECHAT", priority=5)
    until(lambda: provider.log(f"batch-{stamp}"), SECONDS)
    accepted = {}
    for number in range(URGENT):
        mark = f"urgent-{stamp}-{number}-"
        scene.send(f"u{stamp}.{number}", mark, priority=9, base=system.live)
        accepted[mark] = time.time()
    until(lambda: len(provider.log(f"urgent-{stamp}")) == URGENT, SECONDS)
    behind = BATCH - len(provider.log(f"batch-{stamp}"))
    assert behind > 0, "the batch was over before the last urgent one was asked for"
    waits = sorted(provider.log(mark)[0].at - at for mark, at in accepted.items())
    began = time.monotonic()
    assert system.wait_until_final(people, SECONDS) == {"sent": BATCH}
    rest_seconds = time.monotonic() - began
    assert waits[-1] < 5.0
    figures.record(
        "urgent_behind_10000",
        urgent=URGENT,
        p50_ms=round(1000 * waits[URGENT // 2]),
        max_ms=round(1000 * waits[-1]),
        batch_left_when_all_were_there=behind,
        batch_went_on_for_seconds=round(rest_seconds, 1),
    )


def test_a_claim_takes_the_highest_first(system, provider, figures):
    scene = scene_of(system, provider)
    for name in SENDERS:
        system.processes.stop(name)
    scene.change("message_sender", ONE_AT_A_TIME)
    stamp = str(time.time_ns())
    # One chunk with everything that a queue may hold, as requests of one moment share it.
    for lowest, highest in ((0, 3), (4, 6), (7, 8), (9, 10)):
        priorities = [lowest + n % (highest - lowest + 1) for n in range(12)]
        code = (
            "import json; from messaging.sending.accept import NewMessage, messages_accept;"
            "from messaging.models import MessageTemplate as T;"
            f"t = T.objects.get(pk={scene.templates['WORK_WECHAT']});"
            f"messages_accept([NewMessage(channel='WORK_WECHAT', recipient=f'o{stamp}.{lowest}.{{n}}',"
            f" template=t, variables={{'mark': f'order-{stamp}-{lowest}:{{p}}'}}, priority=p)"
            f" for n, p in enumerate(json.loads('{json.dumps(priorities)}'))])"
        )
        system.run("manage.py", "shell", "-c", code)
    system.start(*SENDERS)
    until(lambda: len(provider.log(f"order-{stamp}")) == 4 * 12, 60)
    scene.change("message_sender", DEFAULT_SENDER)
    for lowest in (0, 4, 7, 9):
        came = [
            int(request.text.rpartition(":")[2].strip("】"))
            for request in provider.log(f"order-{stamp}-{lowest}:")
        ]
        assert came == sorted(came, reverse=True), f"priorities from {lowest} on came {came}"
    figures.record("order_within_a_claim", priorities="0–10", out_of_order=0)


def test_low_ones_move_while_higher_ones_keep_coming(system, provider, figures):
    scene = scene_of(system, provider)
    stamp = str(time.time_ns())
    # So that the higher ones take a while.
    provider.order(slow(0.05), stamp)
    high, low = system.people(HIGH), system.people(LOW)
    scene.send_batch([(who, f"high-{stamp}") for who in high], "WORK_WECHAT", priority=8)
    scene.send_batch([(who, f"low-{stamp}") for who in low], "WORK_WECHAT", priority=0)
    assert system.wait_until_final([*high, *low], SECONDS) == {"sent": HIGH + LOW}
    last_low = max(request.at for request in provider.log(f"low-{stamp}"))
    last_high = max(request.at for request in provider.log(f"high-{stamp}"))
    first_high = min(request.at for request in provider.log(f"high-{stamp}"))
    assert last_low < last_high, "they had their turn before all of the higher ones were gone"
    figures.record(
        "low_is_not_starved",
        high=HIGH,
        low=LOW,
        low_done_after_seconds=round(last_low - first_high, 2),
        high_done_after_seconds=round(last_high - first_high, 2),
    )
