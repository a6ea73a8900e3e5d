"""Follow-up plans: entered by events, worked by the scan, left when there is no more point (SOP)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from config.api.roles import Role
from config.events.models import OutboxEntry
from customers.actions.assign import customer_assign
from customers.actions.block import customer_block
from customers.actions.plan_steps import make_due_tasks
from customers.actions.standing import customer_mark_lost
from customers.actions.tags import tags_add
from customers.models import (
    Customer,
    FollowUp,
    FollowUpPlan,
    FollowUpTask,
    PlanEnrollment,
    PlanStep,
)
from customers.projects.moves import project_move
from customers.tasks import plans as tasks
from tests.at_once import all_at_once
from tests.factories import (
    AdminFactory,
    CustomerFactory,
    ProjectFactory,
    TagFactory,
    UserFactory,
    actor,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/follow-up-plans"
STEPS = [
    {"day": 0, "hour": 9, "title": "欢迎", "content": "您好"},
    {"day": 2, "hour": 14, "title": "回访"},
]


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def plan_of(trigger="manual", steps=((0, 9), (2, 14)), **fields):
    plan = FollowUpPlan.objects.create(name=f"计划{trigger}", trigger=trigger, **fields)
    for day, hour in steps:
        PlanStep.objects.create(plan=plan, day=day, hour=hour, title=f"第{day}天")
    return plan


def titles():
    return list(FollowUpTask.objects.order_by("id").values_list("title", flat=True))


# --- The calls ----------------------------------------------------------------------------------------


def test_a_plan_is_made_changed_and_removed(api, admin, lisi):
    tag = TagFactory()
    made = api(admin).post(
        URL, {"name": "新客", "trigger": "tag_added", "triggerTagId": tag.pk, "steps": STEPS}
    )
    assert made.status_code == 201, made.json()
    plan = made.json()
    assert (plan["trigger_tag_id"], [step["title"] for step in plan["steps"]]) == (
        tag.pk, ["欢迎", "回访"],
    )  # fmt: skip
    assert api(lisi).get(URL).json()["list"] == [plan]
    path = f"{URL}/{plan['id']}"
    first = plan["steps"][0]["id"]
    changed = (
        api(admin)
        .patch(
            path, {"steps": [{**STEPS[0], "hour": 10, "id": first}, {"day": 5, "title": "再访"}]}
        )
        .json()
    )
    assert [(s["id"] == first, s["day"], s["hour"]) for s in changed["steps"]] == [
        (True, 0, 10), (False, 5, 9),
    ]  # fmt: skip
    assert api(admin).delete(path).status_code == 204
    assert not FollowUpPlan.objects.exists()


def test_a_used_plan_is_only_switched_off_and_left(api, admin):
    plan, customer = plan_of(), CustomerFactory()
    api(admin).post(f"/api/v1/customers/{customer.pk}/plans", {"plan_id": plan.pk})
    assert api(admin).delete(f"{URL}/{plan.pk}").json()["is_active"] is False
    assert PlanEnrollment.objects.get().status == "stopped"


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"name": ""}, "name"),
        ({"trigger": "x"}, "trigger"),
        ({"trigger": "tag_added"}, "trigger_tag_id"),
        ({"trigger": "tag_added", "trigger_tag_id": 999}, "trigger_tag_id"),
        ({"trigger": "stage_entered"}, "trigger_stage"),
        ({"steps": []}, "steps"),
        ({"steps": [{"title": "x", "hour": 24}]}, "steps.0.hour"),
        ({"steps": [{"title": "x", "day": -1}]}, "steps.0.day"),
        ({"steps": [{"title": "x", "id": 999}]}, "steps.0.id"),
        ({"steps": [{"title": "x"}] * 51}, "steps"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_its_field(api, admin, change, attr):
    body = {"name": "新客", "trigger": "manual", "steps": STEPS, **change}
    response = api(admin).post(URL, body)
    assert response.status_code == 400
    assert attr in [error["attr"] for error in response.json()["errors"]]
    assert not FollowUpPlan.objects.exists()


def test_a_taken_name_is_refused(api, admin):
    body = {"name": "新客", "trigger": "manual", "steps": STEPS}
    assert api(admin).post(URL, body).status_code == 201
    assert api(admin).post(URL, body).json()["errors"][0]["attr"] == "name"


def test_staff_read_plans_and_customers_do_not(api, lisi):
    plan = plan_of()
    body = {"name": "x", "trigger": "manual", "steps": STEPS}
    assert api(lisi).get(f"{URL}/{plan.pk}").status_code == 200
    assert api(lisi).post(URL, body).status_code == 403
    assert api(lisi).patch(f"{URL}/{plan.pk}", {"name": "y"}).status_code == 403
    assert api(lisi).delete(f"{URL}/{plan.pk}").status_code == 403
    assert api(UserFactory(role=Role.CUSTOMER)).get(URL).status_code == 403


def test_by_hand_into_a_plan_and_out_again(api, lisi, wangwu):
    plan, customer = plan_of(), CustomerFactory(follow_user=lisi)
    path = f"/api/v1/customers/{customer.pk}/plans"
    made = api(lisi).post(path, {"planId": plan.pk})
    assert made.status_code == 201
    again = api(lisi).post(path, {"plan_id": plan.pk})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "already_enrolled")
    assert api(lisi).post(path, {"plan_id": 999}).json()["errors"][0]["attr"] == "plan_id"
    assert api(wangwu).post(path, {"plan_id": plan.pk}).status_code == 404
    assert api(wangwu).get(path).status_code == 404
    stop = f"{path}/{made.json()['id']}/stop"
    assert api(wangwu).post(stop).status_code == 404
    assert api(lisi).post(stop).json()["status"] == "stopped"
    assert [row["plan_name"] for row in api(lisi).get(path).json()["list"]] == ["计划manual"]


# --- Entering by events -------------------------------------------------------------------------------


def test_a_new_customer_enters_and_a_repeated_event_enters_nothing_more(api, lisi, run_outbox):
    plan_of("customer_created")
    api(lisi).post("/api/v1/customers", {"name": "张三", "phone": "13800138000"})
    envelope = OutboxEntry.objects.get(name="customer.created").payload
    run_outbox()
    tasks.enroll_by_event(envelope)
    enrollment = PlanEnrollment.objects.get()
    assert (enrollment.customer.name, enrollment.status) == ("张三", "running")


def test_a_tag_and_a_stage_start_their_plans(admin, run_outbox):
    tag, other = TagFactory(), TagFactory()
    plan_of("tag_added", trigger_tag=tag)
    plan_of("stage_entered", trigger_stage="insale")
    customer = CustomerFactory()
    project = ProjectFactory(customer=customer)
    boss = actor(admin)
    tags_add(customer_id=customer.pk, tag_ids=[other.pk], actor=boss)
    run_outbox()
    assert not PlanEnrollment.objects.exists()
    tags_add(customer_id=customer.pk, tag_ids=[tag.pk], actor=boss)
    project_move(project_id=project.pk, stage="insale", actor=boss)
    run_outbox()
    entered = PlanEnrollment.objects.values_list("plan__name", flat=True)
    assert sorted(entered) == ["计划stage_entered", "计划tag_added"]


# --- The scan -----------------------------------------------------------------------------------------


@pytest.fixture
def entered(lisi):
    """Entered on 2 March at 15:00: too late for that day's nine o'clock."""
    customer = CustomerFactory(name="张三", follow_user=lisi)
    return PlanEnrollment.objects.create(plan=plan_of(), customer=customer, started_at=at(2, 15))


def test_steps_become_tasks_at_their_day_and_hour_and_the_plan_ends(entered, lisi, api):
    assert make_due_tasks(at(2, 15, 5)) == 1
    assert make_due_tasks(at(2, 15, 10)) == 0
    assert make_due_tasks(at(4, 13, 59)) == 0
    assert make_due_tasks(at(4, 14)) == 1
    first, second = FollowUpTask.objects.order_by("id")
    assert (first.due_at, second.due_at) == (at(2, 15), at(4, 14))
    assert first.owner == lisi
    for task in (first, second):
        entered.refresh_from_db()
        assert entered.status == "running"
        api(lisi).post(f"/api/v1/follow-up-tasks/{task.pk}/done")
        make_due_tasks(at(4, 15))
    entered.refresh_from_db()
    assert entered.status == "finished"


def test_a_late_scan_catches_up_but_not_with_long_ago(entered):
    assert make_due_tasks(at(6, 9)) == 1, "the first step is four days old"
    assert titles() == ["第2天"]


def test_a_step_that_stays_makes_no_second_task_when_the_plan_is_changed(entered, api, admin):
    make_due_tasks(at(2, 16))
    steps = [{"day": 0, "hour": 9, "title": "第0天"}, {"day": 0, "hour": 10, "title": "新"}]
    api(admin).patch(f"{URL}/{entered.plan_id}", {"steps": steps})
    make_due_tasks(at(2, 17))
    assert titles() == ["第0天", "新"]


def test_a_switched_off_plan_rests(entered):
    FollowUpPlan.objects.update(is_active=False)
    assert make_due_tasks(at(2, 16)) == 0


@pytest.mark.parametrize(
    "end",
    [
        lambda pk, by: customer_mark_lost(customer_id=pk, actor=by, reason="x"),
        lambda pk, by: customer_block(customer_id=pk, actor=by, reason="x"),
    ],
    ids=["lost", "blocked"],
)
def test_who_is_lost_or_blocked_leaves_and_their_tasks_are_cancelled(
    entered, admin, run_outbox, end
):
    make_due_tasks(at(2, 16))
    end(entered.customer_id, actor(admin))
    run_outbox()
    entered.refresh_from_db()
    assert entered.status == "stopped"
    assert entered.reason
    assert FollowUpTask.objects.filter(enrollment=entered).get().status == "cancelled"


def test_who_was_deleted_in_bulk_leaves_at_the_next_scan(entered):
    Customer.objects.update(status=0)
    assert make_due_tasks(at(2, 16)) == 0
    entered.refresh_from_db()
    assert entered.status == "stopped"


def test_an_answer_ends_a_plan_that_waits_for_one(entered):
    FollowUpPlan.objects.update(stops_on_reply=True)
    Customer.objects.update(last_active_at=at(2, 14))
    assert make_due_tasks(at(2, 16)) == 1, "what was before the start is no answer"
    Customer.objects.update(last_active_at=at(2, 17))
    make_due_tasks(at(4, 15))
    entered.refresh_from_db()
    assert (entered.status, entered.reason) == ("stopped", "客户已回应")
    assert titles() == ["第0天"]


def test_open_work_goes_with_the_customer_to_the_new_owner(
    entered, admin, lisi, wangwu, run_outbox
):
    make_due_tasks(at(2, 16))
    engineer = UserFactory()
    customer = entered.customer
    planned = FollowUp.objects.create(customer=customer, content="x", owner=lisi, next_at=at(9, 9))
    visit = FollowUp.objects.create(
        customer=customer, content="y", owner=engineer, next_at=at(9, 9)
    )
    customer_assign(customer_id=customer.pk, to_user=wangwu, actor=actor(admin))
    run_outbox()
    for row, owner in ((FollowUpTask.objects.get(), wangwu), (planned, wangwu), (visit, engineer)):
        row.refresh_from_db()
        assert row.owner == owner


# --- One's own tasks ----------------------------------------------------------------------------------


def task(owner, **fields):
    fields.setdefault("customer", CustomerFactory(follow_user=owner))
    return FollowUpTask.objects.create(owner=owner, **{"title": "x", "due_at": at(2, 12), **fields})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["旧", "今", "周", "远", "完"]),
        ("status=open&due=overdue", ["旧"]),
        ("due=today", ["旧", "今"]),
        ("due=week", ["旧", "今", "周"]),
        ("status=done", ["完"]),
        ("ordering=-due_at&status=open", ["远", "周", "今", "旧"]),
    ],
)
def test_ones_own_tasks(api, lisi, wangwu, query, found):
    with time_machine.travel(at(2, 15), tick=False):
        for title, due in (
            ("旧", at(2, 12)),
            ("今", at(2, 23)),
            ("周", at(8, 9)),
            ("远", at(9, 9)),
        ):
            task(lisi, title=title, due_at=due)
        task(lisi, title="完", status="done", due_at=at(9, 10))
        task(wangwu)
        listed = api(lisi).get(f"/api/v1/follow-up-tasks?{query}").json()["list"]
    assert [row["title"] for row in listed] == found


def test_done_with_what_came_of_it(api, lisi, wangwu, admin):
    mine = task(lisi, title="回访")
    path = f"/api/v1/follow-up-tasks/{mine.pk}/done"
    assert api(wangwu).post(path).status_code == 404
    done = api(lisi).post(path, {"note": "下月再买", "kind": "call"}).json()
    assert (done["status"], done["done_at"] is not None) == ("done", True)
    assert api(lisi).post(path, {"note": "下月再买"}).status_code == 200
    assert FollowUp.objects.get().content == "回访：下月再买"
    cancelled = task(lisi, status="cancelled")
    assert api(lisi).post(f"/api/v1/follow-up-tasks/{cancelled.pk}/done").status_code == 409
    assert api(lisi).get("/api/v1/follow-up-tasks?due=x").status_code == 400
    assert api(UserFactory(role=Role.CUSTOMER)).get("/api/v1/follow-up-tasks").status_code == 403
    assert api(admin).get("/api/v1/follow-up-tasks?owner=lisi").json()["total"] == 2


@pytest.mark.django_db(transaction=True)
def test_scans_at_once_make_each_task_once():
    AdminFactory()
    plan = plan_of()
    for customer in CustomerFactory.create_batch(20):
        PlanEnrollment.objects.create(plan=plan, customer=customer, started_at=at(2, 8))
    assert all_at_once([lambda: make_due_tasks(at(2, 9)) for _ in range(6)]) == []
    assert FollowUpTask.objects.count() == 20
    assert make_due_tasks(at(2, 9) + timedelta(minutes=5)) == 0
