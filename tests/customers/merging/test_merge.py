"""Two records become one: everything goes along, nothing is doubled, both sides tell it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import signing
from django.db import models
from django.utils import timezone

from config.api.roles import Role
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.events.models import OutboxEntry
from customers.actions.follow_ups import follow_up_create
from customers.actions.privacy import customer_erase
from customers.actions.standing import customer_delete, customer_restore
from customers.actions.tags import tags_add
from customers.actors import Entry, customer_actor, system_actor
from customers.merging import customers_merge, parts, present_customer
from customers.merging.gathering import merged_gather, recent_gather
from customers.models import (
    Customer,
    CustomerActivity,
    CustomerEvent,
    CustomerEventKind,
    CustomerIdentifier,
    CustomerStatus,
    EnrollmentStatus,
    Follower,
    FollowerStatus,
    FollowUpPlan,
    PlanEnrollment,
    RiskWarning,
    Tag,
    User,
)
from customers.queries.timeline import customer_timeline
from customers.visitors.cookie import COOKIE, visitor_of, visitor_token
from messaging.models import Message
from tests.factories import (
    AdminFactory,
    CustomerFactory,
    ProjectFactory,
    TicketFactory,
    UserFactory,
    actor,
)
from tickets.chat.assignment.actions import chat_request
from tickets.chat.entries.inbound import customer_wrote
from tickets.chat.entries.people import customer_known
from tickets.chat.entries.registry import get as entry_of
from tickets.models import (
    OPEN_CHATS,
    AssistantSession,
    AssistantTurn,
    Chat,
    ChatStatus,
    EndedBy,
    Ticket,
    TicketDraft,
)
from wechat.models import OfficialFollower

pytestmark = pytest.mark.django_db

# Whoever adds a table that names a customer says here what becomes of it when two are one.
MOVED = {
    "customers.CustomerEvent",
    "customers.CustomerActivity",
    "customers.Project",
    "customers.CustomerTag",
    "customers.FollowUp",
    "customers.PlanEnrollment",
    "customers.FollowUpTask",
    "customers.Follower",
    "customers.GroupMember",
    "customers.HandoverItem",
    "customers.CustomerIdentifier",
    "customers.MergeCase",
    "customers.RiskWarning",
    "customers.User",
    "messaging.Message",
    "tickets.Ticket",
    "tickets.Chat",
    "tickets.AssistantSession",
    "tickets.AssistantTurn",
    "tickets.TicketDraft",
    "wechat.OfficialFollower",
}


def merged(keep: Customer, gone: Customer) -> Customer:
    return customers_merge(keep=keep, gone=gone, actor=actor(AdminFactory()))


def test_every_table_that_names_a_customer_is_spoken_for():
    named = {
        field.model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Customer
    }
    assert named - {"customers.Customer"} == MOVED


def test_everything_the_one_had_is_the_others():
    staff = UserFactory()
    keep, gone = CustomerFactory(name="张三"), CustomerFactory(name="公众号用户", phone="")
    ticket, project = TicketFactory(customer=gone), ProjectFactory(customer=gone)
    follow_up_create(customer_id=gone.pk, content="回访", actor=actor(AdminFactory()))
    tag = Tag.objects.create(name="老客户")
    tags_add(customer_id=gone.pk, tag_ids=[tag.pk], actor=actor(AdminFactory()))
    CustomerIdentifier.objects.create(customer=gone, channel="WECHAT", address="openid-1")
    Follower.objects.create(customer=gone, wecom_user_id="lisi", user=staff)
    session = AssistantSession.objects.create(
        entry="official_account",
        address="openid-1",
        customer=gone,
        started_at=timezone.now(),
        expires_at=timezone.now(),
    )
    turn = AssistantTurn.objects.create(
        session=session, customer=gone, entry="official_account", created_at=timezone.now()
    )
    TicketDraft.objects.create(
        key="k", customer=gone, entry=Entry.WEB, asking="title", expires_at=timezone.now()
    )
    follower = OfficialFollower.objects.create(openid="openid-1", customer=gone)
    chat = chat_request(customer=gone, entry="web", actor=customer_actor(gone, Entry.WEB))
    login = UserFactory(role=Role.CUSTOMER, customer=gone)
    kept = merged(keep, gone)
    assert kept == keep
    for row in (ticket, project, session, turn, follower, chat, login):
        row.refresh_from_db()
        assert row.customer_id == keep.pk, row
    assert keep.tags.get() == tag
    assert keep.identifiers.get().address == "openid-1"
    assert keep.followers.get().wecom_user_id == "lisi"
    assert keep.follow_ups.count() == 1
    for label in MOVED - {"customers.CustomerEvent", "customers.MergeCase"}:
        assert not apps.get_model(label)._default_manager.filter(customer=gone).exists(), label
    gone.refresh_from_db()
    assert (gone.status, gone.merged_into_id) == (CustomerStatus.DELETED, keep.pk)


def test_both_sides_tell_what_happened():
    keep, gone = CustomerFactory(name="张三"), CustomerFactory(name="李四")
    TicketFactory(customer=gone)
    merged(keep, gone)
    told = keep.events.get(kind=CustomerEventKind.MERGED)
    assert told.content == f"并入客户 {gone.pk} 李四：工单 1"
    farewell = gone.events.get()
    assert farewell.content == f"已并入客户 {keep.pk} 张三"
    event = OutboxEntry.objects.get(name="customer.merged").payload["data"]
    assert event["customer_id"] == keep.pk
    assert event["merged_customer_id"] == gone.pk
    assert event["moved"]["tickets"] == 1


def test_a_tickets_trail_says_whose_it_was():
    keep, gone = CustomerFactory(name="张三"), CustomerFactory(name="李四")
    ticket = TicketFactory(customer=gone)
    merged(keep, gone)
    ticket.refresh_from_db()
    event = ticket.events.get()
    assert event.content == f"客户资料合并：李四（{gone.pk}）→ 张三（{keep.pk}）"
    assert event.sequence == ticket.version


def test_the_timeline_of_both_is_one():
    keep, gone = CustomerFactory(), CustomerFactory()
    admin = actor(AdminFactory())
    for one in (keep, gone):
        follow_up_create(customer_id=one.pk, content=f"与 {one.pk} 谈过", actor=admin)
    merged(keep, gone)
    shown = str(customer_timeline(keep.pk, admin, size=20))
    assert f"与 {keep.pk} 谈过" in shown
    assert f"与 {gone.pk} 谈过" in shown


def test_what_the_kept_one_lacks_is_filled_and_nothing_overwritten():
    keep = CustomerFactory(phone="", company="甲", attributes={"a": 1}, unionid="")
    gone = CustomerFactory(
        phone="+8613900001111",
        company="乙",
        attributes={"a": 2, "b": 3},
        unionid="union-1",
        external_userid="wm1",
        corp_id="corp",
    )
    merged(keep, gone)
    keep.refresh_from_db()
    assert (keep.phone, keep.company, keep.unionid) == ("+8613900001111", "甲", "union-1")
    assert (keep.external_userid, keep.corp_id) == ("wm1", "corp")
    assert keep.attributes == {"a": 1, "b": 3}
    gone.refresh_from_db()
    assert (gone.phone, gone.unionid, gone.external_userid) == ("", "", None)
    changes = keep.events.get(kind=CustomerEventKind.MERGED).changes
    assert changes["phone"] == ["", "+8613900001111"]


def test_activity_of_one_day_is_added():
    keep, gone = CustomerFactory(), CustomerFactory()
    day = timezone.localdate()
    for one, count in ((keep, 2), (gone, 3)):
        CustomerActivity.objects.create(customer=one, date=day, count=count)
    CustomerActivity.objects.create(customer=gone, date=day - timedelta(days=1), count=4)
    merged(keep, gone)
    assert dict(keep.activity.values_list("date", "count")) == {
        day: 5,
        day - timedelta(days=1): 4,
    }


def test_what_both_have_is_there_once():
    keep, gone = CustomerFactory(), CustomerFactory()
    tag = Tag.objects.create(name="VIP")
    plan = FollowUpPlan.objects.create(name="新客户", trigger="manual")
    for one in (keep, gone):
        tags_add(customer_id=one.pk, tag_ids=[tag.pk], actor=actor(AdminFactory()))
        PlanEnrollment.objects.create(plan=plan, customer=one, started_at=timezone.now())
        RiskWarning.objects.create(customer=one, score=80, level="high", reasons=[])
        Follower.objects.create(customer=one, wecom_user_id="lisi")
    Follower.objects.filter(customer=keep).update(status=FollowerStatus.REMOVED_BY_CUSTOMER)
    merged(keep, gone)
    assert keep.tags.count() == 1
    running = keep.plan_enrollments.filter(status=EnrollmentStatus.RUNNING)
    assert running.count() == 1
    assert keep.plan_enrollments.count() == 2
    assert keep.risk_warnings.count() == 1
    assert keep.followers.get().status == FollowerStatus.ACTIVE


def test_of_two_addresses_the_newer_is_written_to_and_the_older_still_finds_them():
    keep, gone = CustomerFactory(), CustomerFactory()
    CustomerIdentifier.objects.create(customer=keep, channel="WECHAT", address="old")
    CustomerIdentifier.objects.create(customer=gone, channel="WECHAT", address="new")
    CustomerIdentifier.objects.create(customer=keep, channel="WORK_WECHAT", address="zhaoliu")
    CustomerIdentifier.objects.create(customer=gone, channel="WORK_WECHAT", address="zhaoliu")
    merged(keep, gone)
    assert keep.identifiers.get(channel="WECHAT").address == "new"
    assert keep.identifiers.get(channel="WORK_WECHAT").address == "zhaoliu"
    assert gone.identifiers.get().address == "old"


def test_a_second_wecom_address_still_finds_the_customer():
    keep, gone = CustomerFactory(), CustomerFactory()
    for one, address in ((keep, "first"), (gone, "second")):
        CustomerIdentifier.objects.create(customer=one, channel="WORK_WECHAT", address=address)
    merged(keep, gone)
    for address in ("first", "second"):
        assert customer_known(entry_of("wecom_app"), address) == keep
    said = customer_wrote(entry="wecom_app", address="first", content="在吗", external_id="1")
    assert said.chat.customer == keep


def test_of_two_open_chats_one_ends_and_its_words_are_shown_in_the_other():
    keep, gone = CustomerFactory(), CustomerFactory()
    for one, address in ((keep, "first"), (gone, "second")):
        CustomerIdentifier.objects.create(customer=one, channel="WORK_WECHAT", address=address)
        customer_wrote(
            entry="wecom_app", address=address, content=f"我是{address}", external_id=address
        )
    merged(keep, gone)
    stays = Chat.objects.get(customer=keep, status__in=OPEN_CHATS)
    ended = Chat.objects.get(customer=keep, status=ChatStatus.ENDED)
    assert (stays.address, ended.address) == ("second", "first")
    assert ended.ended_by == EndedBy.SYSTEM
    note = stays.messages.order_by("-number").first()
    assert note.visibility == "internal"
    assert "我是first" in note.content
    assert not Chat.objects.filter(customer=gone).exists()


def test_a_chat_that_somebody_answers_goes_on():
    keep, gone = CustomerFactory(), CustomerFactory()
    for one in (keep, gone):
        chat_request(customer=one, entry="web", actor=customer_actor(one, Entry.WEB))
    active = Chat.objects.get(customer=keep)
    Chat.objects.filter(pk=active.pk).update(status=ChatStatus.ACTIVE, agent=UserFactory())
    merged(keep, gone)
    assert Chat.objects.get(customer=keep, status__in=OPEN_CHATS) == active


def test_again_nothing_happens():
    keep, gone = CustomerFactory(), CustomerFactory()
    for _ in range(2):
        assert merged(keep, gone) == keep
    assert keep.events.filter(kind=CustomerEventKind.MERGED).count() == 1


def test_who_was_merged_is_merged_no_more():
    keep, gone, third = CustomerFactory(), CustomerFactory(), CustomerFactory()
    merged(keep, gone)
    with pytest.raises(ConflictError) as refused:
        merged(third, gone)
    assert refused.value.code == "merged"
    merged(third, keep)
    gone.refresh_from_db()
    assert gone.merged_into == third
    assert present_customer(gone) == third


def test_two_contacts_of_wecom_stay_two():
    keep = CustomerFactory(external_userid="wm1")
    gone = CustomerFactory(external_userid="wm2")
    with pytest.raises(ConflictError) as refused:
        merged(keep, gone)
    assert refused.value.code == "not_mergeable"


def test_administrators_alone_merge():
    keep, gone = CustomerFactory(), CustomerFactory()
    for one in (actor(UserFactory()), customer_actor(keep, Entry.WEB)):
        with pytest.raises(NotAllowedError):
            customers_merge(keep=keep, gone=gone, actor=one)
    with pytest.raises(InvalidInputError):
        merged(keep, keep)
    customer_delete(customer_id=gone.pk, actor=actor(AdminFactory()))
    with pytest.raises(NotFoundError):
        merged(keep, gone)


def test_whoever_was_merged_does_not_come_back():
    keep, gone = CustomerFactory(), CustomerFactory()
    merged(keep, gone)
    with pytest.raises(NotFoundError):
        customer_restore(customer_id=gone.pk, actor=actor(AdminFactory()))


def test_a_block_of_either_holds():
    keep, gone = CustomerFactory(), CustomerFactory(blocked_at=timezone.now(), block_reason="骚扰")
    merged(keep, gone)
    keep.refresh_from_db()
    assert keep.is_blocked
    assert keep.block_reason == "骚扰"


def test_of_two_logins_the_kept_ones_stays():
    keep, gone = CustomerFactory(), CustomerFactory()
    stays = UserFactory(role=Role.CUSTOMER, customer=keep)
    goes = UserFactory(role=Role.CUSTOMER, customer=gone)
    merged(keep, gone)
    goes.refresh_from_db()
    assert (goes.customer, goes.is_active) == (None, False)
    assert User.objects.get(customer=keep) == stays


def test_a_visitors_browser_is_the_kept_customer():
    keep, gone = CustomerFactory(), CustomerFactory()
    token = visitor_token(gone)
    merged(keep, gone)
    assert visitor_of({COOKIE: token}) == keep
    assert visitor_of({COOKIE: signing.dumps(999_999, salt="customers.visitor")}) is None


def test_what_comes_late_to_the_merged_row_goes_on():
    keep, gone = CustomerFactory(), CustomerFactory()
    merged(keep, gone)
    ticket = TicketFactory(customer=gone)
    merged_gather(gone.pk)
    ticket.refresh_from_db()
    assert ticket.customer == keep
    assert gone.events.count() == 1
    later = TicketFactory(customer=gone)
    assert recent_gather() == 1
    assert recent_gather() == 0
    assert Ticket.objects.get(pk=later.pk).customer == keep


def test_erasing_the_kept_one_erases_what_was_merged():
    keep, gone = CustomerFactory(name="张三丰"), CustomerFactory(name="李时珍")
    CustomerIdentifier.objects.create(customer=keep, channel="WECHAT", address="new-openid")
    CustomerIdentifier.objects.create(customer=gone, channel="WECHAT", address="old-openid")
    merged(keep, gone)
    customer_erase(customer_id=keep.pk, reason="本人要求", actor=actor(AdminFactory()))
    gone.refresh_from_db()
    assert "李时珍" not in gone.name
    assert gone.erased_at is not None
    assert not CustomerIdentifier.objects.exists()
    assert not CustomerEvent.objects.filter(content__contains="李时珍").exists()


def test_a_merge_takes_as_many_queries_whatever_they_had(django_assert_max_num_queries):
    keep, gone = CustomerFactory(), CustomerFactory()
    for _ in range(30):
        TicketFactory(customer=gone)
        ProjectFactory(customer=gone)
    who = system_actor()
    with django_assert_max_num_queries(100):
        customers_merge(keep=keep, gone=gone, actor=who)
    assert keep.projects.count() == 30
    assert Message.objects.count() == 0
    assert parts.in_words({"tickets": 30, "activity": 1}) == "工单 30"
