"""Who waits for whom once words are taken back, or never arrived."""

import pytest

from tickets.models import ChatMessage

pytestmark = pytest.mark.django_db


def test_an_answer_that_was_recalled_answers_nobody(
    api, chat, lisi, team, customer_says, agent_says
):
    asked = customer_says("多少钱")
    message = agent_says("不要钱")
    chat.refresh_from_db()
    assert (chat.waiting_since, chat.reply_due_at) == (None, None)
    api(lisi).post(f"{team}/messages/{message['id']}/recall")
    chat.refresh_from_db()
    assert chat.waiting_since == ChatMessage.objects.get(pk=asked["id"]).created_at
    assert chat.reply_due_at is not None
    assert chat.check_at == chat.reply_due_at, "nothing is idle while the customer waits"


def test_of_two_answers_one_is_enough(api, chat, lisi, team, customer_says, agent_says):
    customer_says("多少钱")
    agent_says("您好")
    message = agent_says("不要钱")
    api(lisi).post(f"{team}/messages/{message['id']}/recall")
    chat.refresh_from_db()
    assert chat.waiting_since is None


def test_a_question_that_was_taken_back_needs_no_answer(api, chat, zhangsan, own, customer_says):
    message = customer_says("打错了")
    chat.refresh_from_db()
    assert chat.reply_due_at is not None
    api(zhangsan).post(f"{own}/messages/{message['id']}/recall")
    chat.refresh_from_db()
    assert (chat.waiting_since, chat.reply_due_at) == (None, None)


def test_a_note_that_was_recalled_changes_nothing(api, chat, lisi, team, customer_says):
    customer_says("在吗")
    chat.refresh_from_db()
    before = (chat.waiting_since, chat.reply_due_at)
    note = api(lisi).post(f"{team}/notes", {"content": "内部"}).json()
    api(lisi).post(f"{team}/messages/{note['id']}/recall")
    chat.refresh_from_db()
    assert (chat.waiting_since, chat.reply_due_at) == before
