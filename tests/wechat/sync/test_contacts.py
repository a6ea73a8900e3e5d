"""Contacts pulled from the platform: complete, once each, however often and wherever it stopped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.errors import ConflictError
from config.events.models import OutboxEntry
from customers.actions.assign import customer_assign
from customers.actions.tags import tags_add, tags_remove
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    CustomerStatus,
    CustomerTag,
    Follower,
    FollowerStatus,
    Tag,
    TagSource,
    User,
)
from tests.factories import CustomerFactory, actor
from wechat.models import SyncJob, SyncKind, SyncRun, SyncStatus
from wechat.simulator.contacts import models as there
from wechat.sync import steps
from wechat.sync.engine import work_run
from wechat.sync.runs import STALE_SECONDS, sync_start

pytestmark = pytest.mark.django_db(transaction=True)


def expected():
    """Whom a listing of present members names."""
    present = there.Colleague.objects.filter(left_at=None).values("userid")
    follows = there.Follow.objects.filter(userid__in=present)
    return follows, follows.values("contact").distinct().count()


def assert_complete():
    follows, contacts = expected()
    ours = Customer.objects.exclude(external_userid=None)
    assert ours.count() == ours.values("external_userid").distinct().count() == contacts
    assert Follower.objects.filter(status=FollowerStatus.ACTIVE).count() == follows.count()
    wanted = {
        (f.contact.external_userid, tag)
        for f in follows.select_related("contact")
        for tag in f.tags
    }
    links = CustomerTag.objects.values_list("customer__external_userid", "tag__wecom_id")
    assert set(links) == wanted


def test_everything_comes_and_a_second_time_changes_nothing(corporation, sync):
    first = sync(SyncKind.CONTACTS)
    assert first.status == SyncStatus.FINISHED, first.error
    assert_complete()
    customer = Customer.objects.get(external_userid="wmSandbox000001")
    assert (customer.name, customer.phone, customer.company) == (
        "张三", "+8613800138000", "XX科技有限公司",
    )  # fmt: skip
    assert customer.follow_user == User.objects.get(username="lisi")
    assert CustomerTag.objects.exclude(source=TagSource.WECOM).count() == 0
    OutboxEntry.objects.all().delete()
    history = CustomerEvent.objects.count()
    second = sync(SyncKind.CONTACTS)
    assert (second.created_count, second.updated_count, second.failed_count) == (0, 0, 0)
    assert second.unchanged_count == second.processed > 0
    assert second.report == {}
    assert CustomerEvent.objects.count() == history
    assert not OutboxEntry.objects.filter(kind=OutboxEntry.Kind.EVENT).exists()


class Killed(BaseException):
    """What no `except Exception` sees, as a worker that is gone."""


@pytest.mark.parametrize("count", [30, 5000])
def test_killed_half_way_and_started_again_it_is_complete_and_nothing_is_double(
    corporation, settings, monkeypatch, count
):
    settings.SANDBOX_CONTACTS = count
    monkeypatch.setattr(steps, "CONTACTS_A_PAGE", max(5, count // 50))
    write, pages = steps.contacts_apply, []

    def dying(contacts, **options):
        pages.append(len(contacts))
        tally = write(contacts, **options)
        if len(pages) == 4:
            raise Killed
        return tally

    monkeypatch.setattr(steps, "contacts_apply", dying)
    run = sync_start(SyncKind.CONTACTS)
    with pytest.raises(Killed):
        work_run(run.pk)
    before = SyncRun.objects.get()
    # Three pages are kept, the fourth with its cursor is not.
    assert before.status == SyncStatus.RUNNING
    assert before.cursor["state"]["cursor"]
    assert 0 < Customer.objects.count() <= sum(pages[:3])
    # Nobody takes over what may still be alive.
    with pytest.raises(ConflictError):
        sync_start(SyncKind.CONTACTS)
    assert not work_run(run.pk)
    SyncRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=STALE_SECONDS + 1))
    again = sync_start(SyncKind.CONTACTS)
    assert again.pk == run.pk
    assert work_run(run.pk, seconds=600)
    after = SyncRun.objects.get()
    assert after.status == SyncStatus.FINISHED, after.error
    assert after.created_count + before.created_count >= after.created_count
    assert_complete()


def test_a_task_stops_after_its_time_and_hands_on(corporation, settle):
    run = sync_start(SyncKind.CONTACTS)
    OutboxEntry.objects.all().delete()
    assert work_run(run.pk, seconds=0)
    run.refresh_from_db()
    assert (run.status, run.lease) == (SyncStatus.RUNNING, "")
    assert OutboxEntry.objects.filter(name="wechat.sync.tasks.work_run", payload=[run.pk]).exists()
    settle()
    run.refresh_from_db()
    assert run.status == SyncStatus.FINISHED


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        ({"mode": "rate_limited"}, 59),
        ({"mode": "http_500"}, 4),
        ({"mode": "errcode", "errcode": -1}, 4),
    ],
)
def test_a_platform_in_trouble_is_waited_for_without_sleeping(
    corporation, client, sync, settle, fault, wait
):
    order = {"channel": "CONTACT", "count": 1, **fault}
    assert (
        client.post("/sandbox/api/faults", order, content_type="application/json").status_code
        == 200
    )
    run = sync(SyncKind.TAGS)
    assert run.status == SyncStatus.WAITING
    assert run.due_at > timezone.now() + timedelta(seconds=wait - 2)
    assert run.error
    SyncRun.objects.update(due_at=timezone.now())
    settle()
    run.refresh_from_db()
    assert run.status == SyncStatus.FINISHED


def test_what_will_never_work_fails_and_says_why(corporation, client, sync):
    order = {"channel": "CONTACT", "mode": "errcode", "errcode": 48002}
    client.post("/sandbox/api/faults", order, content_type="application/json")
    run = sync(SyncKind.CONTACTS)
    assert (run.status, run.error_code) == (SyncStatus.FAILED, "48002")
    assert "权限" in run.error


def test_a_follower_of_the_official_account_is_the_same_person(corporation, sync, client):
    client.get("/sandbox/api/outbox")
    sync(SyncKind.TAGS)
    contact = there.Contact.objects.exclude(unionid="").first()
    follower = CustomerFactory(name="公众号粉丝", phone="", unionid=contact.unionid)
    sync(SyncKind.CONTACTS)
    follower.refresh_from_db()
    assert follower.external_userid == contact.external_userid
    assert follower.name == "公众号粉丝"
    assert Customer.objects.filter(unionid=contact.unionid).count() == 1


def test_a_customer_known_by_name_and_phone_is_the_same_person(corporation, sync):
    known = CustomerFactory(name="张三", phone="+8613800138000", company="")
    sync(SyncKind.CONTACTS)
    known.refresh_from_db()
    assert known.external_userid == "wmSandbox000001"
    assert known.company == "XX科技有限公司"


def test_a_phone_that_somebody_of_the_same_name_has_is_left_out(corporation, sync):
    CustomerFactory(name="张三", phone="+8613800138000", external_userid="wmOther", corp_id="other")
    sync(SyncKind.CONTACTS)
    assert Customer.objects.get(external_userid="wmSandbox000001").phone == ""


def test_erased_and_deleted_people_do_not_come_back(corporation, sync, zhangsan):
    sync(SyncKind.CONTACTS)
    customer = zhangsan()
    Customer.objects.filter(pk=customer.pk).update(
        name="已删除", phone="", remark="", erased_at=timezone.now(), status=CustomerStatus.DELETED
    )
    other = Customer.objects.exclude(pk=customer.pk).exclude(external_userid=None).first()
    Customer.objects.filter(pk=other.pk).update(status=CustomerStatus.DELETED)
    sync(SyncKind.CONTACTS)
    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.name, customer.phone, customer.remark) == ("已删除", "", "")
    assert other.status == CustomerStatus.DELETED


class TestThreeCopies:
    """What was changed there comes, what was changed here stays."""

    @pytest.fixture
    def customer(self, corporation, sync, zhangsan):
        sync(SyncKind.CONTACTS)
        return zhangsan()

    def follow(self):
        return there.Follow.objects.get(contact__external_userid="wmSandbox000001")

    def test_a_tag_removed_there_goes_and_one_set_there_comes(self, customer, sync):
        follow = self.follow()
        unused = there.Tag.objects.exclude(tag_id__in=follow.tags).first()
        follow.tags = [unused.tag_id]
        follow.save()
        sync(SyncKind.CONTACTS)
        assert list(customer.tags.values_list("wecom_id", flat=True)) == [unused.tag_id]
        assert CustomerEvent.objects.filter(
            customer=customer, kind=CustomerEventKind.TAGGED
        ).exists()

    def test_a_tag_set_or_removed_here_stays_so_and_is_to_be_written(
        self, customer, sync, lisi_user
    ):
        follow = self.follow()
        follow.tags = follow.tags or [there.Tag.objects.first().tag_id]
        follow.save()
        sync(SyncKind.CONTACTS)
        theirs = Tag.objects.get(wecom_id=follow.tags[0])
        ours = Tag.objects.exclude(wecom_id__in=follow.tags).first()
        tags_add(customer_id=customer.pk, tag_ids=[ours.pk], actor=actor(lisi_user))
        tags_remove(customer_id=customer.pk, tag_ids=[theirs.pk], actor=actor(lisi_user))
        sync(SyncKind.CONTACTS)
        carried = set(customer.tags.values_list("pk", flat=True))
        assert ours.pk in carried
        assert theirs.pk not in carried
        assert SyncJob.objects.filter(kind="push_tags", key=str(customer.pk)).exists()

    def test_a_tag_of_our_own_that_the_platform_has_by_name_is_one_tag(self, customer, sync):
        group = there.TagGroup.objects.create(group_id="etNew", name="新分组")
        there.Tag.objects.create(group=group, tag_id="etNewTag", name="自有标签")
        own = Tag.objects.create(name="自有标签", group=None)
        sync(SyncKind.TAGS)
        # In no group here, in one there: not the same.
        own.refresh_from_db()
        assert own.wecom_id is None
        assert Tag.objects.get(wecom_id="etNewTag").group.name == "新分组"

    def test_a_tag_deleted_there_leaves_those_who_had_it_from_there(self, customer, sync):
        follow = self.follow()
        gone = there.Tag.objects.first()
        follow.tags = [gone.tag_id]
        follow.save()
        sync(SyncKind.CONTACTS)
        there.Follow.objects.update(tags=[])
        gone.delete()
        run = sync(SyncKind.TAGS)
        assert run.report["tag_gone"]["count"] == 1
        assert not customer.tags.filter(name=gone.name).exists()
        assert not Tag.objects.filter(wecom_id=gone.tag_id).exists()

    def test_the_name_follows_until_somebody_changes_it_here(self, customer, sync):
        there.Contact.objects.filter(external_userid="wmSandbox000001").update(name="张三丰")
        sync(SyncKind.CONTACTS)
        customer.refresh_from_db()
        assert customer.name == "张三丰"
        Customer.objects.filter(pk=customer.pk).update(name="张总")
        there.Contact.objects.filter(external_userid="wmSandbox000001").update(name="三丰")
        sync(SyncKind.CONTACTS)
        customer.refresh_from_db()
        assert customer.name == "张总"

    def test_remarks_follow_until_they_are_changed_here(self, customer, sync):
        there.Follow.objects.filter(pk=self.follow().pk).update(remark="老客户")
        sync(SyncKind.CONTACTS)
        customer.refresh_from_db()
        assert customer.remark == "老客户"
        Customer.objects.filter(pk=customer.pk).update(remark="我们改的")
        sync(SyncKind.CONTACTS)
        customer.refresh_from_db()
        assert customer.remark == "我们改的"

    def test_whoever_was_assigned_here_stays_the_owner(self, customer, sync, lisi_user):
        wangwu = User.objects.get(username="wangwu")
        customer_assign(customer_id=customer.pk, to_user=wangwu, actor=actor(lisi_user))
        sync(SyncKind.CONTACTS)
        customer.refresh_from_db()
        assert customer.follow_user == wangwu

    def test_an_older_friend_follows_up_where_nobody_was_assigned(self, customer, sync):
        there.Follow.objects.create(
            contact=there.Contact.objects.get(external_userid="wmSandbox000001"),
            userid="wangwu",
            created_at=timezone.now() - timedelta(days=800),
        )
        sync(SyncKind.CONTACTS)
        customer.refresh_from_db()
        assert customer.follow_user.username == "wangwu"


@pytest.fixture
def lisi_user(corporation):
    return User.objects.get(username="lisi")
