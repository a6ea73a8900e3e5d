"""What is changed here reaches WeCom once, and what came from there is not told back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from customers.actions.assign import customer_assign
from customers.actions.edit import customer_edit
from customers.actions.tags import tags_add, tags_remove
from customers.models import Customer, Follower, Tag, TagGroup, User
from tests.factories import CustomerFactory, actor
from wechat.models import SyncJob, SyncJobKind, SyncKind
from wechat.simulator.contacts import events
from wechat.simulator.contacts import models as there
from wechat.sync.jobs import retry_failed, start_due

pytestmark = pytest.mark.django_db(transaction=True)

ONE = "wmSandbox000001"


@pytest.fixture
def customer(corporation, sync, settle):
    sync(SyncKind.CONTACTS)
    there.Follow.objects.filter(contact__external_userid=ONE).update(tags=[])
    sync(SyncKind.CONTACTS)
    settle()
    return Customer.objects.get(external_userid=ONE)


@pytest.fixture
def boss(customer):
    return actor(User.objects.get(username="admin"))


def follow(userid="lisi"):
    return there.Follow.objects.get(contact__external_userid=ONE, userid=userid)


def fault(client, **order):
    body = {"channel": "CONTACT", **order}
    answer = client.post("/sandbox/api/faults", body, content_type="application/json")
    assert answer.status_code == 200, answer.content


def test_tags_are_set_and_removed_there(customer, boss, settle):
    tags = list(Tag.objects.exclude(wecom_id=None)[:2])
    tags_add(customer_id=customer.pk, tag_ids=[tag.pk for tag in tags], actor=boss)
    settle()
    assert set(follow().tags) == {tag.wecom_id for tag in tags}
    tags_remove(customer_id=customer.pk, tag_ids=[tags[0].pk], actor=boss)
    settle()
    assert follow().tags == [tags[1].wecom_id]
    assert not SyncJob.objects.exists()


def test_a_tag_of_ours_is_made_there_first_once(customer, boss, settle):
    tag = Tag.objects.create(name="自有", group=TagGroup.objects.create(name="自有分组"))
    plain = Tag.objects.create(name="没有分组")
    tags_add(customer_id=customer.pk, tag_ids=[tag.pk, plain.pk], actor=boss)
    settle()
    tag.refresh_from_db()
    plain.refresh_from_db()
    assert set(follow().tags) == {tag.wecom_id, plain.wecom_id}
    assert there.Tag.objects.get(tag_id=tag.wecom_id).group.name == "自有分组"
    assert plain.group is None
    other = Customer.objects.exclude(pk=customer.pk).exclude(external_userid=None).first()
    tags_add(customer_id=other.pk, tag_ids=[tag.pk], actor=boss)
    settle()
    assert there.Tag.objects.filter(name="自有").count() == 1


def test_remark_description_and_company_are_written_and_our_copy_knows(
    customer, boss, settle, sync
):
    customer_edit(
        customer_id=customer.pk,
        changes={"remark": "重要客户", "description": "年底续费", "company": "新公司"},
        actor=boss,
    )
    settle()
    there_now = follow()
    assert (there_now.remark, there_now.description, there_now.remark_company) == (
        "重要客户", "年底续费", "新公司",
    )  # fmt: skip
    ours = Follower.objects.get(customer=customer, wecom_user_id="lisi")
    assert (ours.remark, ours.description) == ("重要客户", "年底续费")
    run = sync(SyncKind.CONTACTS)
    assert run.updated_count == 0


def test_a_remark_that_was_emptied_here_is_emptied_there(customer, boss, settle):
    customer_edit(customer_id=customer.pk, changes={"remark": "一"}, actor=boss)
    settle()
    customer_edit(customer_id=customer.pk, changes={"remark": ""}, actor=boss)
    settle()
    assert follow().remark == ""


def test_a_new_owner_gets_the_notes_that_he_has_not(customer, boss, settle):
    there.Follow.objects.create(
        contact=there.Contact.objects.get(external_userid=ONE), userid="wangwu", remark="小王的"
    )
    Customer.objects.filter(pk=customer.pk).update(remark="李四的", description="说明")
    SyncJob.objects.create(
        kind=SyncJobKind.PULL_CONTACT, key=ONE, due_at=timezone.now() - timedelta(seconds=1)
    )
    settle()
    wangwu = User.objects.get(username="wangwu")
    customer_assign(customer_id=customer.pk, to_user=wangwu, actor=boss)
    settle()
    his = follow("wangwu")
    assert (his.remark, his.description) == ("小王的", "说明")


def test_what_came_from_there_is_not_told_back(customer, settle, tell, client):
    tag = there.Tag.objects.first()
    there.Follow.objects.filter(contact__external_userid=ONE).update(
        tags=[tag.tag_id], remark="那边改的"
    )
    tell(events.customer("edit_external_contact", "lisi", ONE))
    settle()
    assert customer.tags.count() == 1
    assert not SyncJob.objects.exists()
    # Had anything been written, the platform would have refused.
    fault(client, mode="errcode", errcode=48002)
    settle()
    assert not SyncJob.objects.filter(is_failed=True).exists()


def test_who_is_not_in_wecom_is_not_written_there(corporation, boss, settle, sync):
    stranger = CustomerFactory()
    tags_add(customer_id=stranger.pk, tag_ids=[Tag.objects.first().pk], actor=boss)
    settle()
    assert not SyncJob.objects.exists()


@pytest.mark.parametrize(
    ("order", "wait"),
    [
        ({"mode": "rate_limited", "count": 1}, 55),
        ({"mode": "http_500", "count": 1}, 1),
        ({"mode": "errcode", "errcode": 45033, "count": 1}, 1),
    ],
)
def test_passing_trouble_is_tried_again_when_due(
    customer, boss, settle, run_outbox, client, order, wait
):
    tag = Tag.objects.exclude(wecom_id=None).first()
    fault(client, **order)
    tags_add(customer_id=customer.pk, tag_ids=[tag.pk], actor=boss)
    run_outbox()
    job = SyncJob.objects.get()
    assert not job.is_failed
    assert job.error
    assert job.due_at > timezone.now() + timedelta(seconds=wait - 1)
    with transaction.atomic():
        assert start_due() == []
    settle()
    assert follow().tags == [tag.wecom_id]


def test_what_is_refused_for_good_waits_for_an_operator(customer, boss, settle, client):
    tag = Tag.objects.exclude(wecom_id=None).first()
    fault(client, mode="errcode", errcode=60011)
    tags_add(customer_id=customer.pk, tag_ids=[tag.pk], actor=boss)
    settle()
    job = SyncJob.objects.get()
    assert (job.is_failed, job.error_code) == (True, "60011")
    fault(client, mode="ok")
    retry_failed([job.pk])
    settle()
    assert follow().tags == [tag.wecom_id]
    assert not SyncJob.objects.exists()


def test_a_customer_whom_the_platform_knows_no_more_is_read_anew(customer, boss, settle):
    there.Follow.objects.filter(contact__external_userid=ONE).delete()
    customer_edit(customer_id=customer.pk, changes={"remark": "改"}, actor=boss)
    settle()
    customer.refresh_from_db()
    assert customer.status == 2
    assert SyncJob.objects.get().error_code == "84061"
