"""Taking words back: soon, one's own, and nothing of them stays."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from tests.tickets.relations.files import PNG, file
from tickets.models import ChatEvent, ChatFile, ChatMessage
from tickets.storage import private_storage

pytestmark = pytest.mark.django_db


def test_nothing_is_left_but_that_it_was(api, chat, lisi, zhangsan, team, own, agent_says, told):
    message = agent_says("密码是 123456", type="text")
    recalled = api(lisi).post(f"{team}/messages/{message['id']}/recall")
    assert recalled.status_code == 200
    assert recalled.json()["recalled_at"] is not None
    assert recalled.json()["content"] == ""
    kept = ChatMessage.objects.get()
    assert (kept.content, kept.data, kept.number) == ("", {}, 1)
    event = ChatEvent.objects.get(kind="recalled")
    assert (event.actor, event.to_value) == (lisi, "1")
    assert [frame["message"] for frame in told("message.recalled")] == [message["id"]]
    read = api(zhangsan).get(f"{own}/messages").json()["list"]
    assert [(one["content"], one["recalled_at"] is None) for one in read] == [("", False)]
    chat.refresh_from_db()
    assert chat.unread_by_customer == 0


def test_twice_is_once(api, lisi, team, agent_says, told):
    address = f"{team}/messages/{agent_says()['id']}/recall"
    first = api(lisi).post(address).json()
    assert api(lisi).post(address).json() == first
    assert len(told("message.recalled")) == 1


def test_a_customer_takes_back_their_own(api, zhangsan, own, customer_says, chat):
    message = customer_says("打错了")
    answer = api(zhangsan).post(f"{own}/messages/{message['id']}/recall")
    assert answer.json()["content"] == ""
    chat.refresh_from_db()
    assert chat.unread_by_agent == 0


def test_the_file_goes_with_it(api, zhangsan, own, django_capture_on_commit_callbacks):
    sent = api(zhangsan).post(f"{own}/files", {"file": file("x.png", PNG)}, format="multipart")
    message = sent.json()
    path = Path(private_storage().path(str(ChatFile.objects.get().file.name)))
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        api(zhangsan).post(f"{own}/messages/{message['id']}/recall")
    assert not path.exists()
    assert not ChatFile.objects.exists()
    assert api(zhangsan).get(message["file"]["url"]).status_code == 404


def test_after_two_minutes_it_stays(api, lisi, team, agent_says):
    message = agent_says()
    with time_machine.travel(timezone.now() + timedelta(seconds=121), tick=False):
        late = api(lisi).post(f"{team}/messages/{message['id']}/recall")
    assert late.status_code == 409
    assert late.json()["errors"][0]["code"] == "too_late"
    assert ChatMessage.objects.get().content == "在的"


def test_only_ones_own(api, admin, lisi, zhangsan, team, own, customer_says, agent_says):
    said, answered = customer_says(), agent_says()
    assert api(admin).post(f"{team}/messages/{answered['id']}/recall").status_code == 403
    assert api(lisi).post(f"{team}/messages/{said['id']}/recall").status_code == 403
    assert api(zhangsan).post(f"{own}/messages/{answered['id']}/recall").status_code == 403


def test_a_note_is_not_there_for_the_customer(api, lisi, zhangsan, team, own, told):
    note = api(lisi).post(f"{team}/notes", {"content": "内部"}).json()
    assert api(zhangsan).post(f"{own}/messages/{note['id']}/recall").status_code == 404
    assert api(lisi).post(f"{team}/messages/{note['id']}/recall").status_code == 200
    assert [frame["is_internal"] for frame in told("message.recalled")] == [True]


def test_what_was_written_on_a_platform_is_taken_back_there(api, zhangsan, own, customer_says):
    message = customer_says()
    ChatMessage.objects.update(entry="gone")
    refused = api(zhangsan).post(f"{own}/messages/{message['id']}/recall")
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["code"] == "not_recallable"
