"""Each item of the platform is worked once, whatever happens on the way (§§1.5, 4.6)."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from tests.at_once import all_at_once
from tests.wechat.kf.conftest import KF, ZHANGSAN
from tickets.models import ChatMessage, Sender
from wechat.kf import leases, reading
from wechat.models import Callback, KfAccount
from wechat.simulator.kf.models import KfCall, KfCode, KfItem
from wechat.tasks import kf as tasks

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """What no `except Exception` sees, as a worker that is gone."""


def heard() -> list[str]:
    said = ChatMessage.objects.filter(sender=Sender.CUSTOMER).order_by("number")
    return list(said.values_list("content", flat=True))


def lease_runs_out() -> None:
    KfAccount.objects.update(lease_until=timezone.now())


def test_a_doorbell_brings_what_was_said_to_the_agent(kf, work_all, agent, account, in_chat):
    kf("customer_says", content="服务器连不上了")
    work_all()
    assert heard() == ["人工", "服务器连不上了"]
    kept = account()
    assert (kept.wanted - kept.read, kept.lease, kept.error) == (0, "", "")
    assert (kept.name, [one["userid"] for one in kept.servicers]) == (
        "售后客服",
        ["lisi", "wangwu", "zhaoliu"],
    )


def test_a_doorbell_rung_three_times_brings_it_once(kf, work_all, in_chat):
    kf("customer_says", content="在吗", times=3)
    work_all()
    assert heard() == ["人工", "在吗"]


def test_pages_are_read_to_the_end_and_in_their_order(kf, work_all, in_chat, small_pages):
    for number in range(7):
        kf("customer_says", content=str(number), callback=number == 6)
    work_all()
    assert heard() == ["人工", *map(str, range(7))]


def test_what_no_doorbell_told_is_found_by_the_hourly_look(kf, work_all, in_chat):
    kf("customer_says", content="没人按铃", callback=False)
    work_all()
    assert heard() == ["人工"]
    tasks.look_everywhere()
    work_all()
    assert heard() == ["人工", "没人按铃"]


@pytest.mark.parametrize("page", [1, 2, 3])
def test_killed_between_two_pages_nothing_is_lost_and_nothing_doubled(
    kf, work_all, in_chat, small_pages, account, monkeypatch, page
):
    keep, kept = reading._keep, []

    def dying(*given):
        kept.append(keep(*given))
        if len(kept) == page:
            raise Killed
        return kept[-1]

    for number in range(7):
        kf("customer_says", content=str(number), callback=number == 6)
    monkeypatch.setattr(reading, "_keep", dying)
    with pytest.raises(Killed):
        work_all()
    monkeypatch.setattr(reading, "_keep", keep)
    # Its lease holds off others for a while, then the sweep begins where it stopped.
    assert leases.due() == []
    lease_runs_out()
    assert reading.read_due() == 1
    work_all()
    assert heard() == ["人工", *map(str, range(7))]


def test_killed_before_a_page_is_kept_the_page_is_asked_for_again(
    kf, work_all, in_chat, account, monkeypatch
):
    kf("customer_says", content="在吗")
    before = account().cursor

    def dying(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(reading, "enqueue", dying)
        with pytest.raises(Killed):
            work_all()
    assert (account().cursor, heard()) == (before, ["人工"])
    lease_runs_out()
    reading.read_due()
    work_all()
    assert heard() == ["人工", "在吗"]


def test_who_lost_the_lease_writes_nothing(kf, work_all, in_chat, account, monkeypatch):
    """A reader that slept too long finds its page kept by the next one."""
    page = reading._page

    def slow(client, row):
        answer = page(client, row)
        KfAccount.objects.filter(pk=row.pk).update(lease="another", cursor=F("cursor"))
        return answer

    kf("customer_says", content="在吗")
    monkeypatch.setattr(reading, "_page", slow)
    work_all()
    assert heard() == ["人工"]
    monkeypatch.setattr(reading, "_page", page)
    lease_runs_out()
    reading.read_due()
    work_all()
    assert heard() == ["人工", "在吗"]


def test_a_bell_that_rings_while_one_reads_is_not_overheard(
    kf, work_all, in_chat, account, monkeypatch
):
    page, rung = reading._page, []

    def interrupted(client, row):
        answer = page(client, row)
        if not rung:
            rung.append(kf("customer_says", content="还有"))
            # Its task comes, finds the reader at work, and goes.
            KfAccount.objects.filter(pk=row.pk).update(wanted=F("wanted") + 1)
            assert leases.take(row.pk) is None
        return answer

    kf("customer_says", content="在吗")
    monkeypatch.setattr(reading, "_page", interrupted)
    work_all()
    assert heard() == ["人工", "在吗", "还有"]
    assert account().wanted == account().read


@pytest.mark.services_only
def test_many_readers_at_once_bring_each_item_once(kf, work_all, in_chat, account):
    for number in range(12):
        kf("customer_says", content=str(number), callback=False)
    pk = account().pk
    KfAccount.objects.update(wanted=F("wanted") + 1)
    assert all_at_once([lambda: reading.read(pk)] * 4) == []
    work_all()
    assert heard() == ["人工", *map(str, range(12))]


@pytest.mark.parametrize(
    ("order", "wait"),
    [({"mode": "http_500"}, 5), ({"mode": "rate_limited"}, 60), ({"mode": "errcode", "errcode": 48002}, 300)],
)  # fmt: skip
def test_a_platform_that_refuses_is_asked_again_when_it_makes_sense(
    kf, work_all, in_chat, account, misbehave, order, wait
):
    kf("customer_says", content="在吗")
    misbehave(count=1, **order)
    before = timezone.now()
    work_all()
    kept = account()
    assert kept.error
    assert kept.lease_until is not None
    assert timedelta(seconds=wait - 1) < kept.lease_until - before < timedelta(seconds=wait + 60)
    assert leases.due() == []
    lease_runs_out()
    reading.read_due()
    work_all()
    assert (heard(), account().error) == (["人工", "在吗"], "")


def test_a_token_that_has_ended_is_left_out(kf, work_all, in_chat, account):
    kf("customer_says", content="在吗")
    KfCode.objects.update(expires_at=timezone.now())
    work_all()
    assert heard() == ["人工", "在吗"]
    assert KfCall.objects.exists()


def test_what_was_said_before_the_account_was_known_stays_unanswered(kf, work_all, agent):
    old = kf("customer_says", content="前天的问题", callback=False)
    KfItem.objects.filter(msgid=old["msgid"]).update(send_time=timezone.now() - timedelta(days=2))
    kf("customer_says", content="人工")
    work_all()
    assert "前天的问题" not in heard()
    assert Callback.objects.get(dedupe_key=old["msgid"]).reply == "账号接入之前的消息，未受理"


def test_a_switched_off_account_is_not_read(kf, work_all, in_chat, account):
    KfAccount.objects.update(is_active=False)
    kf("customer_says", content="在吗")
    work_all()
    assert heard() == ["人工"]
    KfAccount.objects.update(is_active=True)
    reading.read_due()
    work_all()
    assert heard() == ["人工", "在吗"]


def test_items_that_nobody_understands_are_kept_and_ignored(kf, work_all, in_chat):
    told = kf("something_happens", event={"event_type": "moon_rises", "external_userid": ZHANGSAN})
    work_all()
    row = Callback.objects.get(dedupe_key=told["msgid"])
    assert (row.status, row.event, row.conversation) == ("ignored", "kf.moon_rises", ZHANGSAN)
    assert row.payload["event"]["open_kfid"] == KF
