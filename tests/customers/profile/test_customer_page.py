"""A customer's page in the admin: what it shows to whom, and what its buttons do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.actions.edit import customer_edit
from customers.actions.risk import risk_evaluate
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    Follower,
    FollowerStatus,
    FollowUp,
    RiskWarning,
    Tag,
)
from customers.projects.actions import project_create
from customers.projects.moves import project_move
from tests.factories import CustomerFactory, TicketFactory, actor

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def operator(lisi):
    lisi.is_staff = True
    lisi.save()
    client = Client()
    client.force_login(lisi)
    return client


def page_of(customer, **query):
    return reverse("admin:customers_customer_change", args=[customer.pk])


def act(client, customer, **given):
    return client.post(
        reverse("admin:customers_customer_act", args=[customer.pk]), given, follow=True
    )


def test_the_timeline_says_choices_as_people_do(operator, lisi):
    customer = CustomerFactory(follow_user=lisi)
    desk = actor(lisi)
    customer_edit(customer_id=customer.pk, changes={"gender": 2}, actor=desk)
    project = project_create(customer=customer, fields={"name": "机房改造"}, actor=desk)
    project_move(project_id=project.pk, stage="insale", actor=desk)
    page = operator.get(page_of(customer)).content.decode()
    for said in ("售前", "售中", "女"):
        assert said in page
    for raw in ("presale", "insale"):
        assert f">{raw}<" not in page


def test_everything_that_people_wrote_is_shown_as_text(operator, lisi):
    customer = CustomerFactory(
        name=EVIL[:100], company=EVIL, remark=EVIL, follow_user=lisi,
        attributes={EVIL: EVIL}, blocked_at=timezone.now(), block_reason=EVIL,
    )  # fmt: skip
    tag = Tag.objects.create(name=EVIL[:30])
    Tag.objects.create(name=EVIL[1:30])
    act(operator, customer, act="tag", tags=[tag.pk])
    act(operator, customer, act="follow_up", kind="note", content=EVIL)
    TicketFactory(customer=customer, title=EVIL)
    page = operator.get(page_of(customer)).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") >= 8


def test_the_page_shows_the_timeline_and_goes_on_with_it(operator, lisi):
    customer = CustomerFactory(follow_user=lisi)
    for n in range(25):
        CustomerEvent.objects.create(
            customer=customer,
            kind=CustomerEventKind.UPDATED,
            content=f"第{n}次",
            changes={"company": ["旧公司", "新公司"]},
            actor_name="李四",
            entry="api",
        )
    page = operator.get(page_of(customer))
    assert "第24次" in page.content.decode()
    assert "公司：<del>旧公司</del> → <ins>新公司</ins>" in page.content.decode()
    more = operator.get(
        reverse("admin:customers_customer_timeline", args=[customer.pk]),
        {"cursor": page.context["next_cursor"]},
    ).content.decode()
    assert "第0次" in more
    assert "第24次" not in more
    assert "加载更多" not in more


def test_colleagues_customers_are_neither_shown_nor_touched(operator, wangwu):
    customer = CustomerFactory(follow_user=wangwu)
    assert operator.get(page_of(customer)).status_code in (302, 404)
    timeline = reverse("admin:customers_customer_timeline", args=[customer.pk])
    assert operator.get(timeline).status_code == 404
    assert act(operator, customer, act="block").status_code == 404
    assert (
        operator.get("/admin/customers/customer/9999999999999999999/timeline/").status_code == 404
    )
    assert not Customer.objects.get(pk=customer.pk).is_blocked


def test_quick_acts_go_the_way_of_every_door(operator, lisi, wangwu):
    customer = CustomerFactory(follow_user=lisi)
    tag = Tag.objects.create(name="重点")
    assert "标签已添加" in act(operator, customer, act="tag", tags=[tag.pk]).content.decode()
    assert "标签已移除" in act(operator, customer, act="untag", tag=tag.pk).content.decode()
    later = timezone.localtime() + timedelta(days=1)
    act(operator, customer, act="follow_up", kind="call", content="约了明天",
        next_at=f"{later:%Y-%m-%dT%H:%M}")  # fmt: skip
    follow_up = FollowUp.objects.get(customer=customer)
    assert abs(follow_up.next_at - later) < timedelta(minutes=1)
    act(operator, customer, act="done", follow_up=follow_up.pk)
    act(operator, customer, act="block", reason="骚扰")
    act(operator, customer, act="unblock")
    act(operator, customer, act="assign", to_user=wangwu.pk, note="换人")
    kinds = list(
        CustomerEvent.objects.filter(customer=customer)
        .order_by("id")
        .values_list("kind", flat=True)
    )
    assert kinds == ["tagged", "untagged", "blocked", "unblocked", "assigned"]
    assert {event.entry for event in CustomerEvent.objects.all()} == {"admin"}
    follow_up.refresh_from_db()
    assert follow_up.done_at is not None


def test_what_is_wrong_is_said_and_not_done(operator, lisi):
    customer = CustomerFactory(follow_user=lisi)
    for given in (
        {"act": "follow_up", "kind": "note", "content": ""},
        {"act": "follow_up", "kind": "note", "content": "x", "next_at": "2001-01-01T00:00"},
        {"act": "tag", "tags": ["99999999999999999999"]},
        {"act": "untag", "tag": "\x00"},
        {"act": "settle", "warning": "1", "outcome": "hit"},
    ):
        page = act(operator, customer, **given)
        assert page.status_code == 200
        assert len(page.context["messages"]) == 1
    assert act(operator, customer, act="gossip").status_code == 200
    assert not CustomerEvent.objects.exists()


def test_the_form_saves_through_the_actions(operator, lisi):
    customer = CustomerFactory(follow_user=lisi, company="旧")
    form = operator.get(page_of(customer), {"edit": "1"}).context["adminform"].form
    given = {name: form[name].value() for name in form.fields}
    given = {name: value for name, value in given.items() if value not in (None, "")}
    add_time = timezone.localtime(customer.add_time)
    given |= {
        "company": "新",
        "add_time_0": f"{add_time:%Y-%m-%d}",
        "add_time_1": f"{add_time:%H:%M:%S}",
    }
    answer = operator.post(page_of(customer) + "?edit=1", given)
    assert answer.status_code == 302, answer.context["errors"]
    changed = CustomerEvent.objects.get(customer=customer, kind=CustomerEventKind.UPDATED)
    assert changed.changes["company"] == ["旧", "新"]


def test_warnings_are_listed_with_reasons_and_the_hit_rate_is_for_administrators(
    operator, admin, lisi, wangwu
):
    theirs = [CustomerFactory(follow_user=user, name=f"{user}的") for user in (lisi, wangwu)]
    for customer in theirs:
        Follower.objects.create(
            customer=customer,
            wecom_user_id="lisi",
            status=FollowerStatus.REMOVED_BY_CUSTOMER,
            removed_at=timezone.now(),
        )
    risk_evaluate(customer_ids=[customer.pk for customer in theirs])
    address = reverse("admin:customers_riskwarning_changelist")
    own = operator.get(address).content.decode()
    assert "李四的" in own
    assert "王五的" not in own
    assert "已不是任何成员的好友" in own
    assert "命中率" not in own
    everybody = Client()
    everybody.force_login(admin)
    page = everybody.get(address).content.decode()
    assert "王五的" in page
    assert "信号：客户删除成员" in page
    warning = RiskWarning.objects.get(customer=theirs[0])
    operator.post(
        address, {"action": "settle_hit", "_selected_action": [warning.pk], "confirmed": "1"}
    )
    warning.refresh_from_db()
    assert warning.outcome == "hit"


def test_customers_are_counted_within_ones_own_view(operator, admin, lisi, wangwu):
    CustomerFactory(follow_user=lisi)
    for _ in range(2):
        CustomerFactory(follow_user=wangwu)
    address = reverse("admin:customers_dailycustomerstatistic_changelist")
    own = operator.get(address, {"days": "7"})
    assert own.context["figures"][0] == ("客户总数", 1)
    assert "只统计您能看到的客户" in own.content.decode()
    assert own.content.decode().count("<rect") == 3 * 7
    everybody = Client()
    everybody.force_login(admin)
    page = everybody.get(address, {"days": "<script>"})
    assert page.context["days"] == 30
    assert page.context["figures"][0] == ("客户总数", 3)
