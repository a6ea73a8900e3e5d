"""Hand-overs by the platform, played over HTTP against the simulator (§4.5)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.publish import publish
from customers.actions.handover import handover_advance, submit
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerGroup,
    CustomerStatus,
    Follower,
    Handover,
    HandoverItem,
)
from tests.at_once import all_at_once
from tests.factories import TicketFactory
from tests.wechat.handover.conftest import accept, refuse, states
from wechat.client.blocking import BlockingClient
from wechat.simulator.contacts.models import (
    Contact,
    Follow,
    GroupChat,
    Transfer,
    TransferStatus,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calls(monkeypatch):
    """The platform's calls and how many customers each named."""
    made = []
    original = BlockingClient.post

    def counted(self, path, body):
        made.append((path.removeprefix("externalcontact/"), len(body.get("external_userid", []))))
        return original(self, path, body)

    monkeypatch.setattr(BlockingClient, "post", counted)
    return made


def followers(customer):
    return dict(Follower.objects.filter(customer=customer).values_list("wecom_user_id", "status"))


def test_whoever_is_refused_goes_to_the_second_candidate(customers_of, begin, later, people, admin):
    lisi, wangwu, zhaoliu = people["lisi"], people["wangwu"], people["zhaoliu"]
    agrees, refuses, full = customers_of("lisi")[:3]
    tickets = [
        TicketFactory(customer=each, assignee=lisi, status="assigned") for each in (agrees, refuses)
    ]
    case = begin(
        "lisi",
        "wangwu",
        "zhaoliu",
        customer_ids=[agrees.pk, refuses.pk, full.pk],
        message="王五接着为您服务",
        moves_groups=False,
    )
    assert (case.status, states(case)) == ("waiting", {"waiting": 3})
    assert set(Transfer.objects.values_list("message", flat=True)) == {"王五接着为您服务"}
    assert not Customer.objects.filter(follow_user=wangwu).exists(), "nobody moves before the day"

    accept(agrees)
    refuse(refuses)
    refuse(full, limit=True)
    later(case)
    assert states(case) == {"done": 1, "waiting": 2}
    agrees.refresh_from_db()
    assert agrees.follow_user == wangwu
    assert followers(agrees) == {"lisi": "transferred", "wangwu": "active"}
    tickets[0].refresh_from_db()
    assert tickets[0].assignee == wangwu

    accept(refuses, full)
    later(case)
    assert (case.status, states(case)) == ("finished", {"done": 3})
    assert followers(refuses) == {"lisi": "transferred", "zhaoliu": "active"}
    tickets[1].refresh_from_db()
    assert tickets[1].assignee == zhaoliu
    rows = {
        row["name"]: (row["done"], row["refused"], row["limit"])
        for row in case.report["candidates"]
    }
    assert rows == {"王五": (1, 1, 1), "赵六": (2, 0, 0)}
    asked = HandoverItem.objects.get(customer=refuses).moved["asked"]
    assert [(one["name"], one["detail"]) for one in asked] == [("王五", "客户拒绝由接替人服务")]
    event = CustomerEvent.objects.get(customer=refuses, kind="transferred")
    assert (event.actor, event.content) == (admin, "在职转移：李四 → 赵六（一并移交：工单 1）")


def test_whom_everybody_was_refused_stays_and_the_report_says_why(
    customers_of, begin, later, people
):
    customer = customers_of("lisi")[0]
    case = begin("lisi", "wangwu", customer_ids=[customer.pk], moves_groups=False)
    refuse(customer)
    later(case)
    assert (case.status, states(case)) == ("finished", {"refused": 1})
    customer.refresh_from_db()
    assert (customer.follow_user, customer.status) == (people["lisi"], CustomerStatus.NORMAL)
    assert case.report["not_moved"][0]["asked"][0]["code"] == "customer_refused"


def test_what_a_leaver_had_is_inherited_groups_included(customers_of, begin, later, people):
    customers = customers_of("sunqi")
    groups = CustomerGroup.objects.filter(owner=people["sunqi"]).count()
    assert customers
    assert groups == 2
    case = begin("sunqi", "wangwu", reason="resigned")
    assert states(case) == {"done": groups, "waiting": len(customers)}
    assert set(
        GroupChat.objects.filter(name__in=["展会客户群", "老客户福利群"]).values_list("owner")
    ) == {("wangwu",)}
    assert CustomerGroup.objects.filter(owner=people["wangwu"], owner_userid="wangwu").count() == 2
    accept()
    later(case)
    assert (case.status, states(case)) == ("finished", {"done": groups + len(customers)})
    assert {row["name"]: row["count"] for row in case.report["moved"]} == {
        "customers": len(customers),
        "groups": 2,
    }
    assert Customer.objects.filter(follow_user=people["wangwu"]).count() == len(customers)


def test_more_than_a_hundred_are_submitted_in_several_calls(
    customers_of, begin, settings, people, calls
):
    settings.SANDBOX_CONTACTS = 230
    count = len(customers_of("lisi"))
    assert count > 100
    case = begin("lisi", "wangwu", moves_groups=False)
    sizes = [size for path, size in calls if path == "transfer_customer"]
    assert (max(sizes), sum(sizes), len(sizes)) == (100, count, -(-count // 100))
    accept()
    # Without the subscribers of so many events: this is about the case alone.
    Handover.objects.update(next_poll_at=timezone.now())
    handover_advance(case.pk)
    case.refresh_from_db()
    assert (case.status, states(case)) == ("finished", {"done": count})


def test_the_platforms_own_limit_of_two_moves_is_told(customers_of, begin, later, people):
    customer = customers_of("lisi")[0]
    stranger, *_ = Customer.objects.filter(pk__gt=customer.pk)
    contact = Contact.objects.get(external_userid=customer.external_userid)
    for takeover in ("wangwu", "zhaoliu"):
        Transfer.objects.create(
            contact=contact,
            handover_userid="lisi",
            takeover_userid=takeover,
            status=TransferStatus.DONE,
            due_at=timezone.now() - timedelta(days=5),
        )
    Customer.objects.filter(pk=stranger.pk).update(external_userid="wmNobody")
    case = begin("lisi", "wangwu", customer_ids=[customer.pk, stranger.pk], moves_groups=False)
    found = dict(case.items.values_list("customer_id", "state"))
    assert (case.status, found) == ("finished", {customer.pk: "limit", stranger.pk: "failed"})
    details = dict(case.items.values_list("code", "detail"))
    assert details == {
        "40128": "客户 90 天内已被转移 2 次",
        "40096": "企业微信不认识这个外部联系人",
    }


def test_who_is_no_friend_on_the_platform_any_more_is_moved_here(customers_of, begin, people):
    customer = customers_of("zhaoliu")[0]
    Follower.objects.filter(customer=customer).update(user=people["lisi"], wecom_user_id="lisi")
    Customer.objects.filter(pk=customer.pk).update(follow_user=people["lisi"])
    Follow.objects.filter(userid="lisi", contact__external_userid=customer.external_userid).delete()
    case = begin("lisi", "wangwu", customer_ids=[customer.pk], moves_groups=False)
    item = case.items.get()
    assert (item.state, item.submitted_at) == ("done", None)
    assert "只在本系统移交" in item.detail
    customer.refresh_from_db()
    assert customer.follow_user == people["wangwu"]


def test_a_worker_that_dies_after_the_call_does_not_submit_twice(
    customers_of, begin, later, people, monkeypatch, run_outbox, calls
):
    customers = customers_of("lisi")[:4]

    class Killed(BaseException):
        pass

    def die(*_args, **_more):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(submit, "answers_apply", die)
        with pytest.raises(Killed):
            begin("lisi", "wangwu", customer_ids=[c.pk for c in customers], moves_groups=False)
    case = Handover.objects.get()
    assert states(case) == {"pending": 4}
    later(case)
    assert states(case) == {"pending": 4}, "a fresh submission may still be under way elsewhere"
    later(case, dead=True)
    assert states(case) == {"waiting": 4}
    assert Transfer.objects.count() == 4
    assert [path for path, _ in calls].count("transfer_customer") == 1
    accept()
    later(case)
    assert states(case) == {"done": 4}


@pytest.mark.parametrize("delivered", [True, False])
def test_a_call_without_an_answer_is_asked_about_before_it_is_repeated(
    customers_of, begin, later, people, client, delivered
):
    customers = customers_of("lisi")[:2]
    fault = {"channel": "CONTACT", "mode": "timeout", "seconds": 0.1, "delivered": delivered}
    ordered = client.post(
        "/sandbox/api/faults", {**fault, "count": 1}, content_type="application/json"
    )
    assert ordered.status_code == 200, ordered.json()
    case = begin("lisi", "wangwu", customer_ids=[c.pk for c in customers], moves_groups=False)
    assert states(case) == {"pending": 2}
    assert case.report["trouble"]["code"] == "http_504"
    later(case, dead=True)
    assert states(case) == {"waiting": 2}
    assert "trouble" not in case.report
    assert Transfer.objects.count() == 2


def test_workers_at_once_submit_each_customer_once(
    customers_of, begin, later, people, api, admin, calls
):
    customers = customers_of("lisi")
    body = {"from_user": "lisi", "candidates": ["wangwu"], "reason": "on_job"}
    pk = api(admin).post("/api/v1/handovers", body).json()["id"]
    codes = []
    starts = [
        lambda: codes.append(api(admin).post(f"/api/v1/handovers/{pk}/start").status_code)
    ] * 3
    assert all_at_once(starts) == []
    assert sorted(codes) == [200, 409, 409]
    assert all_at_once([lambda: handover_advance(pk)] * 4) == []
    assert Transfer.objects.count() == len(customers)
    assert sum(size for path, size in calls if path == "transfer_customer") == len(customers)


def test_the_platforms_events_are_heard(customers_of, begin, people, run_outbox, later):
    added, refused = customers_of("lisi")[:2]
    case = begin(
        "lisi", "wangwu", "zhaoliu", customer_ids=[added.pk, refused.pk], moves_groups=False
    )
    accept(added)
    data = {"customer_id": added.pk, "wecom_user_id": "wangwu", "by": "customer"}
    publish("customer.follower.added", data)
    run_outbox()
    case.refresh_from_db()
    assert case.next_poll_at <= timezone.now() + timedelta(seconds=30), "asked soon, not at once"
    refuse(refused)
    data = {
        "external_userid": refused.external_userid,
        "wecom_user_id": "wangwu",
        "fail_reason": "customer_refused",
    }
    publish("customer.transfer.failed", data)
    publish("customer.transfer.failed", data)
    run_outbox()
    item = HandoverItem.objects.get(customer=refused)
    assert (item.state, item.to_user) == ("waiting", people["zhaoliu"])
    assert len(item.moved["asked"]) == 1
    later(case)
    assert states(case) == {"done": 1, "waiting": 1}


def test_nobody_is_lost_or_given_to_a_third_by_what_the_platform_tells(
    customers_of, begin, later, people, admin
):
    """A delete event without its source, a friend who follows on: both come before the result."""
    third = people["zhaoliu"]
    lost, given, chosen = customers_of("lisi")[:3]
    case = begin("lisi", "wangwu", customer_ids=[lost.pk, given.pk, chosen.pk], moves_groups=False)
    Customer.objects.filter(pk=lost.pk).update(status=CustomerStatus.LOST, lost_at=timezone.now())
    for customer, entry in ((given, "wecom_sync"), (chosen, "admin")):
        Customer.objects.filter(pk=customer.pk).update(follow_user=third)
        CustomerEvent.objects.create(
            customer=customer, kind="assigned", actor_name="-", entry=entry
        )
    accept()
    later(case)
    for customer in (lost, given, chosen):
        customer.refresh_from_db()
    assert (lost.status, lost.lost_at, lost.follow_user) == (1, None, people["wangwu"])
    assert (given.follow_user, chosen.follow_user) == (people["wangwu"], third)


def test_an_earlier_refusal_between_the_same_two_is_not_todays(customers_of, begin, later, people):
    customer = customers_of("lisi")[0]
    first = begin("lisi", "wangwu", customer_ids=[customer.pk], moves_groups=False)
    refuse(customer)
    later(first)
    second = begin("lisi", "wangwu", customer_ids=[customer.pk], moves_groups=False)
    later(second)
    assert states(second) == {"waiting": 1}
    accept(customer)
    later(second)
    assert states(second) == {"done": 1}


def test_without_a_configured_app_the_case_ends_and_says_so(customers_of, begin, people, settings):
    customer = customers_of("lisi")[0]
    settings.WECOM_CORP_SECRET = ""
    case = begin("lisi", "wangwu", customer_ids=[customer.pk], moves_groups=False)
    assert (case.status, states(case)) == ("finished", {"failed": 1})
    assert case.items.get().code == "not_configured"
