"""Words among colleagues: the customer never sees them, and whoever is named is told."""

import pytest
from django.utils import timezone

from messaging.staff_alerts.registry import alerts_for
from tests.factories import CustomerFactory
from tickets.chat.messages.mentions import MENTIONED
from tickets.models import Chat, ChatMessage

pytestmark = pytest.mark.django_db


def test_a_note_is_the_teams_alone(api, lisi, zhangsan, team, own, customer_says, told):
    customer_says()
    before = Chat.objects.get().waiting_since
    note = api(lisi).post(f"{team}/notes", {"content": " 老客户 ", "client_id": "n"}).json()
    assert (note["visibility"], note["content"], note["number"]) == ("internal", "老客户", 2)
    assert [frame["is_internal"] for frame in told("chat.message")] == [False, True]
    read = api(zhangsan).get(f"{own}/messages").json()
    assert [one["content"] for one in read["list"]] == ["在吗"]
    assert read["last_number"] == 1
    assert Chat.objects.get().waiting_since == before, "a note answers nobody"
    again = api(lisi).post(f"{team}/notes", {"content": "老客户", "client_id": "n"})
    assert again.json()["id"] == note["id"]


def test_customers_write_no_notes(api, zhangsan, team):
    assert api(zhangsan).post(f"{team}/notes", {"content": "x"}).status_code == 403


def test_notes_are_still_written_after_the_end(api, lisi, chat, team):
    Chat.objects.filter(pk=chat.pk).update(status="ended", ended_at=timezone.now())
    assert api(lisi).post(f"{team}/notes", {"content": "已电话回访"}).status_code == 201


def test_who_is_named_is_told_if_they_may_see_the_chat(api, chat, lisi, wangwu, admin, team):
    CustomerFactory(follow_user=wangwu)
    note = api(lisi).post(f"{team}/notes", {"content": "@管理员 @王五 请看 @李四"}).json()
    assert note["data"] == {"mentioned": ["管理员"], "not_told": ["王五"]}
    data = {
        "chat_id": chat.pk,
        "number": note["number"],
        "user_ids": [admin.pk, wangwu.pk],
    }
    (alert,) = alerts_for(MENTIONED, data)
    assert alert.user == admin
    assert "李四" in alert.text
    assert "请看" in alert.text
    ChatMessage.objects.update(recalled_at=timezone.now())
    assert alerts_for(MENTIONED, data) == []
