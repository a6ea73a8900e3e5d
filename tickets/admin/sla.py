"""Service levels in the operators' admin: what a change would do is shown before it is saved."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import TabularInline
from unfold.decorators import action, display

from config.admin_site.read_only import ReadOnlyAdmin
from config.errors import AppError
from config.whole_number import whole_number
from customers.admin.actor import actor_of
from customers.admin.refusals import RefusalsSaid
from tickets.admin.sla_form import PolicyForm
from tickets.models import SlaApplication, SlaPolicy, SlaPolicyVersion, SlaStep
from tickets.sla.effects import preview_of
from tickets.sla.policies import policy_apply, policy_delete, policy_save, rules_in_force
from tickets.sla.promises import DUE_PERCENT
from tickets.sla.rules import Rules, ladder_of
from tickets.sla.wording import condition_words, ladder_words, promise_words
from tickets.visibility import tickets_visible_to

# What the preview's buttons say.
CONFIRMED, APPLY, EDIT = "_confirmed", "_apply", "_edit"


class ReadInline(TabularInline):
    extra = 0
    max_num = 0
    can_delete = False
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersionInline(ReadInline):
    model = SlaPolicyVersion
    fields = [
        "version",
        "shown_conditions",
        "shown_promises",
        "shown_ladder",
        "changed_by",
        "changed_at",
    ]
    readonly_fields = fields
    ordering = ["-version"]
    verbose_name_plural = "版本"

    @admin.display(description="适用于")
    def shown_conditions(self, row: SlaPolicyVersion) -> str:
        return condition_words(Rules.from_json(row.rules)) if row.rules else ""

    @admin.display(description="承诺")
    def shown_promises(self, row: SlaPolicyVersion) -> str:
        return promise_words(Rules.from_json(row.rules)) if row.rules else ""

    @admin.display(description="预警阶梯")
    def shown_ladder(self, row: SlaPolicyVersion) -> str:
        return ladder_words(Rules.from_json(row.rules).ladder) if row.rules else ""


class ApplicationInline(ReadInline):
    model = SlaApplication
    fields = [
        "created_at",
        "version",
        "started_by",
        "finished_at",
        "examined",
        "moved",
        "become_overdue",
        "no_longer_overdue",
    ]
    readonly_fields = fields
    ordering = ["-id"]
    verbose_name_plural = "应用到现有工单的记录"


@admin.register(SlaPolicy)
class SlaPolicyAdmin(RefusalsSaid):
    form = PolicyForm
    list_display = ["name", "rank", "shown_conditions", "shown_promises", "shown_state", "version"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    ordering = ["rank", "id"]
    inlines = [VersionInline, ApplicationInline]
    actions = None
    actions_detail = ["apply_now"]

    class Media:
        css = {"all": ["tickets/sla.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[SlaPolicy]:
        policies: QuerySet[SlaPolicy] = super().get_queryset(request).prefetch_related("tags")
        return policies

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return list(self.inlines) if obj is not None else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.has_change_permission(request, obj):
            shown = ("name", "rank", "shown_conditions", "shown_promises", "shown_ladder")
            return [(None, {"fields": (*shown, "is_active", "version")})]
        return [
            (None, {"fields": ("name", ("rank", "is_active"), "seen_version")}),
            ("适用于", {"fields": ("priorities", "products", "tags")}),
            ("承诺", {"fields": (("response_minutes", "resolution_minutes"), "clock", "ladder")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["shown_conditions", "shown_promises", "shown_ladder", "version"]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """A valid change goes on to its preview, and is saved from there."""
        if request.method == "POST" and not {CONFIRMED, APPLY, EDIT} & set(request.POST):
            page = self._preview(request, object_id)
            if page is not None:
                return page
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """None for a form with mistakes: its own page says them."""
        policy = self.get_object(request, object_id) if object_id else None
        if object_id and policy is None:
            return None
        if not (
            self.has_change_permission(request, policy)
            if policy
            else self.has_add_permission(request)
        ):
            raise PermissionDenied
        form: Any = self.get_form(request, policy, change=policy is not None)(
            request.POST, instance=policy
        )
        if not form.is_valid():
            return None
        given = [
            (name, value)
            for name, values in request.POST.lists()
            if name != "csrfmiddlewaretoken"
            for value in values
        ]
        return self._preview_page(request, policy, form.rules, given=given, saving=True)

    def _preview_page(
        self, request: HttpRequest, policy: Any, rules: Rules, **context: Any
    ) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + Media(css={"all": ["tickets/sla.css"]}),
            "title": f"影响预览：{rules.name}",
            "policy": policy,
            "found": preview_of(rules, policy.pk if policy else None),
            "conditions": condition_words(rules),
            "promises": promise_words(rules),
            "ladder": ladder_words(rules.ladder),
            "rules_name": rules.name,
            "is_active": rules.is_active,
            **context,
        }
        return TemplateResponse(request, "admin/tickets/sla/preview.html", shown)

    def save_model(self, request: HttpRequest, obj: SlaPolicy, form: Any, change: bool) -> None:
        saved = policy_save(
            policy_id=obj.pk if change else None,
            rules=form.given_rules(),
            version=form.cleaned_data["seen_version"],
            actor=actor_of(request),
        )
        obj.pk, obj.version = saved.pk, saved.version
        if APPLY in request.POST:
            policy_apply(policy_id=saved.pk, actor=actor_of(request))
            messages.info(request, "正在应用到现有工单，进度见“应用到现有工单的记录”")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has set the tags; the inlines are read-only."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def delete_model(self, request: HttpRequest, obj: SlaPolicy) -> None:
        policy_delete(policy_id=obj.pk, actor=actor_of(request))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """One that open tickets live by stays, and the reason is said."""
        try:
            page: HttpResponse = super().delete_view(request, object_id, extra_context)
        except AppError as error:
            messages.error(request, error.detail)
            return redirect("admin:tickets_slapolicy_change", object_id)
        return page

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(self.apply_view)
        return [path("<int:pk>/apply/", own, name="tickets_slapolicy_apply"), *super().get_urls()]

    @action(description="应用到现有工单", icon="published_with_changes", permissions=["change"])
    def apply_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:tickets_slapolicy_apply", int(object_id))

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What applying the present version would do; POST does it."""
        policy = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, policy):
            raise PermissionDenied
        if request.method == "POST":
            policy_apply(policy_id=pk, actor=actor_of(request))
            messages.success(request, "正在应用到现有工单，进度见“应用到现有工单的记录”")
            return redirect("admin:tickets_slapolicy_change", pk)
        rules = rules_in_force(policy)
        assert rules is not None  # each policy has its versions
        return self._preview_page(request, policy, rules, given=[], saving=False)

    @admin.display(description="适用于")
    def shown_conditions(self, policy: SlaPolicy) -> str:
        return condition_words(_rules(policy), {tag.pk: tag.name for tag in policy.tags.all()})

    @admin.display(description="承诺")
    def shown_promises(self, policy: SlaPolicy) -> str:
        return promise_words(_rules(policy))

    @admin.display(description="预警阶梯")
    def shown_ladder(self, policy: SlaPolicy) -> str:
        return ladder_words(_rules(policy).ladder)

    @display(description="状态", label={"启用": "success", "停用": "default"})
    def shown_state(self, policy: SlaPolicy) -> str:
        return "启用" if policy.is_active else "停用"


class PolicyFilter(admin.SimpleListFilter):
    title = "策略"
    parameter_name = "policy"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(row.pk), row.name) for row in SlaPolicy.objects.order_by("rank", "pk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SlaStep]) -> QuerySet[SlaStep]:
        policy = whole_number(self.value() or "")
        return queryset if policy is None else queryset.filter(policy=policy)


@admin.register(SlaStep)
class SlaStepAdmin(ReadOnlyAdmin):
    """What was told, in one's own view of tickets."""

    list_display = [
        "created_at",
        "shown_ticket",
        "customer",
        "target",
        "shown_percent",
        "due_at",
        "shown_policy",
    ]
    list_display_links = None
    list_filter = ["target", "percent", PolicyFilter]
    search_fields = ["ticket__title", "ticket__customer__name"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[SlaStep]:
        visible = tickets_visible_to(actor_of(request)).values("pk")
        steps: QuerySet[SlaStep] = super().get_queryset(request).filter(ticket__in=visible)
        return steps.select_related("ticket__customer", "policy").order_by("-created_at", "-id")

    @admin.display(description="工单")
    def shown_ticket(self, step: SlaStep) -> str:
        return f"#{step.ticket_id} {step.ticket.title}"

    @admin.display(description="策略", ordering="policy")
    def shown_policy(self, step: SlaStep) -> str:
        return str(step.policy or "—")

    @admin.display(description="客户")
    def customer(self, step: SlaStep) -> str:
        return step.ticket.customer.name

    @display(
        description="进度", ordering="percent", label={"warning": "warning", "breach": "danger"}
    )
    def shown_percent(self, step: SlaStep) -> tuple[str, str]:
        return ("breach" if step.percent >= DUE_PERCENT else "warning"), f"{step.percent}%"


def _rules(policy: SlaPolicy) -> Rules:
    """From the row itself: a list asks for no version of each."""
    return Rules(
        name=policy.name,
        rank=policy.rank,
        is_active=policy.is_active,
        priorities=tuple(policy.priorities),
        products=tuple(policy.products),
        tags=tuple(tag.pk for tag in policy.tags.all()),
        response_minutes=policy.response_minutes,
        resolution_minutes=policy.resolution_minutes,
        clock=policy.clock,
        ladder=ladder_of(policy.ladder),
    )
