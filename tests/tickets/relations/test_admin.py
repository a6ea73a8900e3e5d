"""A ticket's page in the admin: changing it together, and what can be done at once."""

import pytest
from django.utils import timezone

from tests.factories import CustomerFactory, TicketFactory, actor
from tests.tickets.relations.files import PNG, SVG, file
from tickets import actions
from tickets.models import Ticket, TicketAttachment, TicketWatcher
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def ticket(lisi):
    return actions.ticket_create(
        customer=CustomerFactory(name="张三", follow_user=lisi),
        description="服务器无法连接",
        actor=actor(lisi),
    )


def address(ticket, part="change"):
    return f"/admin/tickets/ticket/{ticket.pk}/{part}/"


def form_of(page, ticket):
    """What the page's form holds when it is opened."""
    form = page.get(address(ticket)).context["adminform"].form
    deadline = timezone.localtime(ticket.deadline)
    fields = ("title", "description", "product", "priority", "progress", "seen_version")
    return {
        **{name: form[name].value() for name in fields},
        "deadline_0": f"{deadline:%Y-%m-%d}",
        "deadline_1": f"{deadline:%H:%M:%S}",
        "events-TOTAL_FORMS": 0,
        "events-INITIAL_FORMS": 0,
    }


def act(page, ticket, name, **given):
    answer = page.post(address(ticket, "act"), {"act": name, **given}, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


def test_an_edit_is_saved_through_the_action(page, ticket):
    answer = page.post(address(ticket), {**form_of(page, ticket), "title": "连不上"})
    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert ticket.title == "连不上"
    event = ticket.events.last()
    assert (event.kind, set(event.changes)) == ("edited", {"title"})
    assert event.entry == "admin"


def test_a_page_that_grew_old_says_what_changed_and_keeps_what_was_typed(page, ticket, lisi):
    form = form_of(page, ticket)
    changes = {"priority": "urgent", "product": "云服务器"}
    actions.ticket_edit(ticket_id=ticket.pk, changes=changes, actor=actor(lisi))
    answer = page.post(address(ticket), {**form, "title": "我的标题"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "已被李四修改" in text
    assert "优先级 普通 → 紧急" in text
    shown = answer.context["adminform"].form
    assert shown["title"].value() == "我的标题"
    assert shown["priority"].value() == "urgent", "what was left alone is fresh"
    ticket.refresh_from_db()
    assert ticket.title == "服务器无法连接"
    again = {name: shown[name].value() for name in form if name in shown.fields}
    saved = page.post(address(ticket), {**form, **again})
    assert saved.status_code == 302
    ticket.refresh_from_db()
    assert (ticket.title, ticket.priority, ticket.product) == ("我的标题", "urgent", "云服务器")


def test_two_who_change_the_same_are_told_before_the_second_overwrites(page, ticket, lisi):
    form = {**form_of(page, ticket), "title": "我的标题"}
    actions.ticket_edit(ticket_id=ticket.pk, changes={"title": "他的标题"}, actor=actor(lisi))
    answer = page.post(address(ticket), form)
    assert "标题 服务器无法连接 → 他的标题" in answer.content.decode()
    assert answer.context["adminform"].form["title"].value() == "我的标题"


def test_a_note_meanwhile_disturbs_nobody_and_moved_deadlines_stay_moved(page, ticket, lisi):
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(lisi))
    form = form_of(page, ticket)
    Ticket.objects.update(waiting_since=timezone.now() - timezone.timedelta(hours=5))
    actions.ticket_resume(ticket_id=ticket.pk, actor=actor(lisi))
    actions.ticket_reply(
        ticket_id=ticket.pk, content="备注", visibility="internal", actor=actor(lisi)
    )
    moved = Ticket.objects.get().deadline
    assert page.post(address(ticket), {**form, "title": "新"}).status_code == 302
    saved = Ticket.objects.get()
    assert (saved.title, saved.deadline) == ("新", moved)


def test_the_page_has_everything_at_hand(page, ticket, lisi, admin):
    other = TicketFactory(title="另一个", customer=ticket.customer)
    actions.ticket_link(ticket_id=other.pk, other_id=ticket.pk, kind="blocks", actor=actor(admin))
    actions.ticket_watch(ticket_id=ticket.pk, actor=actor(lisi))
    act(page, ticket, "upload", file=file("<b>.png", PNG), visibility="public")
    text = page.get(address(ticket)).content.decode()
    for words in ("被阻塞", "另一个", "李四", "_b_.png", "首次响应用时", "回复 / 备注"):
        assert words in text
    assert "<b>.png" not in text


def test_notes_and_replies(page, ticket, lisi):
    assert act(page, ticket, "reply", content="@李四 看看", visibility="internal") == ["已写入"]
    assert act(page, ticket, "reply", content="您好", visibility="public") == ["已写入"]
    assert list(ticket.events.values_list("content", "visibility"))[1:] == [
        ("@李四 看看", "internal"),
        ("您好", "public"),
    ]
    assert TicketWatcher.objects.get().user == lisi
    assert act(page, ticket, "reply", content=" ", visibility="public") == [
        "内容：该字段是必填项。"
    ]


def test_a_named_colleague_who_may_not_see_it_is_said(page, ticket, wangwu):
    said = act(page, ticket, "reply", content="@王五", visibility="internal")
    assert said == ["已写入", "王五 看不到这个工单，未提醒"]


def test_waiting_merging_linking_watching(page, ticket, admin):
    other = TicketFactory(customer=ticket.customer)
    act(page, ticket, "wait", reason="等截图")
    assert "等待客户" in page.get(address(ticket)).content.decode()
    act(page, ticket, "resume")
    act(page, ticket, "link", kind="relates", other=other.pk)
    act(page, ticket, "unlink", kind="relates", other=other.pk)
    act(page, ticket, "watch")
    assert TicketWatcher.objects.get().user == admin
    act(page, ticket, "unwatch")
    act(page, ticket, "merge", into=other.pk, reason="重复")
    assert "已合并到" in page.get(address(ticket)).content.decode()
    [refused] = act(page, ticket, "reply", content="x", visibility="public")
    assert f"已合并到 #{other.pk}" in refused
    act(page, ticket, "reopen", reason="不是一回事")
    kinds = list(ticket.events.values_list("kind", flat=True))
    assert kinds == ["created", "waiting", "resumed", "linked", "linked", "merged", "status"]
    assert not TicketWatcher.objects.exists()


def test_files_come_and_go(page, ticket):
    assert act(page, ticket, "upload", file=file("a.svg", SVG), visibility="public")[0].startswith(
        "不支持这种文件"
    )
    act(page, ticket, "upload", file=file("a.png", PNG), visibility="internal")
    attachment = TicketAttachment.objects.get()
    out = page.get(address(ticket, f"attachments/{attachment.pk}"))
    assert b"".join(out.streaming_content) == PNG
    assert page.get(address(ticket, f"attachments/{attachment.pk + 1}")).status_code == 404
    assert page.get(address(ticket, f"attachments/{2**63}")).status_code == 404
    act(page, ticket, "remove", attachment=attachment.pk)
    assert not TicketAttachment.objects.exists()


@pytest.mark.parametrize("given", [{"act": "merge", "into": "x"}, {"act": "none"}, {}])
def test_nonsense_is_said_and_does_nothing(page, ticket, given):
    assert page.post(address(ticket, "act"), given).status_code == 302
    assert page.get(address(ticket, "act")).status_code == 302
    assert ticket.events.count() == 1


def test_many_at_once(page, admin):
    first = TicketFactory(status=TicketStatus.RESOLVED, progress=100, resolved_at=timezone.now())
    second = TicketFactory()
    chosen = {"_selected_action": [first.pk, second.pk]}

    def run(action, **more):
        return page.post(
            "/admin/tickets/ticket/",
            {"action": action, **chosen, "confirmed": "1", **more},
            follow=True,
        )

    said = [str(message) for message in run("close_selected").context["messages"]]
    assert said[-1] == "1 个工单已关闭"
    assert said[0] == "跳过 1 个工单：待分配的工单不能变为已关闭"
    run("reopen_selected")
    assert "设置优先级" in run("prioritise_selected").content.decode()
    run("prioritise_selected", priority="urgent")
    run("watch_selected")
    assert set(Ticket.objects.values_list("status", "priority")) == {("pending", "urgent")}
    assert TicketWatcher.objects.filter(user=admin).count() == 2


def test_the_list_sorts_priorities_by_weight(page):
    for priority in ("urgent", "low", "high", "normal"):
        TicketFactory(priority=priority)
    names = [
        str(column) for column in page.get("/admin/tickets/ticket/").context["cl"].list_display
    ]
    place = names.index("shown_priority")
    rows = page.get(f"/admin/tickets/ticket/?o=-{place}").context["cl"].result_list
    assert [row.priority for row in rows] == ["urgent", "high", "normal", "low"]
