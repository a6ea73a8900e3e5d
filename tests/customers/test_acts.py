"""What every act on a customer leaves: the row, a line of history, an event in the outbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.events.models import OutboxEntry
from customers.actions.activity import activity_record
from customers.actions.assign import customer_assign
from customers.actions.block import customer_block, customer_unblock
from customers.actions.create import customer_create
from customers.actions.edit import customer_edit
from customers.actions.follow_ups import follow_up_create, follow_up_done
from customers.actions.standing import (
    customer_delete,
    customer_mark_lost,
    customer_mark_recovered,
    customer_restore,
)
from customers.actions.tags import tag_spread, tag_withdraw, tags_add, tags_remove
from customers.models import (
    Customer,
    CustomerActivity,
    CustomerEvent,
    CustomerStatus,
    CustomerTag,
    TagSource,
)
from customers.search import matching
from tests.factories import CustomerFactory, TagFactory, actor

pytestmark = pytest.mark.django_db


def announced():
    return list(
        OutboxEntry.objects.filter(kind="event").order_by("id").values_list("name", flat=True)
    )


def history(customer):
    return list(customer.events.order_by("id").values_list("kind", flat=True))


def test_staff_follow_up_whom_they_create(lisi):
    made = customer_create(fields={"name": "张三", "phone": "138 0013 8000"}, actor=actor(lisi))
    assert (made.phone, made.follow_user) == ("+8613800138000", lisi)
    assert (history(made), announced()) == (["created"], ["customer.created"])


def test_who_has_only_an_external_id_gets_a_name(admin):
    made = customer_create(fields={"external_userid": "wmABCDEF123456"}, actor=actor(admin))
    assert made.name == "微信客户123456"
    assert made.follow_user is None


@pytest.mark.parametrize(
    ("fields", "attr", "code"),
    [
        ({}, "name", "required"),
        ({"name": "x" * 101}, "name", "max_length"),
        ({"name": "甲", "phone": "12"}, "phone", "invalid"),
        ({"name": "甲", "channel": "朋友圈"}, "channel", "invalid_choice"),
        ({"name": "甲", "avatar": "javascript:alert(1)"}, "avatar", "invalid"),
        ({"name": "甲", "attributes": []}, "attributes", "invalid"),
        ({"name": "张三", "phone": "13800138000"}, "phone", "unique"),
        ({"name": "甲", "corp_id": "1", "external_userid": "wm1"}, "external_userid", "unique"),
    ],
)
def test_a_customer_that_cannot_be_is_refused_by_field(admin, fields, attr, code):
    CustomerFactory(name="张三", phone="+8613800138000", corp_id="1", external_userid="wm1")
    with pytest.raises(InvalidInputError) as refused:
        customer_create(fields=fields, actor=actor(admin))
    assert (refused.value.attr, refused.value.code) == (attr, code)
    assert Customer.objects.count() == 1


def test_an_edit_tells_what_changed_and_the_same_again_nothing(lisi):
    customer = CustomerFactory(follow_user=lisi, city="北京")
    for _ in range(2):
        customer_edit(customer_id=customer.pk, changes={"city": "上海"}, actor=actor(lisi))
    assert CustomerEvent.objects.get(customer=customer).changes == {"city": ["北京", "上海"]}
    assert announced() == ["customer.updated"]


def test_an_edit_of_what_somebody_else_has_changed_meanwhile_is_refused(lisi):
    customer = CustomerFactory(follow_user=lisi)
    read_at = customer.updated_at
    customer_edit(customer_id=customer.pk, changes={"city": "上海"}, actor=actor(lisi))
    with pytest.raises(ConflictError):
        customer_edit(
            customer_id=customer.pk, changes={"city": "广州"}, updated_at=read_at, actor=actor(lisi)
        )


def test_a_customer_changes_hands_through_owner_or_administrator_only(lisi, wangwu, admin):
    customer = CustomerFactory(follow_user=lisi)
    with pytest.raises(NotFoundError):
        customer_assign(customer_id=customer.pk, to_user=wangwu, actor=actor(wangwu))
    customer_assign(customer_id=customer.pk, to_user=wangwu, note="休假", actor=actor(lisi))
    customer_edit(customer_id=customer.pk, changes={"follow_user": lisi}, actor=actor(admin))
    told = CustomerEvent.objects.filter(customer=customer).order_by("id")
    assert [line.changes["follow_user"] for line in told] == [["李四", "王五"], ["王五", "李四"]]
    assert announced() == ["customer.assigned", "customer.assigned"]


def test_a_deleted_customer_comes_back_as_they_were(lisi, admin):
    customer = CustomerFactory(follow_user=lisi)
    customer_mark_lost(customer_id=customer.pk, actor=actor(lisi), reason="删除了好友")
    customer_delete(customer_id=customer.pk, actor=actor(lisi))
    with pytest.raises(NotFoundError):
        customer_mark_recovered(customer_id=customer.pk, actor=actor(admin))
    with pytest.raises(NotAllowedError):
        customer_restore(customer_id=customer.pk, actor=actor(lisi))
    assert customer_restore(customer_id=customer.pk, actor=actor(admin)).status == 2
    customer_mark_recovered(customer_id=customer.pk, actor=actor(lisi))
    customer.refresh_from_db()
    assert (customer.status, customer.lost_at) == (CustomerStatus.NORMAL, None)
    assert history(customer) == ["lost", "deleted", "restored", "recovered"]


def test_a_deleted_customer_whose_place_is_taken_stays_deleted(admin):
    gone = CustomerFactory(status=CustomerStatus.DELETED)
    CustomerFactory(name=gone.name, phone=gone.phone)
    with pytest.raises(InvalidInputError) as refused:
        customer_restore(customer_id=gone.pk, actor=actor(admin))
    assert refused.value.code == "unique"


def test_blocking_twice_keeps_the_first_reason(lisi):
    customer = CustomerFactory(follow_user=lisi)
    customer_block(customer_id=customer.pk, reason="骚扰", actor=actor(lisi))
    customer_block(customer_id=customer.pk, reason="别的", actor=actor(lisi))
    customer.refresh_from_db()
    assert (customer.is_blocked, customer.block_reason) == (True, "骚扰")
    customer_unblock(customer_id=customer.pk, actor=actor(lisi))
    assert announced() == ["customer.blocked", "customer.unblocked"]


def test_a_tag_is_told_of_once(lisi):
    customer, (a, b) = CustomerFactory(follow_user=lisi), TagFactory.create_batch(2)
    assert tags_add(customer_id=customer.pk, tag_ids=[b.pk, a.pk, a.pk], actor=actor(lisi)) == [
        a,
        b,
    ]
    assert tags_add(customer_id=customer.pk, tag_ids=[a.pk], actor=actor(lisi)) == []
    assert tags_remove(customer_id=customer.pk, tag_ids=[a.pk, 999], actor=actor(lisi)) == [a]
    assert announced() == ["customer.tag.added", "customer.tag.removed"]
    assert OutboxEntry.objects.first().payload["data"]["tag_ids"] == [a.pk, b.pk]


def test_what_a_person_tagged_no_rule_takes_away(admin):
    customer, tag = CustomerFactory(), TagFactory()
    rule = tag.rules.create(name="规则", conditions={})
    spread = {"tag": tag, "customer_ids": [customer.pk], "actor": actor(admin), "rule": rule}
    tag_spread(source=TagSource.RULE, **spread)
    tags_add(customer_id=customer.pk, tag_ids=[tag.pk], actor=actor(admin))
    assert tag_withdraw(**spread) == []


def test_many_are_tagged_without_a_query_for_each(admin, django_assert_max_num_queries):
    tag, customers = TagFactory(), CustomerFactory.create_batch(30)
    CustomerTag.objects.create(customer=customers[0], tag=tag)
    ids = [customer.pk for customer in customers]
    with django_assert_max_num_queries(10):
        new = tag_spread(tag=tag, customer_ids=ids, actor=actor(admin), source=TagSource.MANUAL)
    assert new == ids[1:]
    with django_assert_max_num_queries(10):
        assert tag_withdraw(tag=tag, customer_ids=ids, actor=actor(admin)) == ids
    assert announced().count("customer.tag.removed") == 30
    assert history(customers[3]) == ["tagged", "untagged"]


def test_bulk_tagging_stays_within_ones_view(lisi):
    mine, foreign, tag = CustomerFactory(follow_user=lisi), CustomerFactory(), TagFactory()
    tagged = tag_spread(
        tag=tag, customer_ids=[mine.pk, foreign.pk], actor=actor(lisi), source=TagSource.MANUAL
    )
    assert tagged == [mine.pk]


def test_a_follow_up_is_a_contact_and_its_date_the_owners(lisi, admin):
    customer = CustomerFactory(follow_user=lisi)
    tomorrow = timezone.now() + timedelta(days=1)
    note = follow_up_create(
        customer_id=customer.pk, content="已报价", next_at=tomorrow, actor=actor(admin)
    )
    customer.refresh_from_db()
    assert (note.owner, note.author, customer.last_contact_at) == (lisi, admin, note.created_at)
    first = follow_up_done(follow_up_id=note.pk, actor=actor(lisi)).done_at
    assert follow_up_done(follow_up_id=note.pk, actor=actor(lisi)).done_at == first


def test_activity_counts_acts_by_day(admin):
    customer = CustomerFactory()
    now = timezone.now()
    activity_record(customer_ids=[customer.pk, customer.pk, 10**9], at=now)
    activity_record(customer_ids=[customer.pk], at=now - timedelta(seconds=1))
    assert CustomerActivity.objects.get().count in (2, 3)
    assert sum(CustomerActivity.objects.values_list("count", flat=True)) == 3
    customer.refresh_from_db()
    assert customer.last_active_at == now


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        ("张三", ["张三丰"]),
        ("三", ["张三丰"]),
        ("138 0013", ["张三丰"]),
        ("acme", ["李四"]),
        ("ACME 公", ["李四"]),
        ("重要", ["李四"]),
        ("100%", []),
        ("三丰李", []),
        ("", ["张三丰", "李四"]),
    ],
)
def test_a_keyword_finds_by_name_phone_company_and_remark(keyword, found):
    CustomerFactory(name="张三丰", phone="+8613800138000", company="")
    CustomerFactory(name="李四", phone="", company="Acme 公司", remark="重要客户")
    assert [c.name for c in matching(Customer.objects.order_by("id"), keyword)] == found
