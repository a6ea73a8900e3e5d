"""Clause 4: what may have been delivered is repeated under the same key, or not without being asked."""

import json
import time

import pytest

from tests.faults.mail import MailServer
from tests.faults.provider import drop, hang
from tests.faults.scene import scene_of

pytestmark = pytest.mark.brief

RETRY = {"max_attempts": 3, "delay_seconds": 1}
# A call is given up after 15 s; then the message waits its second.
SETTLED_SECONDS = 60
# Template, recipient, what the provider does, priority (9 has a worker of its own).
WITH_KEY = [
    ("WORK_WECHAT", "member", hang(), 5),
    ("KF", "wmCustomer", hang(), 9),
    ("TEMPLATE_MESSAGE", "oFollower0123456789012345678", drop(), 5),
    ("APP", "alias:phone", drop(), 5),
]
WITHOUT_KEY = [
    ("GROUP_BOT", "r0", hang(), 5),
    ("FEISHU", "f0", hang(), 5),
    ("SMS", "+8613800138000", hang(), 5),
    ("WECHAT", "oFollower0123456789012345678", drop(), 5),
]


@pytest.fixture(scope="module")
def quick_retries(whole_system, provider):
    whole_system.heal()
    found = scene_of(whole_system, provider)
    found.change("retry", RETRY)
    yield
    whole_system.heal()
    found.change("retry", {"max_attempts": 3, "delay_seconds": 300})
    found.change("resend_uncertain", [])


@pytest.fixture
def scene(quick_retries, system, provider):
    return scene_of(system, provider)


def doubtful(scene, provider, cases):
    """A message each, whose first request gets no answer; their numbers by template."""
    sent = {}
    for template, recipient, trouble, priority in cases:
        mark = f"doubt-{template}-{time.time_ns()}"
        provider.order(trouble, of(mark), times=1)
        sent[template] = (scene.send(recipient, mark, template, priority=priority), mark)
    return sent


def of(mark):
    """The requests with that message, in whatever way its provider writes it."""
    escaped = mark.encode("unicode_escape").decode()
    return lambda request: mark in request.raw or escaped in request.raw or mark in request.text


def key_of(template, request):
    """By what this provider would know the request again."""
    if template == "WORK_WECHAT":
        assert request.body["enable_duplicate_check"] == 1
        # It compares the content itself.
        return json.dumps(request.body, sort_keys=True)
    return request.key


def test_where_there_is_a_key_silence_is_answered_with_the_same_one_and_else_with_a_question(
    scene, provider, figures
):
    with_key = doubtful(scene, provider, WITH_KEY)
    without = doubtful(scene, provider, WITHOUT_KEY)
    for template, (message_id, mark) in with_key.items():
        scene.until(message_id, "sent", seconds=SETTLED_SECONDS)
        first, second = provider.log(of(mark))
        assert key_of(template, first) == key_of(template, second) != "", template
        assert scene.attempts(message_id) == [("retry", "no_answer")], template
    for template, (message_id, mark) in without.items():
        found = scene.until(message_id, "uncertain", seconds=SETTLED_SECONDS)
        assert found["error_code"] == "no_answer", template
        assert "人工确认" in found["error_detail"], template
        assert len(provider.log(of(mark))) == 1, f"{template}: nobody repeated it"
    figures.record(
        "silence_after_the_request",
        resent_under_the_same_key=sorted(with_key),
        uncertain_and_not_repeated=sorted(without),
    )


def test_an_operator_resends_or_settles_with_one_click(scene, provider, figures):
    marks = [f"click-{n}-{time.time_ns()}" for n in range(3)]
    orders = [provider.order(drop(), mark, times=1) for mark in marks]
    sent = [scene.send(f"r{n + 1}", mark, "GROUP_BOT") for n, mark in enumerate(marks)]
    for message_id in sent:
        scene.until(message_id, "uncertain")
    assert [order.done for order in orders] == [1, 1, 1]
    resent, arrived, lost = sent
    scene.resend(resent)
    scene.until(resent, "sent")
    scene.click(arrived, "settle_sent")
    assert scene.message(arrived)["status"] == "sent"
    scene.click(lost, "settle_failed")
    assert scene.message(lost)["status"] == "failed"
    assert [len(provider.log(mark)) for mark in marks] == [2, 1, 1]
    figures.record("clicks", resent=1, settled=2)


def test_a_runtime_setting_chooses_resending_instead(scene, provider, figures):
    scene.change("resend_uncertain", ["GROUP_BOT"])
    mark = f"chosen-{time.time_ns()}"
    provider.order(drop(), mark, times=1)

    message_id = scene.send("r4", mark, "GROUP_BOT")
    scene.until(message_id, "sent")
    assert scene.attempts(message_id) == [("retry", "no_answer")]
    assert len(provider.log(mark)) == 2, "the reader may have it twice, as was chosen"
    figures.record("resending_chosen", requests=2)


def test_a_mail_is_sent_again_under_the_same_message_id(system, scene, figures):
    with MailServer() as mails:
        # A mail server without encryption is only ever the sandbox's.
        system.processes.stop("send-2")
        system.processes.stop("send-1")
        system.start("send-1", SANDBOX="1", SANDBOX_SMTP_PORT=str(mails.port))
        try:
            system.query(
                "UPDATE messaging_channelaccount"
                " SET settings = jsonb_set(settings, '{port}', to_jsonb(%s::int))"
                " WHERE channel = 'EMAIL'",
                [mails.port],
            )
            mails.hangs = True
            message_id = scene.send("reader@example.com", "mail", "EMAIL")
            scene.until(message_id, "uncertain", seconds=SETTLED_SECONDS)
            mails.hangs = False
            scene.resend(message_id)
            scene.until(message_id, "sent")
        finally:
            system.processes.stop("send-1")
    first, second = mails.received
    assert first == second
    assert message_id in first.message_id
    figures.record("mail", requests=2, message_ids=1)
