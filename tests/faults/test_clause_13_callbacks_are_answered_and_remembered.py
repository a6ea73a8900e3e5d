"""Clause 13: callbacks are stored before they are answered, acted on once, and refused when forged."""

import asyncio
import itertools
import threading
import time
from collections import Counter
from dataclasses import replace

import aiohttp
import psycopg
import pytest
from yarl import URL

from tests.faults.platform import OFFICIAL, WECOM, said, sealed
from tests.faults.processes import until
from tests.faults.scene import scene_of

A_SECOND, SECONDS = 200, 2
# The platform waits so long for an answer.
PLATFORM_SECONDS = 5.0
OLD_SECONDS = 601
numbers = itertools.count(time.time_ns())


def rows(system, who):
    return system.query(
        "SELECT id, status, attempts FROM wechat_callback WHERE payload->>'FromUserName' = %s",
        [who],
    )


def answers_to(provider, who):
    return provider.log(lambda request: request.body.get("touser") == who)


@pytest.fixture
def scene(system, provider):
    return scene_of(system, provider)


def test_no_answer_before_the_row_is_committed(system, scene, figures):
    who = f"early{next(numbers)}"
    call = sealed(WECOM, said(who, "帮助", next(numbers)))
    answered = threading.Event()

    def post():
        if call.post(system.web).status_code == 200:
            answered.set()

    with psycopg.connect(system.environment["DATABASE_URL"]) as holding:
        holding.execute("LOCK TABLE wechat_callback IN EXCLUSIVE MODE")
        caller = threading.Thread(target=post)
        caller.start()
        until(
            lambda: system.query(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND query LIKE '%%wechat_callback%%' AND datname = current_database()"
            ),
            20,
        )
        assert not answered.is_set(), "it cannot be stored yet"
        assert rows(system, who) == []
        holding.commit()
    caller.join(30)
    assert answered.is_set()
    assert len(rows(system, who)) == 1
    figures.record("stored_before_answered", answered_while_not_stored=0)


def test_what_was_answered_survives_the_death_of_the_process_that_answered(
    system, scene, provider, figures
):
    people = [f"dies{next(numbers)}" for _ in range(20)]
    answered = []
    for who in people:
        assert sealed(WECOM, said(who, "帮助", next(numbers))).post(system.web).status_code == 200
        answered.append(who)
    system.kill("web")
    assert all(len(rows(system, who)) == 1 for who in answered)
    system.start("web")
    system.wait_until_ready()
    until(lambda: all(rows(system, who)[0][1] == "done" for who in answered), 60)
    until(lambda: all(len(answers_to(provider, who)) == 1 for who in answered), 60)
    figures.record("killed_after_answering", answered=len(answered), lost=0)


def test_three_repetitions_act_once(system, scene, provider, figures):
    who = f"thrice{next(numbers)}"
    plain = said(who, "帮助", next(numbers))
    calls = [sealed(WECOM, plain) for _ in range(3)]
    assert len({call.body for call in calls}) == 3, "encrypted anew each time"
    callers = [threading.Thread(target=call.post, args=[system.web]) for call in calls[:2]]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(30)
    until(lambda: [row[1] for row in rows(system, who)] == ["done"], 30)
    assert calls[2].post(system.web).status_code == 200, "long after it was done"
    until(lambda: answers_to(provider, who), 30)
    system.wait_until_idle()
    assert len(rows(system, who)) == 1
    assert len(answers_to(provider, who)) == 1
    figures.record("repetitions", calls=3, rows=1, answers=1)


def test_a_flood_is_accepted_without_a_loss(system, scene, provider, figures):
    people = [f"flood{next(numbers)}" for _ in range(A_SECOND * SECONDS)]
    calls = [sealed(WECOM, said(who, "帮助", next(numbers))) for who in people]
    statuses, took, seconds = asyncio.run(pressed(system.web, calls))
    assert statuses == {200: len(calls)}
    ((stored,),) = system.query(
        "SELECT count(*) FROM wechat_callback WHERE payload->>'FromUserName' = ANY(%s)", [people]
    )
    assert stored == len(calls), "each answer is a row"
    until(
        lambda: (
            system.query(
                "SELECT count(*) FROM wechat_callback WHERE status = 'done'"
                " AND payload->>'FromUserName' = ANY(%s)",
                [people],
            )
            == [(len(calls),)]
        ),
        240,
    )
    assert took[-1] < PLATFORM_SECONDS
    figures.record(
        "flood",
        callbacks=len(calls),
        offered_a_second=round(len(calls) / seconds),
        lost=0,
        p50_ms=round(took[len(took) // 2] * 1000),
        p99_ms=round(took[int(len(took) * 0.99)] * 1000),
    )


async def pressed(base, calls):
    """Each at its own moment, whether or not the earlier ones were answered."""
    statuses, took = Counter(), []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        begun = time.perf_counter()

        async def post(number, call):
            await asyncio.sleep(begun + number / A_SECOND - time.perf_counter())
            at = time.perf_counter()
            url = URL(base + call.door.path).with_query(call.query)
            headers = {"Content-Type": "text/xml"}
            async with http.post(url, data=call.body, headers=headers) as answer:
                await answer.read()
                statuses[answer.status] += 1
            took.append(time.perf_counter() - at)
            return at

        sent = await asyncio.gather(*[post(n, call) for n, call in enumerate(calls)])
    return dict(statuses), sorted(took), max(sent) - min(sent) + 1 / A_SECOND


@pytest.mark.parametrize("door", [WECOM, OFFICIAL], ids=["wecom", "official"])
def test_what_is_forged_replayed_or_malformed_leaves_a_log_line_and_nothing_else(
    system, scene, figures, door
):
    who = f"forged{next(numbers)}"
    good = sealed(door, said(who, "帮助", next(numbers)))
    elsewhere = replace(door, receive_id="wwsomebodyelse")
    forged = {
        "wrong signature": good.with_query(msg_signature="0" * 40),
        "another's body": replace(good, body=sealed(door, said(who, "退款", 1)).body),
        "too old": sealed(door, said(who, "帮助", 2), age_seconds=OLD_SECONDS),
        "another corporation's": replace(sealed(elsewhere, said(who, "帮助", 3)), door=door),
        "a new timestamp": good.with_query(timestamp=str(int(time.time()) + 1)),
    }
    malformed = {
        "no XML": replace(good, body=b"<xml"),
        "empty": replace(good, body=b""),
        "an entity bomb": replace(
            good, body=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><Encrypt>&a;</Encrypt></xml>'
        ),
        "too large": replace(good, body=b"<xml>" + b"x" * 300_000 + b"</xml>"),
        "no signature": replace(
            good, query={name: v for name, v in good.query.items() if name != "msg_signature"}
        ),
    }
    # Whatever earlier tests said is done first.
    until(
        lambda: system.query("SELECT 1 FROM wechat_callback WHERE status = 'received'") == [], 240
    )
    system.wait_until_idle()
    before = everything(system)
    lines = refusals(system)
    for name, call in forged.items():
        assert call.post(system.web).status_code == 403, name
    for name, call in malformed.items():
        assert call.post(system.web).status_code == 400, name
    assert everything(system) == before
    assert rows(system, who) == []
    until(lambda: refusals(system) - lines == len(forged) + len(malformed), 10)
    assert good.post(system.web).status_code == 200, "the door itself is well"
    figures.record(
        f"refused_at_{door.path.rpartition('/')[2]}",
        forged_403=sorted(forged),
        malformed_400=sorted(malformed),
        rows=0,
    )


def everything(system):
    """How many rows there are of whatever a callback could have left."""
    return system.query(
        "SELECT (SELECT count(*) FROM wechat_callback), (SELECT count(*) FROM messaging_message),"
        " (SELECT count(*) FROM config_outboxentry WHERE name = 'wechat.tasks.work_callback')"
    )


def refusals(system):
    return system.processes.log("web").count("callback_refused")
