"""At night everything is read: what we were not told is repaired and reported."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from config.schedule.timetable import ENTRIES
from customers.actions.staff import staff_resign
from customers.actors import system_actor
from customers.models import Customer, CustomerGroup, CustomerStatus, GroupStatus, User
from tests.factories import UserFactory
from wechat.models import SyncJob, SyncKind, SyncRun, SyncStatus
from wechat.simulator.contacts import models as there
from wechat.sync.tasks import purge_runs, start_reconciliation

pytestmark = pytest.mark.django_db(transaction=True)

ONE = "wmSandbox000001"


@pytest.fixture
def night(sync, settle):
    def run():
        settle()
        return sync(SyncKind.RECONCILE)

    return run


def test_a_missed_removal_a_missing_contact_and_a_dismissed_group_are_found(
    corporation, night, settle
):
    first = night()
    assert first.status == SyncStatus.FINISHED, first.error
    Customer.objects.update(created_at=timezone.now() - timedelta(days=1))
    lost = Customer.objects.get(external_userid=ONE)
    lost.followers.update(added_at=timezone.now() - timedelta(days=9))
    there.Follow.objects.filter(contact__external_userid=ONE).delete()
    new = there.Contact.objects.create(external_userid="wmMissed00000001", name="漏掉的")
    there.Follow.objects.create(contact=new, userid="lisi")
    there.GroupChat.objects.get(chat_id="wrSandboxChat02").delete()
    there.Follow.objects.filter(contact__external_userid="wmSandbox000002").update(
        remark="那边改了"
    )
    run = night()
    assert run.status == SyncStatus.FINISHED, run.error
    counts = {kind: entry["count"] for kind, entry in run.report.items()}
    assert counts["follower_lost"] == 1
    assert counts["customer_missing"] == 1
    assert counts["group_dismissed"] == 1
    assert run.report["customer_missing"]["samples"] == ["漏掉的（wmMissed00000001）"]
    lost.refresh_from_db()
    assert lost.status == CustomerStatus.LOST
    assert CustomerGroup.objects.get(chat_id="wrSandboxChat02").status == GroupStatus.DISMISSED
    assert Customer.objects.filter(external_userid="wmMissed00000001").count() == 1
    # Repaired: the next night finds nothing.
    assert night().report == {}
    assert not SyncJob.objects.exists()


def test_members_get_accounts_and_those_who_left_lose_theirs(platform, settings, night):
    settings.SANDBOX_CONTACTS = 10
    gone = UserFactory(username="sunqi", name="孙七")
    run = night()
    assert run.status == SyncStatus.FINISHED, run.error
    made = User.objects.get(wecom_user_id="zhaoliu")
    assert (made.name, made.role, made.has_usable_password()) == ("赵六", "staff", False)
    assert not made.is_staff
    gone.refresh_from_db()
    assert not gone.is_active
    assert gone.resigned_at is not None
    assert run.report["staff_left"]["count"] == 1


def test_a_name_that_a_customer_logs_in_with_is_not_taken_over(platform, settings, night):
    settings.SANDBOX_CONTACTS = 10
    mine = UserFactory(username="zhaoliu", role="customer", wecom_user_id=None)
    night()
    mine.refresh_from_db()
    assert mine.wecom_user_id is None
    assert User.objects.get(wecom_user_id="zhaoliu").username == "zhaoliu@wecom"


def test_resigning_twice_is_told_once(db):
    user = UserFactory()
    at = timezone.now()
    assert staff_resign(user_id=user.pk, at=at, actor=system_actor())
    assert not staff_resign(user_id=user.pk, at=at, actor=system_actor())


def test_the_night_begins_by_itself_and_only_once(corporation, settle):
    assert any(
        entry["task"] == "wechat.sync.tasks.start_reconciliation" for entry in ENTRIES.values()
    )
    start_reconciliation()
    start_reconciliation()
    run = SyncRun.objects.get()
    settle()
    run.refresh_from_db()
    assert run.status == SyncStatus.FINISHED
    SyncRun.objects.update(started_at=timezone.now() - timedelta(days=91))
    purge_runs()
    assert not SyncRun.objects.exists()


def test_the_command_works_a_run_to_its_end(corporation, capsys):
    call_command("sync_wecom", "tags")
    call_command("sync_wecom", "contacts")
    runs = SyncRun.objects.order_by("id")
    assert [(run.kind, run.status) for run in runs] == [
        ("tags", "finished"), ("contacts", "finished"),
    ]  # fmt: skip
    assert "已完成" in capsys.readouterr().out
