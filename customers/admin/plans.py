"""Follow-up plans and tasks in the operators' admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.timezone import localtime, now
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from config.admin_acts import BulkAct, confirmed, deleting
from config.admin_site.read_only import ReadOnlyAdmin
from config.errors import InvalidInputError
from customers.actions.follow_up_tasks import follow_up_task_done
from customers.actions.plans import MAX_STEPS, check_trigger, plan_remove
from customers.admin.actor import actor_of
from customers.models import (
    EnrollmentStatus,
    FollowUpPlan,
    FollowUpTask,
    PlanStep,
    Stage,
    TaskStatus,
)
from customers.visibility import tasks_visible_to

TASK_COLOURS = {
    TaskStatus.OPEN: "info",
    TaskStatus.DONE: "success",
    TaskStatus.CANCELLED: "default",
}


class PlanForm(forms.ModelForm):
    class Meta:
        model = FollowUpPlan
        fields = ["name", "trigger", "trigger_tag", "trigger_stage", "stops_on_reply", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Staff read plans: their page has no fields.
        if "trigger_tag" in self.fields:
            self.fields["trigger_tag"].empty_label = "—"  # type: ignore[attr-defined]
            self.fields["trigger_stage"].choices = [("", "—"), *Stage.choices]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Before the model's own checks, which speak of constraints."""
        given = FollowUpPlan(
            **{name: self.cleaned_data.get(name) or None for name in ("trigger", "trigger_tag")},
            trigger_stage=self.cleaned_data.get("trigger_stage") or "",
        )
        try:
            check_trigger(given)
        except InvalidInputError as error:
            self.add_error((error.attr or "").removesuffix("_id"), error.detail)
        else:
            self.cleaned_data["trigger_tag"] = given.trigger_tag
            self.cleaned_data["trigger_stage"] = given.trigger_stage
        super()._post_clean()  # type: ignore[misc]


class PlanStepFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        left = [form for form in self.forms if getattr(form, "cleaned_data", None)]
        if not any(not form.cleaned_data.get("DELETE") for form in left):
            raise forms.ValidationError("计划至少要有一个步骤")


class PlanStepForm(forms.ModelForm):
    class Meta:
        model = PlanStep
        fields = ["day", "hour", "title", "content"]
        widgets = {"content": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


class PlanStepInline(TabularInline):
    model = PlanStep
    form = PlanStepForm
    hide_title = True
    formset = PlanStepFormSet
    fields = ["day", "hour", "title", "content"]
    ordering = ["day", "hour", "id"]
    extra = 1
    max_num = MAX_STEPS


@admin.register(FollowUpPlan)
class FollowUpPlanAdmin(ModelAdmin):
    form = PlanForm
    list_display = ["name", "shown_trigger", "step_count", "running", "stops_on_reply", "is_active"]
    list_filter = ["trigger", "is_active"]
    search_fields = ["name"]
    autocomplete_fields: list[str] = []
    inlines = [PlanStepInline]
    actions = [deleting("个计划")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowUpPlan]:
        running = Count(
            "enrollments",
            filter=Q(enrollments__status=EnrollmentStatus.RUNNING),
            distinct=True,
        )
        plans: QuerySet[FollowUpPlan] = super().get_queryset(request)
        return plans.select_related("trigger_tag").annotate(
            steps_in_it=Count("steps", distinct=True), running_in_it=running
        )

    def delete_model(self, request: HttpRequest, obj: FollowUpPlan) -> None:
        if not plan_remove(obj, actor=actor_of(request)):
            messages.warning(request, f"计划「{obj.name}」已有客户参与，已停用而不是删除")

    @admin.display(description="触发")
    def shown_trigger(self, plan: FollowUpPlan) -> str:
        what = plan.trigger_tag.name if plan.trigger_tag else plan.get_trigger_stage_display()
        return f"{plan.get_trigger_display()}：{what}" if what else plan.get_trigger_display()

    @admin.display(description="步骤")
    def step_count(self, plan: Any) -> int:
        return int(plan.steps_in_it)

    @admin.display(description="进行中的客户")
    def running(self, plan: Any) -> int:
        return int(plan.running_in_it)


@admin.register(FollowUpTask)
class FollowUpTaskAdmin(ReadOnlyAdmin):
    list_display = ["title", "customer", "owner", "shown_due", "shown_status", "plan"]
    list_display_links = None
    list_filter = ["status", "owner"]
    search_fields = ["title", "customer__name"]
    list_per_page = 50
    actions = [
        confirmed(
            BulkAct(
                name="finish_selected",
                label="标记为已完成",
                effect="所选任务记为已完成，不再提醒。",
                done="已完成",
                unit="个任务",
                permission="finish",
                run=lambda task, doing: follow_up_task_done(
                    task_id=task.pk, actor=actor_of(doing.request)
                ),
                against=lambda task, request: (
                    "" if task.status == TaskStatus.OPEN else f"{task.get_status_display()}的任务"
                ),
                named=lambda task: f"{task.title}（{task.customer.name}）",
            )
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowUpTask]:
        rows = tasks_visible_to(actor_of(request))
        return rows.select_related("customer", "owner", "enrollment__plan").order_by("-due_at")

    def has_finish_permission(self, request: HttpRequest) -> bool:
        """Everybody has their own tasks there; nobody edits one."""
        return bool(request.user.has_perm("customers.change_followuptask"))

    @display(description="期限", ordering="due_at", label={"overdue": "danger", "other": "default"})
    def shown_due(self, task: FollowUpTask) -> tuple[str, str]:
        text = f"{localtime(task.due_at):%Y-%m-%d %H:%M}"
        is_overdue = task.status == TaskStatus.OPEN and task.due_at < now()
        return ("overdue", f"{text} 已到期") if is_overdue else ("other", text)

    @display(description="状态", ordering="status", label=TASK_COLOURS)
    def shown_status(self, task: FollowUpTask) -> tuple[str, str]:
        return task.status, task.get_status_display()

    @admin.display(description="计划")
    def plan(self, task: FollowUpTask) -> str:
        return task.enrollment.plan.name if task.enrollment else "—"
