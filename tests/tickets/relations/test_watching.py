"""Colleagues who follow a ticket, or are named in its notes, hear of it by the WeCom app."""

import pytest

from messaging.models import Message
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tickets import actions
from tickets.models import TicketWatcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(run_outbox):
    """What the app was told since, by whom it was told."""

    def read():
        known = set(Message.objects.values_list("pk", flat=True))
        run_outbox()
        new = Message.objects.filter(channel="WORK_WECHAT").exclude(pk__in=known)
        return {message.recipient: message.payload["markdown"]["content"] for message in new}

    return read


@pytest.fixture
def ticket(lisi):
    return TicketFactory(customer=CustomerFactory(name="张三", follow_user=lisi))


def test_one_follows_and_stops(api, lisi, ticket):
    client, path = api(lisi), f"/api/tickets/{ticket.pk}"
    assert client.post(f"{path}/watch").status_code == 201
    assert client.post(f"{path}/watch").status_code == 201
    rows = client.get(f"{path}/watchers").json()["list"]
    assert rows == [{"username": "lisi", "wecom_user_id": "lisi", "name": "李四"}]
    assert [row["id"] for row in client.get("/api/tickets?watching=true").json()["list"]] == [
        ticket.pk
    ]
    assert client.delete(f"{path}/watch").status_code == 204
    assert client.get(f"{path}/watchers").json()["total"] == 0
    assert client.get("/api/tickets?watching=true").json()["total"] == 0


def test_only_who_may_see_the_ticket_follows_it(api, admin, wangwu, lisi, ticket):
    refused = api(admin).post(f"/api/tickets/{ticket.pk}/watch", {"user": "wangwu"})
    assert refused.json()["errors"][0]["code"] == "cannot_see"
    assert api(wangwu).post(f"/api/tickets/{ticket.pk}/watch").status_code == 404
    added = api(admin).post(f"/api/tickets/{ticket.pk}/watch", {"user": "李四"})
    assert [row["username"] for row in added.json()] == ["lisi"]


def test_watchers_hear_of_changes_but_not_of_their_own(api, admin, lisi, ticket, told):
    actions.ticket_watch(ticket_id=ticket.pk, actor=actor(lisi))
    actions.ticket_watch(ticket_id=ticket.pk, actor=actor(admin))
    api(admin).patch(f"/api/tickets/{ticket.pk}", {"priority": "urgent"})
    heard = told()
    assert set(heard) == {"lisi"}
    assert "优先级 普通 → 紧急" in heard["lisi"]
    assert f"#{ticket.pk}" in heard["lisi"]
    api(lisi).post(f"/api/tickets/{ticket.pk}/reply", {"content": "已联系 <@all>"})
    heard = told()
    assert set(heard) == {"admin"}
    assert "已联系" in heard["admin"]
    assert "<@" not in heard["admin"]


def test_who_lost_sight_of_the_ticket_hears_nothing(admin, lisi, ticket, told):
    actions.ticket_watch(ticket_id=ticket.pk, actor=actor(lisi))
    ticket.customer.follow_user = None
    ticket.customer.save()
    actions.ticket_edit(ticket_id=ticket.pk, changes={"title": "新"}, actor=actor(admin))
    assert told() == {}


def test_followers_of_a_merged_ticket_follow_the_one_that_goes_on(api, admin, lisi, ticket, told):
    target = TicketFactory(customer=ticket.customer)
    actions.ticket_watch(ticket_id=ticket.pk, actor=actor(lisi))
    actions.ticket_merge(ticket_id=ticket.pk, into_id=target.pk, actor=actor(admin))
    assert "李四" in str(api(admin).get(f"/api/tickets/{target.pk}/watchers").json())
    told()
    actions.ticket_reply(ticket_id=target.pk, content="处理中", actor=actor(admin))
    assert "处理中" in told()["lisi"]


def test_a_colleague_named_in_a_note_follows_and_is_told_once(api, admin, lisi, ticket, told):
    note = {"content": "@李四请看一下，@admin 也看看", "visibility": "internal"}
    answer = api(admin).post(f"/api/tickets/{ticket.pk}/reply", note).json()
    assert answer["changes"] == {"mentioned": ["", "李四、管理员"]}
    assert set(TicketWatcher.objects.values_list("user__username", flat=True)) == {"lisi"}
    heard = told()
    assert set(heard) == {"lisi"}
    assert "管理员 在工单备注中提到了您" in heard["lisi"]


def test_who_may_not_see_the_ticket_is_not_told_and_the_writer_hears_that(
    api, admin, wangwu, ticket, told
):
    note = {"content": "@王五 帮忙", "visibility": "internal"}
    answer = api(admin).post(f"/api/tickets/{ticket.pk}/reply", note).json()
    assert answer["changes"] == {"not_told": ["", "王五"]}
    assert told() == {}


def test_names_end_where_they_end(api, admin, lisi, ticket):
    UserFactory(username="lisiguang", name="李四光")
    note = {"content": "@lisix @李四光 a@lisi.com", "visibility": "internal"}
    answer = api(admin).post(f"/api/tickets/{ticket.pk}/reply", note).json()
    assert answer["changes"] == {"not_told": ["", "李四光"]}


def test_a_public_reply_names_nobody(api, admin, lisi, ticket):
    api(admin).post(f"/api/tickets/{ticket.pk}/reply", {"content": "@李四 您好"})
    assert not TicketWatcher.objects.exists()


def test_followers_of_a_merged_ticket_stop_at_the_one_that_goes_on(api, admin, lisi, ticket):
    target = TicketFactory(customer=ticket.customer)
    actions.ticket_watch(ticket_id=ticket.pk, actor=actor(lisi))
    actions.ticket_merge(ticket_id=ticket.pk, into_id=target.pk, actor=actor(admin))
    assert api(lisi).delete(f"/api/tickets/{target.pk}/watch").status_code == 204
    assert api(lisi).get(f"/api/tickets/{target.pk}/watchers").json()["total"] == 0
