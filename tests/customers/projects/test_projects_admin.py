"""Projects, plans and tasks in the operators' admin."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import demo
from customers.models import FollowUpPlan, FollowUpTask, PlanEnrollment, Project
from messaging.models import Message
from tests.factories import CustomerFactory, ProjectFactory, TagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def staff(client, lisi):
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi)
    return client


def page(name, *args):
    return reverse(f"admin:customers_{name}", args=args)


def fields(project=None, **changes):
    formset = {f"events-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    seen = {"seen_version": project.version, "name": project.name} if project else {}
    given = {"progress": 0, "amount": "0", "products_text": "", "description": ""}
    return {**given, **formset, **seen, **changes}


def test_a_project_is_made_and_changed_through_the_actions(operator, lisi, wangwu):
    customer = CustomerFactory(follow_user=lisi)
    new = fields(name="上云", customer=customer.pk, products_text="云服务器、备份", amount="5")
    assert operator.post(page("project_add"), new).status_code == 302
    project = Project.objects.get()
    assert (project.products, project.version) == (["云服务器", "备份"], 1)
    change = fields(project, engineer=wangwu.pk, progress=30, products_text="备份")
    operator.post(page("project_change", project.pk), change)
    project.refresh_from_db()
    assert (project.engineer, project.progress, project.product) == (wangwu, 30, "备份")
    assert [e.entry for e in project.events.all()] == ["admin"] * 3
    stale = operator.post(
        page("project_change", project.pk), {**change, "progress": 90}, follow=True
    )
    assert "已被修改" in stale.content.decode()
    assert "云服务器" in operator.get(page("project_change", project.pk)).content.decode()


def test_a_stage_is_changed_with_what_the_table_allows(operator):
    project = ProjectFactory()
    path = page("project_move", project.pk)
    assert "进入售中" in operator.get(path).content.decode()
    refused = operator.post(path, {"target": "status:lost", "reason": ""})
    assert "必须说明原因" in refused.content.decode()
    assert (
        "选择一个有效的选项" in operator.post(path, {"target": "stage:aftersale"}).content.decode()
    )
    assert operator.post(path, {"target": "stage:insale"}).status_code == 302
    project.refresh_from_db()
    assert project.stage == "insale"
    operator.post(path, {"target": "stage:presale", "reason": "合同取消"})
    project.refresh_from_db()
    assert project.stage == "presale"


def test_staff_see_their_own_projects_and_do_not_step_back(staff, lisi):
    own = ProjectFactory(owner=lisi, stage="insale", won_at=timezone.now())
    foreign = ProjectFactory(name="别人的项目")
    listed = staff.get(page("project_changelist")).content.decode()
    assert own.name in listed
    assert "别人的项目" not in listed
    assert staff.get(page("project_move", foreign.pk)).status_code == 404
    assert "退回售前" not in staff.get(page("project_move", own.pk)).content.decode()
    assert staff.get(page("project_change", own.pk)).status_code == 200
    new = fields(name="x", customer=foreign.customer_id)
    assert staff.post(page("project_add"), new).status_code == 200
    assert Project.objects.count() == 2


def plan_fields(**changes):
    steps = {
        "steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-day": "0",
        "steps-0-hour": "9", "steps-0-title": "欢迎",
    }  # fmt: skip
    return {"name": "新客", "trigger": "manual", "is_active": "on", **steps, **changes}


def test_a_plan_is_made_with_its_steps(operator):
    tag = TagFactory()
    add = page("followupplan_add")
    assert (
        operator.post(add, plan_fields(trigger="tag_added", trigger_tag=tag.pk)).status_code == 302
    )
    plan = FollowUpPlan.objects.get()
    assert (plan.trigger_tag, plan.steps.get().title) == (tag, "欢迎")
    assert tag.name in operator.get(page("followupplan_changelist")).content.decode()
    for change, told in (
        ({"name": "a", "trigger": "tag_added"}, "请选择触发标签"),
        ({"name": "b", "trigger": "stage_entered"}, "请选择触发阶段"),
        ({"name": "c", "steps-TOTAL_FORMS": "0"}, "至少要有一个步骤"),
    ):
        assert told in operator.post(add, plan_fields(**change)).content.decode()
    assert FollowUpPlan.objects.count() == 1


def test_a_used_plan_is_switched_off_instead_of_deleted(operator):
    plan = FollowUpPlan.objects.create(name="x", trigger="manual")
    PlanEnrollment.objects.create(plan=plan, customer=CustomerFactory(), started_at=timezone.now())
    operator.post(page("followupplan_delete", plan.pk), {"post": "yes"})
    plan.refresh_from_db()
    assert not plan.is_active


def test_tasks_are_finished_from_the_list(staff, lisi, wangwu):
    mine, foreign = (
        FollowUpTask.objects.create(
            customer=CustomerFactory(), title="回访", owner=owner, due_at=timezone.now()
        )
        for owner in (lisi, wangwu)
    )
    chosen = {
        "action": "finish_selected",
        "_selected_action": [mine.pk, foreign.pk],
        "confirmed": "1",
    }
    staff.post(page("followuptask_changelist"), chosen)
    for task, status in ((mine, "done"), (foreign, "open")):
        task.refresh_from_db()
        assert task.status == status


def test_the_demo_has_projects_in_each_stage_doubles_none_and_tells_nobody(run_outbox):
    for _ in range(2):
        demo.load("a-long-enough-password-1")
    assert sorted(Project.objects.values_list("stage", flat=True)) == [
        "aftersale", "insale", "presale",
    ]  # fmt: skip
    run_outbox()
    assert PlanEnrollment.objects.get().plan.steps.count() == 3
    assert not Message.objects.exists()
