"""Two people at one ticket: the second is told what the first changed (contract.md §4)."""

import pytest

from tests.at_once import all_at_once
from tests.factories import AdminFactory, TicketFactory, actor
from tickets import actions
from tickets.models import Ticket
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


def test_the_second_of_two_edits_hears_what_the_first_changed(api, admin, wangwu):
    ticket = TicketFactory(assignee=wangwu, status=TicketStatus.ASSIGNED)
    path = f"/api/tickets/{ticket.pk}"
    client, other = api(admin), api(wangwu)
    seen = client.patch(path, {"product": "云服务器"}).json()["version"]
    other.post(f"{path}/transition", {"status": "resolved", "version": seen})
    other.patch(path, {"priority": "urgent", "title": "连接恢复"})
    refused = client.patch(path, {"title": "新标题", "version": seen})
    assert refused.status_code == 409
    body = refused.json()
    assert body["type"] == "client_error"
    assert body["errors"] == [
        {
            "code": "version_conflict",
            "detail": f"工单 #{ticket.pk} 已被王五修改：标题 服务器无法连接 → 连接恢复，"
            "优先级 普通 → 紧急，状态 已分配 → 已解决，进度 0% → 100%",
            "attr": "version",
        }
    ]
    assert (body["current"]["version"], body["current"]["status"]) == (seen + 2, "resolved")
    first, second = body["changed"]
    assert (first["kind"], first["actor_name"], first["sequence"]) == ("status", "王五", seen + 1)
    assert first["fields"]["status"] == ["assigned", "resolved"]
    assert first["fields"]["progress"] == [0, 100]
    assert second["fields"] == {
        "priority": ["normal", "urgent"],
        "title": ["服务器无法连接", "连接恢复"],
    }
    assert Ticket.objects.get().title == "连接恢复"


def test_a_change_of_hands_is_told_by_name_and_by_account(api, admin, lisi, wangwu):
    ticket = TicketFactory(assignee=lisi, status=TicketStatus.ASSIGNED)
    path = f"/api/tickets/{ticket.pk}"
    api(admin).post(f"{path}/assign", {"assignee": "wangwu"})
    refused = api(admin).post(f"{path}/transition", {"status": "processing", "version": 0}).json()
    assert "负责人 李四 → 王五" in refused["errors"][0]["detail"]
    assert refused["changed"][0]["fields"]["assigned_to"] == ["lisi", "wangwu"]


def test_notes_and_waiting_disturb_nobody(api, admin):
    ticket = TicketFactory()
    client, path = api(admin), f"/api/tickets/{ticket.pk}"
    client.post(f"{path}/reply", {"content": "备注", "visibility": "internal"})
    client.post(f"{path}/reply", {"content": "请稍等"})
    client.post(f"{path}/wait", {"reason": "等客户确认"})
    client.post(f"{path}/resume")
    assert client.patch(path, {"title": "新", "version": 0}).status_code == 200


def test_a_version_that_never_was_is_refused(api, admin):
    path = f"/api/tickets/{TicketFactory().pk}"
    refused = api(admin).patch(path, {"title": "新", "version": 7})
    assert refused.status_code == 409
    assert refused.json()["changed"] == []
    assert api(admin).patch(path, {"title": "新", "version": 10**30}).status_code == 400


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("assign", {"assignee": "admin"}),
        ("transition", {"status": "processing"}),
    ],
)
def test_every_door_that_changes_takes_a_version(api, admin, door, body):
    ticket = TicketFactory()
    client, path = api(admin), f"/api/tickets/{ticket.pk}"
    client.patch(path, {"title": "新"})
    assert client.post(f"{path}/{door}", {**body, "version": 0}).status_code == 409
    assert client.post(f"{path}/{door}", {**body, "version": 1}).status_code == 200


def test_other_conflicts_name_their_field_too(api, admin):
    path = f"/api/tickets/{TicketFactory().pk}/transition"
    error = api(admin).post(path, {"status": "closed"}).json()["errors"][0]
    assert (error["code"], error["attr"]) == ("illegal_transition", "status")


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_the_same_moment_one_is_refused(admin):
    other = AdminFactory()
    ticket = TicketFactory()
    refused = []

    def edit(user, title):
        try:
            actions.ticket_edit(
                ticket_id=ticket.pk, changes={"title": title}, version=0, actor=actor(user)
            )
        except Exception as error:
            refused.append(error)

    assert all_at_once([lambda: edit(admin, "甲"), lambda: edit(other, "乙")]) == []
    [error] = refused
    assert error.code == "version_conflict"
    assert "标题 服务器无法连接 → " in error.detail
    ticket.refresh_from_db()
    assert ticket.version == 1
