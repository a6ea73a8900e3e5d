"""Replies to be used again: own and the team's, with blanks that a ticket fills."""

import pytest
from django.utils import timezone

from tests.factories import CustomerFactory, TicketFactory
from tickets.models import CannedReply, Chat

pytestmark = pytest.mark.django_db
HELLO = {"shortcut": "hi", "title": "问候", "body": "您好 {{customer_name}}"}


@pytest.fixture
def team():
    return CannedReply.objects.create(shortcut="hi", title="问候", body="您好")


def test_one_writes_ones_own(api, lisi, wangwu):
    made = api(lisi).post("/api/canned-replies", HELLO)
    assert made.status_code == 201
    reply = made.json()
    assert (reply["owner"], reply["is_team"], reply["used_count"]) == ("李四", False, 0)
    address = f"/api/canned-replies/{reply['id']}"
    assert api(lisi).patch(address, {"body": "您好！"}).json()["body"] == "您好！"
    assert api(wangwu).get(address).status_code == 404
    assert api(lisi).delete(address).status_code == 204


def test_the_teams_are_administrators_to_write_and_everybodys_to_use(api, lisi, admin):
    body = {**HELLO, "is_team": True}
    assert api(lisi).post("/api/canned-replies", body).status_code == 403
    made = api(admin).post("/api/canned-replies", body).json()
    assert made["is_team"] is True
    address = f"/api/canned-replies/{made['id']}"
    assert api(lisi).get(address).status_code == 200
    assert api(lisi).patch(address, {"title": "x"}).status_code == 403
    assert api(lisi).delete(address).status_code == 403


def test_a_shortcut_is_there_once_for_each(api, lisi, admin, team):
    assert api(lisi).post("/api/canned-replies", HELLO).status_code == 201
    assert api(lisi).post("/api/canned-replies", HELLO).status_code == 409
    assert api(admin).post("/api/canned-replies", {**HELLO, "is_team": True}).status_code == 409


def test_they_are_found_by_shortcut_or_title(api, lisi, team):
    CannedReply.objects.create(shortcut="bye", title="道别", body="再见")
    CannedReply.objects.create(shortcut="old", title="旧问候", body="x", is_active=False)

    def found(**query: str) -> list[str]:
        rows = api(lisi).get("/api/canned-replies", query).json()["list"]
        return [row["shortcut"] for row in rows]

    assert found(q="H") == ["hi"]
    assert found(q="道别") == ["bye"]
    assert sorted(found()) == ["bye", "hi"]
    assert found(inactive="true") == ["old"]


def test_the_blanks_are_filled_from_the_ticket_and_the_use_is_counted(api, lisi):
    ticket = TicketFactory(customer=CustomerFactory(name="张三", follow_user=lisi))
    body = "{{customer_name}}您好，工单 #{{ ticket_id }} 由{{agent_name}}处理，{{deadline}} 前完成：{{link}}"
    reply = CannedReply.objects.create(shortcut="hi", title="问候", body=body)
    answer = api(lisi).post(f"/api/canned-replies/{reply.pk}/render", {"ticket_id": ticket.pk})
    content = answer.json()["content"]
    assert content.startswith(f"张三您好，工单 #{ticket.pk} 由李四处理，20")
    assert "/t/" in content
    assert "{{" not in content
    reply.refresh_from_db()
    assert reply.used_count == 1


def test_in_a_chat_the_customer_is_named_and_a_tickets_blanks_wait_for_one(api, lisi, wangwu):
    customer = CustomerFactory(name="张三")
    chat = Chat.objects.create(
        customer=customer, agent=lisi, status="active", queued_at=timezone.now()
    )
    body = "{{customer_name}}您好，我是{{agent_name}}，工单 #{{ticket_id}}"
    reply = CannedReply.objects.create(shortcut="hi", title="问候", body=body)
    address = f"/api/canned-replies/{reply.pk}/render"

    def rendered():
        return api(lisi).post(address, {"chat_id": chat.pk}).json()["content"]

    assert rendered() == "张三您好，我是李四，工单 #{{ticket_id}}"
    chat.ticket = TicketFactory(customer=customer)
    chat.save()
    assert rendered() == f"张三您好，我是李四，工单 #{chat.ticket_id}"
    assert api(wangwu).post(address, {"chat_id": chat.pk}).status_code == 404
    assert api(lisi).post(address, {}).status_code == 400
    both = {"chat_id": chat.pk, "ticket_id": chat.ticket_id}
    assert api(lisi).post(address, both).status_code == 400


def test_what_a_customer_is_called_is_text_and_no_blank(api, lisi):
    ticket = TicketFactory(customer=CustomerFactory(name="{{link}}", follow_user=lisi))
    reply = CannedReply.objects.create(shortcut="hi", title="问候", body="您好 {{customer_name}}")
    answer = api(lisi).post(f"/api/canned-replies/{reply.pk}/render", {"ticket_id": ticket.pk})
    assert answer.json()["content"] == "您好 {{link}}"


def test_a_ticket_outside_the_view_fills_nothing(api, lisi, team):
    answer = api(lisi).post(
        f"/api/canned-replies/{team.pk}/render", {"ticket_id": TicketFactory().pk}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"body": "{{nobody}}"}, "body"),
        ({"body": ""}, "body"),
        ({"body": "x" * 5001}, "body"),
        ({"shortcut": "a b"}, "shortcut"),
        ({"shortcut": "x" * 31}, "shortcut"),
        ({"title": " "}, "title"),
    ],
)
def test_what_is_wrong_is_named(api, lisi, wrong, attr):
    answer = api(lisi).post("/api/canned-replies", {**HELLO, **wrong})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
