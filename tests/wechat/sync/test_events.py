"""The platform's events, through the encrypted door, as they change what we know."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.models import OutboxEntry
from customers.models import (
    Customer,
    CustomerGroup,
    CustomerStatus,
    FollowerStatus,
    GroupStatus,
    Tag,
    User,
)
from tests.factories import CustomerFactory
from wechat.models import Callback, CallbackStatus, SyncJob, SyncKind
from wechat.simulator.contacts import events
from wechat.simulator.contacts import models as there

pytestmark = pytest.mark.django_db(transaction=True)

ONE = "wmSandbox000001"


def announced(event_type):
    """Data of events not yet handed over."""
    rows = OutboxEntry.objects.filter(kind=OutboxEntry.Kind.EVENT, name=event_type)
    return [row.payload["data"] for row in rows.order_by("id")]


def work_callbacks(run_outbox):
    """The callbacks themselves, without what they enqueue being worked."""
    from wechat.callbacks.work import work

    for pk in Callback.objects.filter(status=CallbackStatus.RECEIVED).values_list("pk", flat=True):
        work(pk)


@pytest.fixture
def synced(corporation, sync):
    sync(SyncKind.CONTACTS)
    sync(SyncKind.GROUPS)
    OutboxEntry.objects.all().delete()
    return corporation


@pytest.fixture
def customer(synced):
    return Customer.objects.get(external_userid=ONE)


def friend(customer, userid="lisi"):
    return customer.followers.get(wecom_user_id=userid)


class TestFriends:
    def test_a_new_contact_comes_whole(self, synced, tell, settle):
        contact = there.Contact.objects.create(
            external_userid="wmNewContact0001", name="新客户", unionid="oNewUnion"
        )
        there.Follow.objects.create(contact=contact, userid="wangwu", state="ch_web")
        known = CustomerFactory(name="粉丝", unionid="oNewUnion", phone="")
        tell(
            events.customer(
                "add_external_contact", "wangwu", contact.external_userid, State="ch_web"
            )
        )
        settle()
        known.refresh_from_db()
        assert known.external_userid == "wmNewContact0001"
        assert friend(known, "wangwu").state == "ch_web"
        assert Callback.objects.get().status == CallbackStatus.DONE

    def test_a_customer_who_removes_the_last_friend_is_lost_and_comes_back(
        self, customer, tell, settle, run_outbox
    ):
        event = events.customer("del_follow_user", "lisi", ONE)
        # The platform tries again: each try is encrypted anew.
        for _ in range(3):
            tell(event)
        assert Callback.objects.count() == 1
        work_callbacks(run_outbox)
        customer.refresh_from_db()
        assert customer.status == CustomerStatus.LOST
        assert friend(customer).status == FollowerStatus.REMOVED_BY_CUSTOMER
        (told,) = announced("customer.follower.removed")
        assert (told["wecom_user_id"], told["by"], told["is_transfer"]) == (
            "lisi",
            "customer",
            False,
        )
        assert told["entry"] == "wecom_sync"
        assert len(announced("customer.lost")) == 1
        time.sleep(1)  # the platform's times are whole seconds
        tell(events.customer("add_external_contact", "lisi", ONE))
        work_callbacks(run_outbox)
        customer.refresh_from_db()
        assert customer.status == CustomerStatus.NORMAL
        assert friend(customer).status == FollowerStatus.ACTIVE

    def test_a_removal_by_the_member_is_told_apart_from_a_transfer(
        self, customer, tell, run_outbox
    ):
        tell(events.customer("del_external_contact", "lisi", ONE, Source="DELETE_BY_TRANSFER"))
        work_callbacks(run_outbox)
        assert friend(customer).status == FollowerStatus.TRANSFERRED
        (told,) = announced("customer.follower.removed")
        assert (told["by"], told["is_transfer"]) == ("staff", True)
        customer.refresh_from_db()
        assert customer.status == CustomerStatus.NORMAL

    def test_late_news_of_a_removal_does_not_end_a_newer_friendship(
        self, customer, tell, run_outbox
    ):
        customer.followers.update(added_at=timezone.now() + timedelta(minutes=1))
        tell(events.customer("del_follow_user", "lisi", ONE))
        work_callbacks(run_outbox)
        assert friend(customer).status == FollowerStatus.ACTIVE

    def test_an_edit_is_read(self, customer, tell, settle):
        there.Follow.objects.filter(contact__external_userid=ONE).update(remark="改过的备注")
        tell(events.customer("edit_external_contact", "lisi", ONE))
        settle()
        customer.refresh_from_db()
        assert customer.remark == "改过的备注"
        assert not SyncJob.objects.exists()

    def test_a_tag_made_just_now_comes_with_the_contact(self, customer, tell, settle):
        group = there.TagGroup.objects.create(group_id="etG", name="新组")
        there.Tag.objects.create(group=group, tag_id="etJustNow", name="刚建的")
        there.Follow.objects.filter(contact__external_userid=ONE).update(tags=["etJustNow"])
        tell(events.customer("edit_external_contact", "lisi", ONE))
        settle()
        assert list(customer.tags.values_list("name", flat=True)) == ["刚建的"]

    def test_a_failed_transfer_is_in_the_history(self, customer, tell, run_outbox):
        tell(events.customer("transfer_fail", "wangwu", ONE, FailReason="customer_refused"))
        work_callbacks(run_outbox)
        assert customer.events.order_by("-id").first().content == "转接失败：客户拒绝"


class TestGroups:
    @pytest.fixture
    def group(self, synced):
        return CustomerGroup.objects.get(chat_id="wrSandboxChat01")

    def change(self, group, detail, people, *, version, last=None):
        chat = there.GroupChat.objects.get(chat_id=group.chat_id)
        last = chat.member_version if last is None else last
        chat.member_version = version
        chat.save()
        numbers = {"JoinScene": 3} if detail == "add_member" else {"QuitScene": 1}
        return events.chat(
            chat, "update", detail, numbers=numbers, changed=people, last_version=last
        )

    def test_a_newcomer_is_there_at_once_and_gets_a_name_a_moment_later(
        self, group, tell, run_outbox, settle
    ):
        chat = there.GroupChat.objects.get(chat_id=group.chat_id)
        there.GroupMember.objects.create(
            chat=chat, userid="wmNewcomer00001", kind=2, name="新来的", invitor="lisi"
        )
        before = group.member_count
        tell(self.change(group, "add_member", ["wmNewcomer00001"], version="v-next"))
        work_callbacks(run_outbox)
        group.refresh_from_db()
        member = group.members.get(member_id="wmNewcomer00001", left_at=None)
        assert (group.member_count, member.join_scene, member.name) == (before + 1, 3, "")
        job = SyncJob.objects.get()
        # The platform's details lag behind its events.
        assert job.due_at > timezone.now() + timedelta(seconds=1)
        settle()
        member.refresh_from_db()
        assert (member.name, member.invitor_userid) == ("新来的", "lisi")

    def test_a_leaver_is_history_and_the_last_of_many_tries_changes_nothing(
        self, group, tell, run_outbox
    ):
        person = group.members.filter(left_at=None, kind=2).first().member_id
        there.GroupMember.objects.filter(chat__chat_id=group.chat_id, userid=person).delete()
        event = self.change(group, "del_member", [person], version="v-next")
        for _ in range(2):
            tell(event)
        work_callbacks(run_outbox)
        (stay,) = group.members.filter(member_id=person)
        assert stay.left_at is not None
        assert stay.quit_scene == 1
        group.refresh_from_db()
        assert group.member_version == "v-next"
        assert not SyncJob.objects.exists()

    def test_a_gap_in_the_versions_reads_the_whole_group(self, group, tell, run_outbox, settle):
        people = list(
            group.members.filter(left_at=None, kind=2).values_list("member_id", flat=True)[:2]
        )
        rows = there.GroupMember.objects.filter(chat__chat_id=group.chat_id, userid__in=people)
        rows.delete()
        # Of the first leaver we were never told.
        tell(self.change(group, "del_member", people[1:], version="v9", last="v8"))
        work_callbacks(run_outbox)
        assert group.members.filter(left_at=None, member_id=people[0]).exists()
        settle()
        assert not group.members.filter(left_at=None, member_id__in=people).exists()
        group.refresh_from_db()
        assert group.member_version == "v9"

    def test_names_and_owners_are_read_and_a_dismissed_group_is_empty(
        self, group, tell, run_outbox, settle
    ):
        chat = there.GroupChat.objects.get(chat_id=group.chat_id)
        chat.name, chat.owner = "改名了", "wangwu"
        chat.save()
        tell(events.chat(chat, "update", "change_name"))
        settle()
        group.refresh_from_db()
        assert (group.name, group.owner.username) == ("改名了", "wangwu")
        tell(events.chat(chat, "dismiss"))
        work_callbacks(run_outbox)
        group.refresh_from_db()
        assert (group.status, group.member_count) == (GroupStatus.DISMISSED, 0)
        assert not group.members.filter(left_at=None).exists()

    def test_a_group_made_there_appears_here(self, synced, tell, settle):
        chat = there.GroupChat.objects.create(chat_id="wrBrandNew", name="新群", owner="lisi")
        tell(events.chat(chat, "create"))
        settle()
        group = CustomerGroup.objects.get(chat_id="wrBrandNew")
        assert (group.name, group.owner.username) == ("新群", "lisi")


class TestTagsAndStaff:
    def test_a_renamed_tag_is_renamed(self, synced, tell, settle):
        tag = there.Tag.objects.first()
        tag.name = "改名的标签"
        tag.save()
        tell(events.tag("update", tag.tag_id, "tag"))
        settle()
        assert Tag.objects.get(wecom_id=tag.tag_id).name == "改名的标签"

    def test_who_left_the_company_is_switched_off(self, synced, tell, run_outbox):
        tell(events.staff("delete_user", "wangwu"))
        work_callbacks(run_outbox)
        user = User.objects.get(username="wangwu")
        assert user.resigned_at is not None
        assert not user.is_active
        (told,) = announced("staff.resigned")
        assert told["wecom_user_id"] == "wangwu"

    def test_the_last_administrator_keeps_the_account(self, synced, tell, run_outbox):
        tell(events.staff("delete_user", "admin"))
        work_callbacks(run_outbox)
        assert User.objects.get(username="admin").is_active

    def test_another_account_name_and_another_name(self, synced, tell, run_outbox):
        tell(events.staff("update_user", "lisi", NewUserID="lisi2", Name="李四四"))
        work_callbacks(run_outbox)
        user = User.objects.get(username="lisi")
        assert (user.wecom_user_id, user.name) == ("lisi2", "李四四")
        customer = Customer.objects.get(external_userid=ONE)
        assert friend(customer, "lisi2").status == FollowerStatus.ACTIVE


def test_an_event_that_nobody_knows_is_taken_quietly_and_counted(corporation, tell, settle):
    tell(events.customer("something_new", "lisi", ONE))
    settle()
    callback = Callback.objects.get()
    assert callback.status == CallbackStatus.IGNORED
    assert callback.event == "change_external_contact.something_new"


def test_events_of_different_customers_do_not_wait_for_each_other(corporation, tell):
    tell(events.customer("edit_external_contact", "lisi", "wmA"))
    tell(events.customer("edit_external_contact", "lisi", "wmB"))
    assert Callback.objects.values("conversation").distinct().count() == 2


ODD_MEMBERS = (
    "<xml><MsgType>event</MsgType><Event>change_external_chat</Event>"
    "<ChangeType>update</ChangeType><ChatId>wr1</ChatId><UpdateDetail>add_member</UpdateDetail>"
    "<MemChangeList>odd</MemChangeList><JoinScene>many</JoinScene><CreateTime>x</CreateTime></xml>"
)
ODD_CONTACT = (
    "<xml><MsgType>event</MsgType><Event>change_external_contact</Event>"
    "<ChangeType>add_external_contact</ChangeType>"
    "<ExternalUserID><a>1</a></ExternalUserID></xml>"
)


@pytest.mark.parametrize(
    "event",
    [
        events.customer("add_external_contact", "", ""),
        events.customer("del_follow_user", "x" * 500, "y" * 500),
        ODD_MEMBERS,
        ODD_CONTACT,
        events.staff("update_user", "nobody", Status="5"),
    ],
)
def test_odd_events_break_nothing(corporation, tell, event, run_outbox):
    tell(event)
    work_callbacks(run_outbox)
    assert Callback.objects.get().status in (CallbackStatus.DONE, CallbackStatus.IGNORED)
