"""Projects in the operators' admin. Every change goes through the same actions as everywhere."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from config.errors import AppError
from customers.actors import Entry
from customers.admin.actor import actor_of
from customers.admin.project_forms import MoveForm, ProjectForm
from customers.models import Project, ProjectEvent, ProjectStatus, Stage
from customers.projects import actions
from customers.projects.moves import project_move
from customers.projects.trail import LABELS, ProjectEventKind
from customers.queries.projects import projects_for
from customers.queries.staff import team_members
from customers.visibility import customers_visible_to

EDITABLE = ("name", "owner", "progress", "amount", "description", "expected_at")
STAGE_COLOURS = {Stage.PRESALE: "info", Stage.INSALE: "warning", Stage.AFTERSALE: "success"}
STATUS_COLOURS = {
    ProjectStatus.OPEN: "info",
    ProjectStatus.LOST: "danger",
    ProjectStatus.CLOSED: "default",
}


class ProjectEventInline(TabularInline):
    """The trail: read, never written here."""

    model = ProjectEvent
    verbose_name_plural = "项目记录"
    hide_title = True
    fields = ["created_at", "shown_kind", "shown_changes", "content", "actor_name", "shown_entry"]
    readonly_fields = fields
    ordering = ["-sequence"]
    extra = 0
    max_num = 0
    can_delete = False

    @admin.display(description="类型")
    def shown_kind(self, event: ProjectEvent) -> str:
        return str(ProjectEventKind(event.kind).label)

    @admin.display(description="变更")
    def shown_changes(self, event: ProjectEvent) -> str:
        return "；".join(
            f"{LABELS.get(name, name)}：{_said(name, old)} → {_said(name, new)}"
            for name, (old, new) in event.changes.items()
        )

    @admin.display(description="入口")
    def shown_entry(self, event: ProjectEvent) -> str:
        return str(Entry(event.entry).label)


def _said(field: str, value: Any) -> str:
    """A value of the trail as people say it."""
    if field in ("stage", "status") and value:
        return str((Stage if field == "stage" else ProjectStatus)(value).label)
    if isinstance(value, list):
        return "、".join(value) or "—"
    return "—" if value in (None, "") else str(value)


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    form = ProjectForm
    # Their trail has the values.
    audit_values = ()
    list_display = [
        "number",
        "name",
        "customer",
        "shown_stage",
        "shown_status",
        "shown_progress",
        "amount",
        "owner",
        "engineer",
        "updated_at",
    ]
    list_display_links = ["number", "name"]
    list_filter = ["stage", "status", "owner", "engineer"]
    search_fields = ["name", "product", "customer__name", "customer__company"]
    search_help_text = "项目、产品、客户姓名或公司"
    autocomplete_fields = ["customer"]
    list_per_page = 50
    inlines = [ProjectEventInline]
    actions_detail = ["move_on"]
    readonly_fields = [
        "stage",
        "status",
        "won_at",
        "delivered_at",
        "closed_at",
        "lost_reason",
        "created_by",
        "created_at",
        "version",
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = ("name", "customer", "products_text", "description", "seen_version")
        work = ("owner", "engineer", "progress", "amount", "expected_at")
        if obj is None:
            return ((None, {"fields": about}), ("推进", {"fields": work}))
        times = (("won_at", "delivered_at"), ("closed_at", "created_at"))
        return (
            (None, {"fields": (("stage", "status"), *about)}),
            ("推进", {"fields": work}),
            ("经过", {"fields": (*times, ("created_by", "version"), "lost_reason")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.readonly_fields, "customer"] if obj else self.readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return projects_for(actor_of(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody chooses a customer whom they do not see, or a colleague who is none."""
        if db_field.name == "customer":
            kwargs["queryset"] = customers_visible_to(actor_of(request))
        elif db_field.name in ("owner", "engineer"):
            kwargs["queryset"] = team_members().order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A project ends, it does not vanish: the reports count it."""
        return False

    def save_model(self, request: HttpRequest, obj: Project, form: ModelForm, change: bool) -> None:
        try:
            saved = self._edited(request, obj, form) if change else self._created(request, form)
        except AppError as error:
            messages.set_level(request, messages.ERROR)
            messages.error(request, error.detail)
            return
        obj.pk, obj.version = saved.pk, saved.version

    def response_add(
        self, request: HttpRequest, obj: Project, post_url_continue: str | None = None
    ) -> HttpResponse:
        if obj.pk is None:
            return redirect("admin:customers_project_changelist")
        answer: HttpResponse = super().response_add(request, obj, post_url_continue)
        return answer

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_addition(request, obj, message) if obj.pk is not None else None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The trail is the actions' to write."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        return super().construct_change_message(request, form, [], add)

    def _created(self, request: HttpRequest, form: ModelForm) -> Project:
        given = form.cleaned_data
        fields: Any = {name: given[name] for name in EDITABLE if name != "owner" or given[name]}
        fields["products"] = given["products_text"]
        return actions.project_create(
            customer=given["customer"],
            fields=fields,
            engineer=given["engineer"],
            actor=actor_of(request),
        )

    def _edited(self, request: HttpRequest, obj: Project, form: ModelForm) -> Project:
        given, changed = form.cleaned_data, form.changed_data
        changes: Any = {name: given[name] for name in EDITABLE if name in changed}
        if "products_text" in changed:
            changes["products"] = given["products_text"]
        saved = actions.project_edit(
            project_id=obj.pk,
            changes=changes,
            version=given["seen_version"],
            actor=actor_of(request),
        )
        if "engineer" in changed:
            saved = actions.project_assign_engineer(
                project_id=obj.pk, engineer=given["engineer"], actor=actor_of(request)
            )
        return saved

    @admin.display(description="编号", ordering="id")
    def number(self, project: Project) -> str:
        return f"#P{project.pk}"

    @display(description="阶段", ordering="stage", label=STAGE_COLOURS)
    def shown_stage(self, project: Project) -> tuple[str, str]:
        return project.stage, project.get_stage_display()

    @display(description="状态", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, project: Project) -> tuple[str, str]:
        return project.status, project.get_status_display()

    @admin.display(description="进度", ordering="progress")
    def shown_progress(self, project: Project) -> str:
        return f"{project.progress}%"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.move_view)
        return [path("<int:pk>/move/", view, name="customers_project_move"), *super().get_urls()]

    @action(description="变更阶段或状态", icon="moving", permissions=["change"])
    def move_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:customers_project_move", int(object_id))

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        project = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, project):
            raise PermissionDenied
        actor = actor_of(request)
        form = MoveForm(request.POST or None, project=project, may_go_back=actor.sees_all)
        if request.method == "POST" and form.is_valid():
            name, _, value = form.cleaned_data["target"].partition(":")
            try:
                moved = project_move(
                    project_id=pk,
                    reason=form.cleaned_data["reason"],
                    actor=actor,
                    **{name: value},
                )
            except AppError as error:
                form.add_error("reason" if error.attr == "reason" else None, error.detail)
            else:
                messages.success(
                    request,
                    f"项目已变更为：{moved.get_stage_display()}、{moved.get_status_display()}",
                )
                return redirect("admin:customers_project_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"变更阶段或状态：{project.name}",
            "opts": self.opts,
            "project": project,
            "form": form,
        }
        return TemplateResponse(request, "admin/customers/project/move.html", context)
