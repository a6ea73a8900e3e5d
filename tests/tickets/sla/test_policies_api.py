"""`/api/sla/policies…` over HTTP: made, changed, tried out, applied, deleted."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from config.events.models import OutboxEntry
from config.runtime import store
from tests.factories import CustomerFactory, TagFactory, TicketFactory, actor
from tickets import actions
from tickets.models import SlaApplication, SlaPolicy, SlaPolicyVersion, Ticket, TicketEvent
from tickets.sla import applying, effects
from tickets.tasks.sla import apply_policy

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "/api/sla/policies"
BODY = {"name": "标准", "response_minutes": 60, "resolution_minutes": 600, "clock": "plain"}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def boss(api, admin):
    return api(admin)


def test_a_policy_is_made_with_defaults(boss):
    tag = TagFactory(name="VIP")
    answer = boss.post(URL, {"name": "标准", "resolution_minutes": 600, "tag_ids": [tag.pk]})
    assert answer.status_code == 201
    made = answer.json()
    assert {**made, "id": 0, "created_at": "", "updated_at": ""} == {
        "id": 0, "name": "标准", "rank": 100, "is_active": True, "priorities": [], "products": [],
        "tags": [{"id": tag.pk, "name": "VIP"}], "response_minutes": None,
        "resolution_minutes": 600, "clock": "working",
        "ladder": [
            {"percent": 50, "tell": ["assignee"]},
            {"percent": 80, "tell": ["assignee", "supervisor"]},
            {"percent": 100, "tell": ["supervisor", "group"]},
        ],
        "version": 1, "created_at": "", "updated_at": "",
    }  # fmt: skip


def test_a_new_policy_takes_the_ladder_of_the_setting(boss, admin):
    ladder = [{"percent": 90, "tell": ["group"]}]
    store.change(key="ticket.sla_ladder", value=ladder, actor=admin)
    store.forget_snapshot()
    assert boss.post(URL, BODY).json()["ladder"] == ladder


def test_each_change_is_a_version_and_the_same_again_is_none(boss):
    made = boss.post(URL, BODY).json()
    one = f"{URL}/{made['id']}"
    assert boss.patch(one, {"resolution_minutes": 300}).json()["version"] == 2
    assert boss.patch(one, {"resolution_minutes": 300}).json()["version"] == 2
    assert boss.put(one, {**BODY, "rank": 5}).json()["version"] == 3
    versions = boss.get(f"{one}/versions").json()
    assert [(row["version"], row["rules"]["resolution_minutes"]) for row in versions["list"]] == [
        (3, 600), (2, 300), (1, 600),
    ]  # fmt: skip
    assert versions["list"][0]["changed_by"] == "管理员"


def test_somebody_elses_change_in_between_is_a_conflict(boss):
    one = f"{URL}/{boss.post(URL, BODY).json()['id']}"
    boss.patch(one, {"rank": 1, "version": 1})
    answer = boss.patch(one, {"rank": 2, "version": 1})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "version_conflict"


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u2028"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"rank": -1}, "rank"),
        ({"rank": 10**30}, "rank"),
        ({"response_minutes": None, "resolution_minutes": None}, "resolution_minutes"),
        ({"response_minutes": 0}, "response_minutes"),
        ({"resolution_minutes": 10**9}, "resolution_minutes"),
        ({"priorities": ["asap"]}, "priorities.0"),
        ({"products": [""]}, "products.0"),
        ({"products": ["x\x00"]}, None),
        ({"products": ["\ud800"]}, None),
        ({"tag_ids": [999]}, "tag_ids"),
        ({"tag_ids": [10**30]}, "tag_ids.0"),
        ({"clock": "lunar"}, "clock"),
        ({"ladder": [{"percent": 50}]}, "ladder.0.tell"),
        ({"ladder": [{"percent": 50, "tell": []}]}, "ladder.0.tell"),
        ({"ladder": [{"percent": 50, "tell": ["x"]}]}, "ladder.0.tell.0"),
        (
            {"ladder": [{"percent": 80, "tell": ["group"]}, {"percent": 50, "tell": ["group"]}]},
            "ladder.1.percent",
        ),
        ({"ladder": [{"percent": n + 1, "tell": ["group"]} for n in range(9)]}, "ladder"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_rules_name_their_field_and_leave_nothing(boss, change, attr):
    # Escaped: a test client would refuse to encode a lone surrogate.
    body = json.dumps({**BODY, **change})
    answer = boss.generic("POST", URL, body, "application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not SlaPolicy.objects.exists()
    assert boss.generic("POST", f"{URL}/preview", body, "application/json").status_code == 400


def test_a_name_is_taken_once(boss):
    boss.post(URL, BODY)
    answer = boss.post(URL, BODY)
    assert answer.status_code == 400
    assert answer.json()["errors"][0] == {
        "code": "unique", "detail": "已有名为「标准」的策略", "attr": "name",
    }  # fmt: skip


def test_policies_are_listed_in_the_order_in_which_they_are_tried(
    boss, policy, settings_read_once, django_assert_max_num_queries
):
    tag = TagFactory()
    for number in range(12):
        policy(name=f"策略{number}", rank=100 - number, tags=[tag.pk])
    with django_assert_max_num_queries(3):
        listed = boss.get(URL).json()["list"]
    assert [row["rank"] for row in listed] == sorted(row["rank"] for row in listed)
    assert boss.get(f"{URL}?is_active=false").json()["total"] == 0


def test_a_policy_that_open_tickets_live_by_is_not_deleted(boss, policy, open_ticket, lisi):
    made, ticket = policy(), open_ticket()
    one = f"{URL}/{made.pk}"
    answer = boss.delete(one)
    assert answer.status_code == 409
    assert "还有 1 个未完成的工单" in answer.json()["errors"][0]["detail"]
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    assert boss.delete(one).status_code == 204
    ticket.refresh_from_db()
    assert ticket.sla_policy is None
    assert not SlaPolicyVersion.objects.exists()


def test_the_preview_says_what_would_move_and_writes_nothing(clock, boss, policy, open_ticket):
    made = policy()
    late, soon, far = open_ticket(), open_ticket(), open_ticket(priority="low")
    Ticket.objects.filter(pk=late.pk).update(
        sla_started_at=START - timedelta(hours=11), deadline=START - timedelta(hours=1)
    )
    Ticket.objects.filter(pk=soon.pk).update(
        sla_started_at=START - timedelta(hours=2), deadline=START + timedelta(hours=8)
    )
    before = list(Ticket.objects.order_by("pk").values())
    events, versions = TicketEvent.objects.count(), SlaPolicyVersion.objects.count()
    body = {**BODY, "priorities": ["normal"], "policy_id": made.pk}

    found = boss.post(f"{URL}/preview", {**body, "resolution_minutes": 60}, format="json").json()
    assert {name: found[name] for name in found if name != "examples"} == {
        "open_tickets": 3, "examined": 3, "is_complete": True, "moved": 3,
        "become_overdue": 1, "no_longer_overdue": 0,
    }  # fmt: skip
    by_id = {example["ticket_id"]: example for example in found["examples"]}
    assert by_id[soon.pk]["old"]["deadline"] == "2026-03-02T17:00:00+08:00"
    assert by_id[soon.pk]["new"]["deadline"] == "2026-03-02T08:00:00+08:00"
    assert by_id[far.pk]["new"] == {
        "policy": None, "response_due_at": None, "deadline": "2026-03-03T09:00:00+08:00",
    }  # fmt: skip

    found = boss.post(f"{URL}/preview", {**body, "resolution_minutes": 6000}, format="json").json()
    assert (found["become_overdue"], found["no_longer_overdue"]) == (0, 1)
    assert list(Ticket.objects.order_by("pk").values()) == before
    assert (TicketEvent.objects.count(), SlaPolicyVersion.objects.count()) == (events, versions)


def test_the_preview_of_a_new_policy_takes_only_what_others_leave(clock, boss, policy, open_ticket):
    policy(rank=10, priorities=["urgent"])
    open_ticket(priority="urgent")
    plain = open_ticket()
    found = boss.post(f"{URL}/preview", {**BODY, "name": "新", "rank": 10}, format="json").json()
    assert [example["ticket_id"] for example in found["examples"]] == [plain.pk]
    found = boss.post(f"{URL}/preview", {**BODY, "name": "新", "rank": 9}, format="json").json()
    assert found["moved"] == 1, "the urgent one's times would be the same"
    off = {**BODY, "name": "新", "is_active": False}
    assert boss.post(f"{URL}/preview", off, format="json").json()["moved"] == 0


def test_the_preview_is_bounded(
    clock, boss, monkeypatch, settings_read_once, django_assert_max_num_queries
):
    monkeypatch.setattr(effects, "CHUNK", 10)
    monkeypatch.setattr(effects, "MOST_EXAMINED", 25)
    customer = CustomerFactory()
    for _ in range(30):
        TicketFactory(customer=customer)
    with django_assert_max_num_queries(14):
        found = boss.post(f"{URL}/preview", BODY, format="json").json()
    assert (found["open_tickets"], found["examined"], found["is_complete"]) == (30, 25, False)
    assert found["moved"] == 25
    assert len(found["examples"]) == 10


def test_an_unknown_policy_is_a_404(boss):
    assert boss.post(f"{URL}/preview", {**BODY, "policy_id": 999}, format="json").status_code == 404
    for method, path in (("get", ""), ("patch", ""), ("delete", ""), ("post", "/apply")):
        assert getattr(boss, method)(f"{URL}/999{path}", {}).status_code == 404


def test_applied_the_open_tickets_get_the_present_version(
    clock, boss, policy, open_ticket, lisi, run_outbox
):
    made = policy()
    open_one, finished, named = open_ticket(), open_ticket(), open_ticket()
    actions.ticket_transition(ticket_id=finished.pk, status="resolved", actor=actor(lisi))
    later = START + timedelta(days=9)
    actions.ticket_edit(ticket_id=named.pk, changes={"deadline": later}, actor=actor(lisi))
    run_outbox()
    clock.shift(timedelta(hours=2))
    policy(policy_id=made.pk, resolution_minutes=60, response_minutes=60)

    answer = boss.post(f"{URL}/{made.pk}/apply")
    assert answer.status_code == 202
    run_outbox()
    open_one.refresh_from_db()
    assert open_one.deadline == START + timedelta(hours=1)
    assert (open_one.sla_version, open_one.sla_state) == (2, "breached")
    event = open_one.events.last()
    assert (event.kind, event.content) == ("sla", "策略更新（版本 2）")
    assert event.changes["sla_version"] == [1, 2]
    named.refresh_from_db()
    assert (named.deadline, named.sla_version) == (later, 2)
    finished.refresh_from_db()
    assert finished.sla_version == 1
    (done,) = boss.get(f"{URL}/{made.pk}/applications").json()["list"]
    assert done["finished_at"] is not None
    assert (done["version"], done["examined"], done["moved"]) == (2, 2, 2)
    assert (done["become_overdue"], done["no_longer_overdue"]) == (1, 0)
    assert done["started_by"] == "管理员"


def test_applied_twice_while_running_it_is_one_run(boss, policy):
    made = policy()
    first = boss.post(f"{URL}/{made.pk}/apply").json()["id"]
    assert boss.post(f"{URL}/{made.pk}/apply").json()["id"] == first
    assert OutboxEntry.objects.filter(name="tickets.tasks.sla.apply_policy").count() == 1


def test_an_application_goes_on_where_another_worker_died(
    clock, boss, policy, open_ticket, run_outbox, monkeypatch
):
    monkeypatch.setattr(applying, "BATCH", 2)
    monkeypatch.setattr(applying, "BATCHES", 1)
    made = policy()
    tickets = [open_ticket() for _ in range(5)]
    policy(policy_id=made.pk, resolution_minutes=60)
    number = boss.post(f"{URL}/{made.pk}/apply").json()["id"]
    OutboxEntry.objects.all().delete()
    apply_policy(number)
    # The task came twice, as a broker may bring it.
    apply_policy(number)
    OutboxEntry.objects.exclude(name="tickets.tasks.sla.apply_policy").delete()
    run_outbox()
    application = SlaApplication.objects.get()
    assert (application.moved, application.examined) == (5, 5)
    assert application.finished_at is not None
    for ticket in tickets:
        ticket.refresh_from_db()
        assert ticket.sla_version == 2
        assert ticket.events.filter(kind="sla").count() == 1


def test_staff_read_and_do_not_write(api, lisi, policy):
    made = policy()
    staff = api(lisi)
    assert staff.get(URL).json()["total"] == 1
    assert staff.get(f"{URL}/{made.pk}/versions").status_code == 200
    assert staff.patch(f"{URL}/{made.pk}", {"rank": 1}).status_code == 403
    assert staff.post(f"{URL}/preview", BODY).status_code == 403


def test_a_ticket_that_cannot_be_moved_holds_up_no_application(
    policy, open_ticket, boss, monkeypatch
):
    made = policy()
    stuck, other = open_ticket(), open_ticket()
    policy(policy_id=made.pk, resolution_minutes=60)
    boss.post(f"{URL}/{made.pk}/apply")
    recalculated = applying.recalculated

    def failing(ticket, why):
        if ticket.pk == stuck.pk:
            raise RuntimeError("broken")
        return recalculated(ticket, why)

    monkeypatch.setattr(applying, "recalculated", failing)
    application = SlaApplication.objects.get()
    apply_policy(application.pk)
    application.refresh_from_db()
    assert application.finished_at is not None
    assert (application.examined, application.moved) == (2, 1)
    other.refresh_from_db()
    assert other.sla_version == 2


def test_an_application_whose_task_was_lost_goes_on_when_asked_again(policy, boss):
    made = policy()
    number = boss.post(f"{URL}/{made.pk}/apply").json()["id"]
    OutboxEntry.objects.all().delete()
    SlaApplication.objects.update(created_at=timezone.now() - timedelta(minutes=31))
    assert boss.post(f"{URL}/{made.pk}/apply").json()["id"] == number
    assert OutboxEntry.objects.get(name="tickets.tasks.sla.apply_policy").payload == [number]


@pytest.mark.parametrize("rung", [{}, {"percent": 50}, {"tell": ["group"]}])
def test_half_a_rung_is_refused_in_a_patch_too(policy, boss, rung):
    answer = boss.patch(f"{URL}/{policy().pk}", {"ladder": [rung]}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"].startswith("ladder.0")
