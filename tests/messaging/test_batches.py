"""`/api/messages/send-batch` and what may be done to a batch (contract.md §2)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.channels.base import Outcome, Result
from messaging.models import Message, MessageBatch, MessageChunk, MessageTemplate, OptOut
from messaging.sending.work import send_chunk
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db

PARTS = ("queued", "sending", "sent", "delivered", "failed", "cancelled")


@pytest.fixture(autouse=True)
def template(new_template):
    return new_template(body="{{name}}，您好：{{content}}")


def submit(client, recipients, headers=None, **fields):
    body = {
        "template_code": "notice",
        "variables": {"name": "同事", "content": "开会"},
        "recipients": recipients,
        **fields,
    }
    return client.post("/api/messages/send-batch", body, headers=headers or {})


def accepted(client, recipients, **fields):
    response = submit(client, recipients, **fields)
    assert response.status_code == 202, response.content
    return response.json()


def look(client, batch_id):
    """The batch, whose counts add up to its total at every look."""
    batch = client.get(f"/api/messages/batches/{batch_id}").json()
    assert sum(batch[part] for part in PARTS) == batch["total"]
    return batch


def act(client, batch_id, verb):
    response = client.post(f"/api/messages/batches/{batch_id}/{verb}")
    body = response.json()
    if response.status_code == 200:
        assert sum(body[part] for part in PARTS) == body["total"]
    return response.status_code, body


def send_next_chunk():
    chunk = MessageChunk.objects.filter(due_at__lte=timezone.now()).order_by("id").first()
    assert chunk is not None
    send_chunk(chunk.pk)


# --- Ten thousand, and the bad ones among them ----------------------------------------------------


def recipients_with_37_bad():
    """10,000 rows; the bad ones are spread, and of every kind."""
    rows = [{"recipient": f"user{n}", "variables": {"content": f"第{n}号"}} for n in range(10_000)]
    wrong = {}
    for number in range(12):
        wrong[number * 700] = "bad_recipient", {"recipient": f"bad{number}", "variables": {}}
        wrong[number * 700 + 1] = (
            "missing_variable",
            {"recipient": f"user{number}", "variables": {}},
        )
    for number in range(5):
        wrong[number * 900 + 55] = "bad_recipient", {"recipient": ""}
    for number in range(4):
        wrong[number * 900 + 57] = "bad_recipient", {"recipient": "长" * 1001}
    for number in range(4):
        # Who stands in the list twice, word for word, is written to once.
        wrong[9_990 + number] = "duplicate", rows[9_980 + number]
    for place, (_, row) in wrong.items():
        rows[place] = row
    return rows, {place: code for place, (code, _) in wrong.items()}


def test_of_ten_thousand_37_are_rejected_by_name_and_the_others_are_sent_once(channel, operator):
    rows, wrong = recipients_with_37_bad()
    assert len(wrong) == 37
    body = accepted(operator, rows, variables={"name": "同事"})
    assert (body["total"], body["accepted"]) == (10_000, 9_963)
    assert {item["index"]: item["code"] for item in body["rejected"]} == wrong
    assert [item["index"] for item in body["rejected"]] == sorted(wrong)
    for item in body["rejected"]:
        assert item["detail"]
        assert item["recipient"] == rows[item["index"]]["recipient"][:200]

    seen = []
    while MessageChunk.objects.exists():
        send_next_chunk()
        seen.append(look(operator, body["batch_id"]))
    assert len(seen) == 20, "a look after each chunk"
    assert [batch["sent"] for batch in seen] == sorted(batch["sent"] for batch in seen)
    assert [batch["status"] for batch in seen] == ["sending"] * 19 + ["finished"]
    assert (seen[-1]["sent"], seen[-1]["percent"]) == (9_963, 100.0)
    received = Counter(outbound.recipient for outbound in channel.received)
    assert received == Counter(
        row["recipient"] for place, row in enumerate(rows) if place not in wrong
    )
    by_name = {outbound.recipient: outbound.payload["body"] for outbound in channel.received}
    assert by_name["user4321"] == "同事，您好：第4321号"


@pytest.mark.django_db(transaction=True)
def test_the_provider_gets_each_good_one_once_and_no_bad_one(platform, operator, run_outbox):
    MessageTemplate.objects.create(
        code="wecom", name="通知", channel="WORK_WECHAT", body="{{name}}：{{content}}"
    )
    good = [f"user{n}" for n in range(150)]
    bad = ["a|b", "@all", "", "空 格", "user7", "x" * 65]
    body = accepted(operator, [*good[:70], *bad, *good[70:]], template_code="wecom")
    assert (body["accepted"], len(body["rejected"])) == (150, 6)
    assert [item["index"] for item in body["rejected"]] == list(range(70, 76))
    run_outbox()
    rows = operator.get("/sandbox/api/outbox?channel=WORK_WECHAT&limit=1000").json()["list"]
    assert Counter(row["to"] for row in rows) == Counter(good)
    assert look(operator, body["batch_id"])["sent"] == 150


def test_the_same_person_with_other_variables_is_no_duplicate(operator):
    rows = [{"recipient": "lisi", "variables": {"content": text}} for text in ("早", "晚", "早")]
    body = accepted(operator, rows)
    assert [(item["index"], item["code"]) for item in body["rejected"]] == [(2, "duplicate")]


def test_who_has_opted_out_is_rejected_and_named(operator):
    OptOut.objects.create(channel="SMS", address="lisi")
    body = accepted(operator, ["wangwu", "lisi"])
    assert [(item["index"], item["code"]) for item in body["rejected"]] == [(1, "opted_out")]


@pytest.mark.parametrize(
    ("recipients", "code"),
    [(["x"] * 10_001, "max_length"), ([], "min_length"), (["bad1", "bad2"], "invalid")],
)
def test_nobody_or_too_many_is_a_400_that_names_recipients(operator, recipients, code):
    response = submit(operator, recipients)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["attr"].startswith("recipients")
    assert not MessageBatch.objects.exists()


def test_what_is_no_recipient_at_all_is_named_by_its_place(operator):
    response = submit(operator, ["lisi", 5, {"recipient": "x", "variables": []}, None])
    assert response.status_code == 400
    places = {error["attr"] for error in response.json()["errors"]}
    assert places == {"recipients.1", "recipients.2", "recipients.3"}


def test_a_body_of_more_than_four_megabytes_is_413(operator):
    rows = [{"recipient": f"u{n}", "variables": {"content": "长" * 150}} for n in range(10_000)]
    assert submit(operator, rows).status_code == 413
    assert not Message.objects.exists()


# --- The same request again -----------------------------------------------------------------------


def test_a_repeated_batch_is_answered_as_the_first_and_made_once(operator):
    key = {"Idempotency-Key": "batch-1"}
    first = submit(operator, ["lisi", "bad1"], headers=key)
    again = submit(operator, ["lisi", "bad1"], headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")
    assert (MessageBatch.objects.count(), Message.objects.count()) == (1, 1)


def test_the_key_with_another_batch_is_a_conflict(operator):
    key = {"Idempotency-Key": "batch-1"}
    submit(operator, ["lisi"], headers=key)
    response = submit(operator, ["wangwu"], headers=key)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (
        409, "idempotency_key_reused",
    )  # fmt: skip
    assert Message.objects.get().recipient == "lisi"


def test_a_refused_batch_leaves_its_key_free(operator):
    key = {"Idempotency-Key": "batch-1"}
    assert submit(operator, ["bad1"], headers=key).status_code == 400
    assert submit(operator, ["lisi"], headers=key).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_twenty_copies_at_once_are_one_batch(with_key):
    callers = with_key("messages:send")
    answers = []

    def post():
        answers.append(submit(callers, ["lisi"], headers={"Idempotency-Key": "one"}))

    assert all_at_once([post] * 20) == []
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert {a.json()["batch_id"] for a in answers if a.status_code == 202} == {
        MessageBatch.objects.get().batch_id
    }
    assert all(a.has_header("Retry-After") for a in answers if a.status_code == 409)


# --- Cancel, pause, resume, retry -----------------------------------------------------------------


def test_what_was_sent_stays_sent_when_the_rest_is_cancelled(channel, operator):
    batch_id = accepted(operator, [f"u{n}" for n in range(600)])["batch_id"]
    send_next_chunk()
    status, batch = act(operator, batch_id, "cancel")
    assert (status, batch["status"]) == (200, "cancelled")
    assert (batch["sent"], batch["cancelled"]) == (500, 100)
    while MessageChunk.objects.exists():
        send_next_chunk()
    assert len(channel.received) == 500
    status, refusal = act(operator, batch_id, "cancel")
    assert (status, refusal["errors"][0]["code"]) == (409, "conflict")


def test_a_paused_batch_waits_and_goes_on_where_it_was(channel, operator):
    batch_id = accepted(operator, [f"u{n}" for n in range(600)])["batch_id"]
    send_next_chunk()
    assert act(operator, batch_id, "pause")[1]["status"] == "paused"
    assert act(operator, batch_id, "pause")[0] == 409
    # A task that was published before the pause finds nothing to do.
    send_chunk(MessageChunk.objects.get().pk)
    assert len(channel.received) == 500
    assert not MessageChunk.objects.filter(due_at__lte=timezone.now()).exists()
    status, batch = act(operator, batch_id, "resume")
    assert (status, batch["status"], batch["queued"]) == (200, "sending", 100)
    assert act(operator, batch_id, "resume")[0] == 409
    send_next_chunk()
    assert look(operator, batch_id)["status"] == "finished"
    assert Counter(outbound.recipient for outbound in channel.received).most_common(1)[0][1] == 1


def test_a_paused_batch_can_be_cancelled(channel, operator):
    batch_id = accepted(operator, ["u1", "u2"])["batch_id"]
    act(operator, batch_id, "pause")
    status, batch = act(operator, batch_id, "cancel")
    assert (status, batch["status"], batch["cancelled"]) == (200, "cancelled", 2)
    assert act(operator, batch_id, "resume")[0] == 409
    assert channel.received == []


def test_what_failed_is_retried_and_what_is_doubtful_is_not(channel, operator):
    batch_id = accepted(operator, ["u1", "u2", "u3"])["batch_id"]
    assert act(operator, batch_id, "retry-failed")[0] == 409
    channel.script = [
        Result(Outcome.PERMANENT, "60111", "成员不存在"),
        Result(Outcome.UNCERTAIN, "no_answer"),
    ]
    send_next_chunk()
    batch = look(operator, batch_id)
    assert (batch["status"], batch["failed"], batch["sent"]) == ("finished", 2, 1)
    for verb in ("pause", "cancel"):
        assert act(operator, batch_id, verb)[0] == 409
    status, batch = act(operator, batch_id, "retry-failed")
    assert (status, batch["queued"], batch["failed"], batch["sent"]) == (200, 1, 1, 1)
    send_next_chunk()
    assert look(operator, batch_id)["sent"] == 2
    assert [outbound.recipient for outbound in channel.received] == ["u1", "u2", "u3", "u1"]


def test_a_batch_for_later_is_scheduled_until_then(channel, operator):
    later = timezone.now() + timedelta(hours=1)
    batch_id = accepted(operator, ["u1"], send_at=later.isoformat())["batch_id"]
    assert look(operator, batch_id)["status"] == "scheduled"
    act(operator, batch_id, "pause")
    act(operator, batch_id, "resume")
    send_next_chunk()
    assert (channel.received, MessageChunk.objects.get().due_at) == ([], later)


@pytest.mark.parametrize("verb", ["", "/cancel", "/pause", "/resume", "/retry-failed"])
def test_a_batch_that_is_not_there_is_404(operator, verb):
    call = operator.post if verb else operator.get
    assert call(f"/api/messages/batches/BAT0000{verb}").status_code == 404


def test_only_who_may_send_can_stop_a_batch(operator, with_key, api, lisi):
    batch_id = accepted(operator, ["u1"])["batch_id"]
    reader = with_key("messages:read")
    assert reader.get(f"/api/messages/batches/{batch_id}").status_code == 200
    assert act(reader, batch_id, "cancel")[0] == 403
    assert act(api(lisi), batch_id, "cancel")[0] == 403
    assert act(with_key("messages:send"), batch_id, "cancel")[0] == 200
