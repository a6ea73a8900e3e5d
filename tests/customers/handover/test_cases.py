"""`/api/v1/handovers` over HTTP: the dry run, the start, the ledger."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, CustomerEvent, Handover, HandoverItem, HandoverReason
from tests.at_once import all_at_once
from tests.factories import (
    CustomerFactory,
    CustomerGroupFactory,
    FollowerFactory,
    TicketFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/handovers"


def plan(client, **body):
    fields = {"from_user": "lisi", "candidates": ["wangwu"], "reason": "on_job", **body}
    return client.post(URL, fields)


def friend_of(user, **fields):
    customer = CustomerFactory(follow_user=user, external_userid=f"wm{user.pk}x", **fields)
    FollowerFactory(customer=customer, user=user)
    return customer


def moved_before(customer, from_user, times, days_ago=10):
    """The ledger's rows of earlier hand-overs by the platform."""
    at = timezone.now() - timedelta(days=days_ago)
    for _ in range(times):
        handover = Handover.objects.create(
            from_user=from_user, candidates=[], reason=HandoverReason.ON_JOB, status="finished"
        )
        HandoverItem.objects.create(
            handover=handover, customer=customer, state="done", submitted_at=at, finished_at=at
        )


def test_the_dry_run_says_what_would_happen_and_moves_nothing(api, admin, lisi, wangwu):
    left = UserFactory(username="left", name="赵六", resigned_at=timezone.now())
    local = CustomerFactory(follow_user=lisi)
    TicketFactory(customer=local, assignee=lisi, status="assigned")
    friend = friend_of(lisi)
    FollowerFactory(customer=friend, user=wangwu)
    often = CustomerFactory(follow_user=lisi, external_userid="wmOften")
    FollowerFactory(customer=often, user=lisi)
    moved_before(often, lisi, 2)
    by_work = CustomerFactory(follow_user=wangwu)
    TicketFactory(customer=by_work, assignee=lisi, status="processing")
    finished = CustomerFactory(follow_user=wangwu)
    TicketFactory(customer=finished, assignee=lisi, status="cancelled")
    CustomerGroupFactory(owner=lisi)

    response = plan(api(admin), candidates=["left", "wangwu"])

    assert response.status_code == 201, response.json()
    case = response.json()
    assert case["status"] == "draft"
    found = case["report"]["plan"]
    figures = ("customers", "on_platform", "local", "already_friends", "limit", "groups")
    assert [found[name] for name in figures] == [4, 1, 2, 1, 1, 1]
    assert {row["name"]: row["count"] for row in found["moves"]}["tickets"] == 2
    assert found["left_out"] == [
        {
            "state": "limit",
            "code": "moved_too_often",
            "detail": "90 天内已转移 2 次，平台不再接受",
            "count": 1,
        }
    ]
    assert [(row["name"], row["can_receive"], row["detail"]) for row in found["candidates"]] == [
        (left.name, False, "已离职"),
        ("王五", True, ""),
    ]
    assert Customer.objects.filter(follow_user=lisi).count() == 3
    assert not CustomerEvent.objects.filter(kind="transferred").exists()
    items = api(admin).get(f"{URL}/{case['id']}/items").json()
    assert items["total"] == 5
    assert {row["to_user"]["name"] for row in items["list"] if row["state"] == "pending"} == {
        "王五"
    }
    assert api(admin).get(f"{URL}/{case['id']}/items?state=limit").json()["total"] == 1


@pytest.mark.parametrize(("times", "days_ago", "limit"), [(1, 10, 0), (2, 91, 0), (2, 89, 1)])
def test_two_moves_in_ninety_days_are_the_most(api, admin, lisi, wangwu, times, days_ago, limit):
    moved_before(friend_of(lisi), lisi, times, days_ago)
    assert plan(api(admin)).json()["report"]["plan"]["limit"] == limit


def test_a_started_case_moves_local_customers_and_reports(api, admin, lisi, wangwu, run_outbox):
    for _ in range(3):
        TicketFactory(customer=CustomerFactory(follow_user=lisi), assignee=lisi, status="assigned")
    client = api(admin)
    pk = plan(client, moves_groups=False).json()["id"]
    started = client.post(f"{URL}/{pk}/start")
    assert (started.status_code, started.json()["status"]) == (200, "running")
    run_outbox()
    case = client.get(f"{URL}/{pk}").json()
    assert case["status"] == "finished"
    assert (case["progress"]["done"], case["progress"]["total"]) == (3, 3)
    assert case["report"]["candidates"] == [
        {"user_id": wangwu.pk, "name": "王五", "done": 3, "refused": 0, "limit": 0, "failed": 0}
    ]
    assert {row["name"]: row["count"] for row in case["report"]["moved"]} == {
        "customers": 3,
        "tickets": 3,
    }
    again = client.post(f"{URL}/{pk}/start")
    assert again.status_code == 409
    assert "finished" in again.json()["errors"][0]["detail"]


def test_what_changed_since_the_dry_run_is_judged_anew(api, admin, lisi, wangwu, run_outbox):
    stays, goes = CustomerFactory(follow_user=lisi), CustomerFactory(follow_user=lisi)
    client = api(admin)
    pk = plan(client).json()["id"]
    Customer.objects.filter(pk=stays.pk).update(follow_user=admin)
    client.post(f"{URL}/{pk}/start")
    run_outbox()
    states = {
        row["customer_id"]: (row["state"], row["code"])
        for row in client.get(f"{URL}/{pk}/items").json()["list"]
    }
    assert states == {stays.pk: ("skipped", "from_user_mismatch"), goes.pk: ("done", "")}
    nobody = plan(client, from_user="wangwu", candidates=["lisi"]).json()["id"]
    type(lisi).objects.filter(pk=lisi.pk).update(resigned_at=timezone.now())
    refused = client.post(f"{URL}/{nobody}/start")
    assert refused.status_code == 409
    assert "李四已离职" in refused.json()["errors"][0]["detail"]


@pytest.mark.django_db(transaction=True)
def test_of_many_starts_at_once_one_starts(api, admin, lisi, wangwu, run_outbox):
    for _ in range(3):
        CustomerFactory(follow_user=lisi)
    first, second = (plan(api(admin)).json()["id"] for _ in range(2))
    codes = []
    acts = [
        lambda pk=pk: codes.append(api(admin).post(f"{URL}/{pk}/start").status_code)
        for pk in (first, second) * 3
    ]
    assert all_at_once(acts) == []
    assert sorted(codes) == [200, 200, 409, 409, 409, 409]
    run_outbox()
    assert HandoverItem.objects.filter(state="done").count() == 3
    assert HandoverItem.objects.filter(code="in_handover").count() == 3
    assert CustomerEvent.objects.filter(kind="transferred").count() == 3


def test_cases_are_administrators_business(api, admin, lisi, wangwu):
    CustomerFactory(follow_user=lisi)
    pk = plan(api(admin)).json()["id"]
    staff = api(lisi)
    assert plan(staff).status_code == 403
    assert staff.get(URL).status_code == 403
    assert staff.get(f"{URL}/{pk}").status_code == 403
    assert staff.get(f"{URL}/{pk}/items").status_code == 403
    assert staff.post(f"{URL}/{pk}/start").status_code == 403
    assert api(admin).get(f"{URL}/{pk + 1}").status_code == 404
    assert api(admin).get(f"{URL}/{pk + 1}/items").status_code == 404
    assert api(admin).post(f"{URL}/{pk + 1}/start").status_code == 404


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"candidates": []}, "candidates"),
        ({"candidates": ["wangwu", "wangwu"]}, "candidates"),
        ({"candidates": ["lisi"]}, "candidates"),
        ({"candidates": "wangwu"}, "candidates"),
        ({"candidates": [None]}, "candidates"),
        ({"from_user": "nobody"}, "from_user"),
        ({"from_user": "wangwu", "candidates": ["lisi"]}, "from_user"),
        ({"customer_ids": []}, "customer_ids"),
        ({"moves_groups": "maybe"}, "moves_groups"),
    ],
)
def test_a_wrong_dry_run_names_the_field(api, admin, lisi, wangwu, change, attr):
    CustomerFactory(follow_user=lisi)
    response = plan(api(admin), **change)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"].split(".")[0] == attr
    assert not Handover.objects.exists()


def test_lists_ask_no_query_for_each_row(api, admin, lisi, wangwu, django_assert_max_num_queries):
    customers = [CustomerFactory(follow_user=lisi) for _ in range(12)]
    client = api(admin)
    for customer in customers:
        pk = plan(client, customer_ids=[customer.pk]).json()["id"]
    whole = plan(client, candidates=[admin.pk, "wangwu"]).json()["id"]
    with django_assert_max_num_queries(4):
        found = client.get(f"{URL}?reason=on_job").json()
    assert (found["total"], found["list"][0]["id"]) == (13, whole)
    assert [person["name"] for person in found["list"][0]["candidates"]] == ["管理员", "王五"]
    assert client.get(f"{URL}?status=finished").json()["total"] == 0
    with django_assert_max_num_queries(3):
        assert client.get(f"{URL}/{whole}/items").json()["total"] == 12
    assert pk < whole


def test_the_admin_says_who_left_customers_behind_and_starts_from_there(
    client, admin, lisi, wangwu, run_outbox
):
    type(lisi).objects.filter(pk=lisi.pk).update(resigned_at=timezone.now(), is_active=False)
    CustomerFactory(follow_user=lisi)
    client.force_login(admin)
    begin = f"{reverse('admin:customers_handover_add')}?from_user={lisi.pk}"
    for page in (
        reverse("admin:customers_handover_changelist"),
        reverse("admin:customers_user_change", args=[lisi.pk]),
    ):
        text = client.get(page).content.decode()
        assert begin in text
        assert "发起离职继承" in text
    assert client.get(begin).context["form"]["reason"].value() == "resigned"

    refused = client.post(begin, {"from_user": lisi.pk, "reason": "resigned", "first": lisi.pk})
    assert refused.context["form"].errors["first"]
    fields = {"from_user": lisi.pk, "reason": "resigned", "first": wangwu.pk}
    page = client.post(begin, fields, follow=True)
    assert "预演结果" in page.content.decode()
    handover = Handover.objects.get()
    client.post(reverse("admin:customers_handover_start", args=[handover.pk]))
    run_outbox()
    text = client.get(
        reverse("admin:customers_handover_change", args=[handover.pk])
    ).content.decode()
    assert "已完成" in text
    assert "接替 <strong>1</strong>" in text
    assert begin not in client.get(reverse("admin:customers_handover_changelist")).content.decode()


def test_staff_see_no_hand_overs_in_the_admin(client, lisi):
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi)
    assert client.get(reverse("admin:customers_handover_changelist")).status_code == 403
    assert client.get(reverse("admin:customers_handover_add")).status_code == 403
