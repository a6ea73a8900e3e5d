"""Clause 5: the same request twice is one message, whatever dies meanwhile."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.faults.processes import until
from tests.faults.provider import code
from tests.faults.scene import scene_of

pytestmark = pytest.mark.brief

COPIES = 50
ANSWER_SECONDS = 90.0
# Answers after which a caller asks again, as it is told to.
AGAIN = frozenset({409, 429, 500, 502, 503, 504})


def rows_of(system, mark):
    return system.query(
        "SELECT message_id FROM messaging_message WHERE variables->>'mark' = %s", [mark]
    )


def patiently(scene, bases, number, mark, **more):
    """One caller: repeats its request until it has an answer; answers and troubles it met."""
    troubles = Counter()
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        base = bases[(number + troubles.total()) % len(bases)]
        try:
            answer = scene.post("copy", mark, "WORK_WECHAT", base=base, **dict(more))
        except requests.RequestException as error:
            troubles[type(error).__name__] += 1
        else:
            if answer.status_code not in AGAIN:
                return answer, troubles
            troubles[str(answer.status_code)] += 1
        time.sleep(0.1)
    pytest.fail(f"copy {number} had no answer: {troubles}")


def fifty_copies(system, servers, scene, mark, **more):
    """All at once, through both doors, while the web process is killed and Redis is emptied."""
    bases = (system.web, system.live)
    begun = threading.Barrier(COPIES + 1)

    def copy(number):
        begun.wait(30)
        # A few come first, the others while the system is being torn at.
        time.sleep(number * 0.04)
        return patiently(scene, bases, number, mark, **more)

    with ThreadPoolExecutor(COPIES) as callers:
        asked = [callers.submit(copy, number) for number in range(COPIES)]
        begun.wait(30)
        time.sleep(0.3)
        servers.redis.flush()
        system.kill("web")
        system.start("web")
        time.sleep(0.5)
        servers.redis.flush()
        found = [one.result() for one in asked]
    troubles = sum((met for _, met in found), Counter())
    return [answer for answer, _ in found], troubles


@pytest.mark.parametrize("kind", ["idempotency_key", "dedupe_key"])
def test_fifty_copies_across_a_killed_web_process_and_an_empty_redis(
    system, mortal, provider, figures, kind
):
    scene = scene_of(system, provider)
    mark = f"copies-{kind}-{time.time_ns()}"
    more = (
        {"headers": {"Idempotency-Key": mark}}
        if kind == "idempotency_key"
        else {"dedupe_key": mark}
    )
    answers, troubles = fifty_copies(system, mortal, scene, mark, **more)
    assert {answer.status_code for answer in answers} <= {200, 202}, [a.text for a in answers]
    ((message_id,),) = rows_of(system, mark)
    assert {answer.json()["message_id"] for answer in answers} == {message_id}
    system.wait_until_ready()
    scene.until(message_id, "sent")
    assert len(provider.log(mark)) == 1, "and the provider got it once"
    figures.record(
        kind, copies=COPIES, messages=1, at_the_provider=1, answers_lost_to_faults=troubles.total()
    )


def test_after_redis_has_lost_everything_the_key_is_still_known(system, mortal, provider, figures):
    scene = scene_of(system, provider)
    mark = f"known-{time.time_ns()}"
    key = {"Idempotency-Key": mark}
    first = scene.post("copy", mark, "WORK_WECHAT", headers=key)
    mortal.redis.flush()
    system.restart("web")
    for base in (system.web, system.live):
        again = scene.post("copy", mark, "WORK_WECHAT", headers=key, base=base)
        assert again.json()["message_id"] == first.json()["message_id"]
        assert again.headers.get("Idempotent-Replayed") == "true"
    other = scene.post("somebody-else", mark, "WORK_WECHAT", headers=key)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (409, "idempotency_key_reused")
    assert len(rows_of(system, mark)) == 1
    figures.record("after_flushall_and_restart", replays=2, messages=1)


def test_the_same_content_answers_with_the_first_message(system, provider, figures):
    scene = scene_of(system, provider)
    mark = f"content-{time.time_ns()}"
    with ThreadPoolExecutor(COPIES) as callers:
        answers = list(
            callers.map(lambda _: scene.post("reader", mark, "DEDUPED").json(), range(COPIES))
        )
    ((message_id,),) = rows_of(system, mark)
    assert {answer["message_id"] for answer in answers} == {message_id}
    assert Counter(answer["status"] for answer in answers) == {
        "queued": 1,
        "deduplicated": COPIES - 1,
    }
    assert scene.post("another-reader", mark, "DEDUPED").json()["status"] == "queued"
    figures.record("content", copies=COPIES, messages=1, told_deduplicated=COPIES - 1)


def test_content_that_failed_for_good_gives_its_place_back(system, provider, figures):
    scene = scene_of(system, provider)
    mark = f"place-{time.time_ns()}"
    order = provider.order(code(81013), mark)
    first = scene.send("reader", mark, "DEDUPED")
    scene.until(first, "failed")
    provider.withdraw(order)
    second = scene.post("reader", mark, "DEDUPED").json()
    assert second["status"] == "queued"
    assert second["message_id"] != first
    scene.until(second["message_id"], "sent")
    third = scene.post("reader", mark, "DEDUPED").json()
    assert (third["status"], third["message_id"]) == ("deduplicated", second["message_id"])
    until(lambda: len(provider.log(mark)) == 2, 5)
    figures.record("place_given_back", failed=1, sent=1)
