"""Clause 7: what a provider allows in a minute is kept by all workers together, by the provider's log."""

import time
from collections import Counter

from tests.faults.processes import until
from tests.faults.scene import scene_of

WINDOW_SECONDS = 60.0
# The second window of a robot begins 62 s after the first one.
WATCHED_SECONDS = 75.0
ROBOT_A_MINUTE, MEMBER_A_MINUTE = 20, 30
FEISHU_A_MINUTE, FEISHU_A_SECOND = 100, 5
MESSAGES = 70


def most_in_any(window, moments):
    """The largest number of these moments that lie within one window, wherever it begins."""
    ordered = sorted(moments)
    return max(
        (
            sum(begin <= at < begin + window for at in ordered[place:])
            for place, begin in enumerate(ordered)
        ),
        default=0,
    )


def test_three_workers_keep_a_robots_a_members_and_feishus_limits_together(
    system, provider, figures
):
    scene = scene_of(system, provider)
    system.extra_worker("send-3")
    stamp = str(time.time_ns())
    robot, member, feishu = f"robot-{stamp}", f"member-{stamp}", f"feishu-{stamp}"
    started = time.time()
    # Single sends and a batch, so that every worker has some of them in hand at once.
    for number in range(10):
        scene.send("r10", f"{robot}-single-{number}", "GROUP_BOT")
        scene.send("one-member", f"{member}-single-{number}")
    scene.send_batch([("r10", f"{robot}-{n}") for n in range(MESSAGES - 10)], "GROUP_BOT")
    scene.send_batch([("one-member", f"{member}-{n}") for n in range(MESSAGES - 10)], "WORK_WECHAT")
    scene.send_batch([("f0", f"{feishu}-{n}") for n in range(MESSAGES)], "FEISHU")
    until(lambda: time.time() - started > WATCHED_SECONDS, WATCHED_SECONDS + 5, pause=1)

    at = {mark: [request.at for request in provider.log(mark)] for mark in (robot, member, feishu)}
    assert most_in_any(WINDOW_SECONDS, at[robot]) == ROBOT_A_MINUTE, (
        "not one more, and not one less"
    )
    assert len(at[robot]) == 2 * ROBOT_A_MINUTE, "the surplus waited its turn, and no longer"
    assert most_in_any(WINDOW_SECONDS, at[member]) <= MEMBER_A_MINUTE
    assert most_in_any(WINDOW_SECONDS, at[feishu]) <= FEISHU_A_MINUTE
    assert most_in_any(1.0, at[feishu]) <= FEISHU_A_SECOND
    assert len(at[feishu]) == MESSAGES
    texts = Counter(request.text for request in provider.log(stamp))
    assert set(texts.values()) == {1}, "and each once"
    ((refusals,),) = system.query(
        "SELECT count(*) FROM messaging_messageattempt a JOIN messaging_message m"
        " ON m.id = a.message_id WHERE m.variables->>'mark' LIKE %s",
        [f"%{stamp}%"],
    )
    assert refusals == 0, "waiting is no attempt"
    waiting = system.query(
        "SELECT attempts FROM messaging_message WHERE variables->>'mark' LIKE %s"
        " AND status = 'queued'",
        [f"{robot}%"],
    )
    assert waiting == [(0,)] * (MESSAGES - 2 * ROBOT_A_MINUTE)
    figures.record(
        "any_60_seconds",
        workers=3,
        worker_processes=5,
        robot_most=most_in_any(WINDOW_SECONDS, at[robot]),
        member_most=most_in_any(WINDOW_SECONDS, at[member]),
        feishu_most=most_in_any(WINDOW_SECONDS, at[feishu]),
        feishu_most_a_second=most_in_any(1.0, at[feishu]),
        watched_seconds=WATCHED_SECONDS,
    )
    # The rest would hold up whoever comes next.
    system.query(
        "UPDATE messaging_message SET status = 'cancelled' WHERE variables->>'mark' LIKE %s"
        " AND status = 'queued'",
        [f"%{stamp}%"],
    )
