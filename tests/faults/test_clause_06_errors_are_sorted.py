"""Clause 6: every code of the platforms (wechat-protocol.md §4.8), driven through real workers."""

import time
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.faults.processes import until
from tests.faults.provider import Answer, code, status
from tests.faults.scene import scene_of
from tests.faults.system import SENDERS

DELAY_SECONDS = 2
RETRY = {"max_attempts": 3, "delay_seconds": DELAY_SECONDS}
JITTER = 0.2
# The relay looks 30 times a second, a chunk pauses half a second, and two cores have much to do.
LATE_SECONDS = 4.0
SETTLED_SECONDS = 60
OPENID = "oFaults0123456789012345{:05}"


@dataclass(frozen=True, eq=False)
class Case:
    """A provider's answer, on which channel, and a word of the sentence that an operator reads."""

    code: int | str
    template: str
    word: str
    answer: Answer

    def __str__(self) -> str:
        return f"{self.template}-{self.code}"

    def recipient(self, number: int) -> str:
        if self.template == "GROUP_BOT":
            return f"r{number % 24}"
        if self.template == "KF":
            return f"wm{self.code}x{number}"
        return OPENID.format(number) if self.template == "WECHAT" else f"m{self.code}.{number}"


def cases(template, **words):
    return [
        Case(int(name[1:].replace("m", "-")), template, word, code(int(name[1:].replace("m", "-"))))
        for name, word in words.items()
    ]


RETRYABLE = [
    *cases("WORK_WECHAT", cm1="繁忙", c6000="版本冲突", c45033="并发", c41096="欢迎语"),
    *cases("WECHAT", cm1="繁忙", c45033="并发"),
    *cases("GROUP_BOT", cm1="繁忙"),
    *[Case(f"http_{n}", "WORK_WECHAT", "服务异常", status(n)) for n in (500, 502, 503, 504)],
]
THROTTLED = [
    *cases("WORK_WECHAT", c45009="频率", c45011="频繁"),
    *cases("WECHAT", c45011="频繁"),
    *cases("GROUP_BOT", c45009="频率"),
]
PERMANENT = [
    *cases(
        "WORK_WECHAT",
        c40003="成员账号无效",
        c40008="消息类型",
        c40029="code",
        c40035="参数",
        c40058="过长",
        c40078="卡片",
        c40096="外部联系人",
        c41051="欢迎语",
        c43004="未绑定微信",
        c44004="内容为空",
        c60011="可见范围",
        c60111="成员不存在",
        c81013="可见范围",
        c84061="客户关系",
        c301052="会话存档",
        # What stands in no table: repeating it helps nobody.
        c99999="平台拒绝",
    ),
    *cases("WORK_WECHAT", **{f"c{n}": "客户群" for n in range(90500, 90509)}),
    *cases(
        "KF",
        c95000="客服账号",
        c95001="条数上限",
        c95002="48 小时",
        c95013="会话已结束",
        c95014="接待人员",
        c95017="API 开关",
    ),
    *cases(
        "WECHAT",
        c40003="openid",
        c40008="消息类型",
        c40029="授权 code",
        c40035="参数",
        c40058="参数",
        c43004="没有关注",
        c44004="内容为空",
        c45015="48 小时",
        c45047="条数已用完",
        c48001="权限",
        c50001="授权",
    ),
]
# The fault of the whole account: it opens the circuit, so each needs an account or a moment of its own.
ROBOT_FAULTS = cases("GROUP_BOT", c93000="移出群", c93004="停用", c93008="不在该群")
APP_FAULTS = cases(
    "WORK_WECHAT", c40001="Secret", c48002="权限", c50001="可信域名", c60020="IP", c301002="权限"
)
ACCOUNT_FAULTS_OF_OA = cases("WECHAT", c40001="AppSecret")
TOKEN_CODES = (40014, 41001, 42001)


@pytest.fixture(scope="module")
def quick_retries(whole_system, provider):
    whole_system.heal()
    found = scene_of(whole_system, provider)
    found.change("retry", RETRY)
    yield
    whole_system.heal()
    found.change("retry", {"max_attempts": 3, "delay_seconds": 300})


@pytest.fixture
def scene(quick_retries, system, provider):
    found = scene_of(system, provider)
    found.close_circuits()
    yield found
    found.close_circuits()


def send_all(scene, provider, chosen, *, first=0):
    """A message for each case, whose provider always answers it like that: number and mark by case."""
    sent = {}
    for number, case in enumerate(chosen, first):
        mark = f"code-{case}-{time.time_ns()}-"
        provider.order(case.answer, mark)
        recipient = case.recipient(number)
        sent[case] = (scene.send(recipient, mark, case.template, priority=5), mark)
    return sent


def test_passing_troubles_are_tried_three_times_with_their_delay(scene, provider, figures):
    sent = send_all(scene, provider, RETRYABLE)
    gaps = []
    for case, (message_id, mark) in sent.items():
        found = scene.until(message_id, "failed", seconds=SETTLED_SECONDS)
        assert (found["attempts"], found["error_code"]) == (3, str(case.code)), case
        assert case.word in found["error_detail"], case
        requests = provider.log(mark)
        assert len(requests) == 3, case
        gaps += [after.at - before.at for before, after in pairwise(requests)]
    least = DELAY_SECONDS * (1 - JITTER)
    assert all(least <= gap < DELAY_SECONDS * (1 + JITTER) + LATE_SECONDS for gap in gaps), gaps
    assert max(gaps) - min(gaps) > 0.05, "with jitter, not all at once again"
    figures.record(
        "retryable",
        codes=[str(case) for case in sent],
        attempts_each=3,
        delay_seconds=DELAY_SECONDS,
        shortest_gap_seconds=round(min(gaps), 2),
        longest_gap_seconds=round(max(gaps), 2),
    )


def test_limits_wait_for_their_window_and_use_up_no_attempt(scene, provider, figures):
    sent = send_all(scene, provider, THROTTLED)
    for case, (message_id, mark) in sent.items():
        until(lambda mark=mark: provider.log(mark), SETTLED_SECONDS)
        until(lambda i=message_id: scene.message(i)["due_in"] > 0, SETTLED_SECONDS)
        found = scene.message(message_id)
        assert (found["status"], found["attempts"]) == ("queued", 0), case
        assert 40 < found["due_in"] <= 60, case
        assert case.word in found["error_detail"], case
        assert len(provider.log(mark)) == 1, case
        scene.system.query(
            "UPDATE messaging_message SET status = 'cancelled' WHERE message_id = %s", [message_id]
        )
    figures.record("throttled", codes=[str(case) for case in sent], waits_seconds=60, attempts=0)


def test_a_limit_that_names_its_end_is_waited_for_and_no_longer(scene, provider, figures):
    mark = f"429-{time.time_ns()}"
    provider.order(status(429, retry_after=3), mark, times=2)
    message_id = scene.send("m429", mark)
    found = scene.until(message_id, "sent")
    assert found["attempts"] == 1, "the two refusals were none"
    gaps = [after.at - before.at for before, after in pairwise(provider.log(mark))]
    assert all(3 <= gap < 3 + LATE_SECONDS for gap in gaps), gaps
    figures.record(
        "retry_after", asked_seconds=3, waited_seconds=[round(gap, 2) for gap in gaps], attempts=1
    )


def test_the_daily_quota_of_the_official_account_waits_for_its_next_day(scene, provider, figures):
    mark = f"quota-{time.time_ns()}"
    provider.order(code(45009), mark)
    message_id = scene.send(OPENID.format(99), mark, "WECHAT")
    until(lambda: scene.message(message_id)["error_code"] == "45009", SETTLED_SECONDS)
    found = scene.message(message_id)
    assert (found["status"], found["attempts"]) == ("queued", 0)
    ((due_at_midnight,),) = scene.system.query(
        "SELECT due_at BETWEEN m AND m + interval '2 minutes' FROM messaging_message, LATERAL"
        " (SELECT (date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') + interval '1 day')"
        "  AT TIME ZONE 'Asia/Shanghai' AS m) AS t WHERE message_id = %s",
        [message_id],
    )
    assert due_at_midnight
    figures.record("daily_quota", waits_until="the platform's midnight", attempts=0)


def test_what_never_works_fails_at_once_with_code_and_sentence(scene, provider, figures):
    sent = send_all(scene, provider, PERMANENT)
    for case, (message_id, mark) in sent.items():
        found = scene.until(message_id, "failed", seconds=SETTLED_SECONDS)
        assert (found["attempts"], found["error_code"]) == (1, str(case.code)), case
        assert case.word in found["error_detail"], f"{case}: {found['error_detail']}"
        assert len(provider.log(mark)) == 1, case
    assert not open_circuits(scene), "a recipient's fault is no channel's"
    figures.record("permanent", codes=[str(case) for case in sent], requests_each=1)


def test_a_wrong_state_of_wechat_customer_service_is_looked_at(scene, provider, figures):
    mark = f"95018-{time.time_ns()}"
    provider.order(code(95018), mark)
    provider.order(code(0, service_state=3, servicer_userid="zhangsan"), "service_state/get")
    message_id = scene.send("wmCustomer", mark, "KF")
    found = scene.until(message_id, "failed")
    assert (found["error_code"], found["attempts"]) == ("95018", 1)
    assert "zhangsan" in found["error_detail"]
    figures.record("wrong_state", code="95018", asked="kf/service_state/get")


def test_a_refused_connection_is_a_passing_trouble(scene, provider, figures):
    mark = f"refused-{time.time_ns()}"
    provider.shut()
    message_id = scene.send("mrefused", mark)
    until(lambda: scene.attempts(message_id), SETTLED_SECONDS)
    assert scene.attempts(message_id)[0] == ("retry", "connection_failed")
    provider.open()
    found = scene.until(message_id, "sent", seconds=SETTLED_SECONDS)
    assert found["attempts"] <= RETRY["max_attempts"]
    assert len(provider.log(mark)) == 1
    figures.record("refused_connection", attempts=found["attempts"], requests=1)


# --- Tokens ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", TOKEN_CODES)
def test_a_refused_token_is_fetched_anew_by_one_and_the_call_repeated_once(
    scene, provider, figures, bad
):
    marks = [f"token-{bad}-{n}-{time.time_ns()}" for n in range(40)]
    # None of them holds one from before the last refusal, which would be good still.
    scene.system.restart(*SENDERS)
    warm = scene.send("mwarm", f"warm-{bad}-{time.time_ns()}")
    scene.until(warm, "sent")
    old = provider.log()[-1].query["access_token"]
    provider.order(code(bad), lambda request: request.query.get("access_token") == old)
    before = len(provider.token_calls())
    for number, mark in enumerate(marks):
        scene.send_batch([(f"mt{bad}.{number}.{n}", mark) for n in range(5)], "WORK_WECHAT")
    until(
        lambda: (
            sum(request.query["access_token"] != old for request in provider.log(f"token-{bad}-"))
            >= 5 * len(marks)
        ),
        SETTLED_SECONDS,
    )
    fetched = len(provider.token_calls()) - before
    assert fetched == 1, "single flight, whichever process asked"
    figures.record(f"token_{bad}", messages=5 * len(marks), tokens_fetched=fetched)


@pytest.mark.parametrize("bad", TOKEN_CODES)
def test_a_token_that_is_always_refused_is_fetched_once_an_attempt_and_no_more(
    scene, provider, figures, bad
):
    mark = f"never-{bad}-{time.time_ns()}"
    provider.order(code(bad), mark)
    before = len(provider.token_calls())
    message_id = scene.send(f"mnever{bad}", mark)
    found = scene.until(message_id, "failed", seconds=SETTLED_SECONDS)
    assert (found["attempts"], found["error_code"]) == (3, str(bad))
    assert len(provider.log(mark)) == 6, "three attempts of two calls"
    assert len(provider.token_calls()) - before <= 3
    figures.record(f"token_{bad}_for_ever", attempts=3, requests=6)


# --- Circuits -------------------------------------------------------------------------------------


def open_circuits(scene):
    return dict(scene.system.query("SELECT key, code FROM messaging_channelcircuit WHERE is_open"))


def test_an_accounts_fault_opens_its_circuit_and_the_others_go_on(scene, provider, figures):
    # The last robots: nobody else uses them.
    sent = send_all(scene, provider, ROBOT_FAULTS, first=20)
    for case, (message_id, mark) in sent.items():
        found = scene.until(message_id, "failed", seconds=SETTLED_SECONDS)
        assert (found["error_code"], found["attempts"]) == (str(case.code), 1), case
        assert case.word in found["error_detail"], case
        assert len(provider.log(mark)) == 1
    assert sorted(open_circuits(scene).values()) == sorted(str(case.code) for case in sent)
    other = scene.send("r19", f"other-{time.time_ns()}", "GROUP_BOT")
    scene.until(other, "sent")
    figures.record("robots", codes=[str(case) for case in sent], circuits_opened=len(sent))


@pytest.mark.parametrize("case", [*APP_FAULTS, *ACCOUNT_FAULTS_OF_OA], ids=str)
def test_a_channels_fault_makes_its_messages_wait(scene, provider, figures, case):
    ((message_id, _),) = send_all(scene, provider, [case], first=50).values()
    found = scene.until(message_id, "failed", seconds=SETTLED_SECONDS)
    assert (found["error_code"], found["attempts"]) == (str(case.code), 1)
    assert case.word in found["error_detail"]
    until(lambda: open_circuits(scene), 5)
    # Whoever read the circuits just before looks again within a second.
    time.sleep(1.1)
    waits = scene.send(case.recipient(51), f"waits-{time.time_ns()}", case.template)
    until(lambda: scene.message(waits)["error_code"] == "circuit_open", SETTLED_SECONDS)
    found = scene.message(waits)
    assert (found["status"], found["attempts"], scene.attempts(waits)) == ("queued", 0, [])
    figures.record(f"circuit_{case}", waiting_used_up_attempts=0)
    scene.close_circuits()
    time.sleep(1.1)
    scene.system.query("UPDATE messaging_messagechunk SET due_at = now()")
    scene.system.query("UPDATE messaging_message SET due_at = now() WHERE message_id = %s", [waits])
    scene.until(waits, "sent")


def test_a_failing_channel_lets_its_messages_wait_and_alerts_once(scene, provider, figures):
    scene.change(
        "circuit",
        {"min_failures": 5, "failure_share": 0.5, "window_seconds": 60, "open_seconds": 3},
    )
    ((before,),) = scene.system.query(
        "SELECT count(*) FROM monitoring_incident WHERE rule = 'circuit_open'"
    )
    logs_before = announced(scene)
    trouble = provider.order(status(503), "outage-")
    mark = f"outage-{time.time_ns()}"
    people = [(f"out{time.time_ns()}.{n}", mark) for n in range(400)]
    scene.send_batch(people, "WORK_WECHAT")
    until(lambda: open_circuits(scene), SETTLED_SECONDS)
    assert announced(scene) - logs_before == 1, "whoever opened it said so, once"
    ((burnt,),) = scene.system.query(
        "SELECT count(*) FROM messaging_message WHERE variables->>'mark' = %s AND status = 'failed'",
        [mark],
    )
    assert burnt == 0
    until(
        lambda: (
            scene.system.query(
                "SELECT count(*) FROM monitoring_incident WHERE rule = 'circuit_open'"
            )[0][0]
            > before
        ),
        60,
    )
    assert announced(scene) - logs_before == 1
    provider.withdraw(trouble)
    found = scene.system.wait_until_final([who for who, _ in people], 120)
    assert found == {"sent": 400}
    ((after,),) = scene.system.query(
        "SELECT count(*) FROM monitoring_incident WHERE rule = 'circuit_open'"
    )
    assert after - before == 1
    figures.record(
        "outage", messages=400, failed=0, announcements=1, incidents=after - before, sent=400
    )


def announced(scene):
    """How often any worker told that a circuit opened."""
    return sum(
        scene.system.processes.log(name).count("circuit_opened")
        for name in ("send-1", "send-2", "urgent", "rest")
    )
