"""Models in the operators' admin: trained, watched in the shadow, put to use, taken back by one click."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from config.errors import AppError
from customers.actors import Actor
from customers.admin.actor import actor_of
from tickets.admin.assistant.learning.matrix import matrix_of, shares_of, wrong_of
from tickets.assistant.learning import versions
from tickets.assistant.learning.shadow import figures_of
from tickets.models import IntentModel, ModelStatus

COLOURS = {
    ModelStatus.ACTIVE: "success",
    ModelStatus.SHADOW: "info",
    ModelStatus.CANDIDATE: "warning",
    ModelStatus.FAILED: "danger",
    ModelStatus.RETIRED: "default",
}
OfOne = Callable[..., IntentModel]
ACTS: dict[str, tuple[OfOne, str]] = {
    "activate": (versions.model_activate, "启用"),
    "shadow": (versions.model_shadow, "影子运行"),
    "retire": (versions.model_retire, "停用"),
}
POSSIBLE = {
    ModelStatus.CANDIDATE: ("activate", "shadow", "retire"),
    ModelStatus.SHADOW: ("activate", "retire"),
    ModelStatus.RETIRED: ("activate", "shadow"),
}
PAGES = {"list": "admin:tickets_intentmodel_changelist", "one": "admin:tickets_intentmodel_change"}


@admin.register(IntentModel)
class IntentModelAdmin(ReadOnlyAdmin):
    list_display = [
        *("shown_version", "shown_status", "shown_accuracy", "example_count", "note"),
        *("trained_by", "trained_at", "activated_at"),
    ]
    list_filter = ["status"]
    ordering = ["-version"]
    list_before_template = "admin/tickets/learning/models.html"
    fields = [
        *("shown_acts", "shown_status", "shown_accuracy", "example_count", "shown_shadow"),
        *("note", "trained_by", "trained_at", "activated_at"),
        *("shown_matrix", "shown_shares", "shown_wrong"),
    ]
    readonly_fields = [
        *("shown_acts", "shown_status", "shown_accuracy", "shown_shadow"),
        *("shown_matrix", "shown_shares", "shown_wrong"),
    ]

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["tickets/learning.css"]})
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[IntentModel]:
        rows: QuerySet[IntentModel] = super().get_queryset(request)
        return rows.defer("weights").select_related("trained_by")

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path("train/", own(self.train_view), name="tickets_intentmodel_train"),
            path("back/", own(self.back_view), name="tickets_intentmodel_back"),
            path("<int:pk>/<str:act>/do/", own(self.act_view), name="tickets_intentmodel_act"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {**(extra_context or {}), "may_change": _may(request)}
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def train_view(self, request: HttpRequest) -> HttpResponse:
        note = request.POST.get("note", "").replace("\x00", "").strip()[: versions.NOTE_LENGTH]
        return self._do(
            request,
            lambda actor: versions.model_train(actor=actor, note=note),
            "正在训练 v{}，几秒后刷新即可看到结果",
        )

    def back_view(self, request: HttpRequest) -> HttpResponse:
        return self._do(
            request, lambda actor: versions.model_roll_back(actor=actor), "已退回 v{}，即刻生效"
        )

    def act_view(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        if act not in ACTS:
            return redirect(PAGES["list"])
        do, label = ACTS[act]
        number = min(pk, 2**63 - 1)
        return self._do(request, lambda actor: do(model_id=number, actor=actor), f"v{{}} 已{label}")

    def _do(
        self, request: HttpRequest, act: Callable[[Actor], IntentModel], said: str
    ) -> HttpResponse:
        """POST alone does something."""
        if not _may(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(PAGES["list"])
        try:
            model = act(actor_of(request))
        except AppError as error:
            messages.error(request, error.detail)
            return redirect(PAGES["list"])
        messages.success(request, said.format(model.version))
        return redirect(PAGES["one"], model.pk)

    @admin.display(description="版本", ordering="version")
    def shown_version(self, model: IntentModel) -> str:
        return f"v{model.version}"

    @display(description="状态", label=COLOURS)
    def shown_status(self, model: IntentModel) -> tuple[str, str]:
        is_waiting = model.status == ModelStatus.CANDIDATE and model.accuracy is None
        return model.status, "训练中" if is_waiting else model.get_status_display()

    @admin.display(description="测试准确率", ordering="accuracy")
    def shown_accuracy(self, model: IntentModel) -> str:
        return "—" if model.accuracy is None else f"{model.accuracy:.1%}"

    @admin.display(description="操作")
    def shown_acts(self, model: IntentModel) -> SafeString:
        possible = POSSIBLE.get(ModelStatus(model.status), ()) if model.accuracy is not None else ()
        acts = [(act, ACTS[act][1]) for act in possible]
        context = {"model": model, "acts": acts, "is_active": model.status == ModelStatus.ACTIVE}
        return render_to_string("admin/tickets/learning/acts.html", context)

    @admin.display(description="影子运行")
    def shown_shadow(self, model: IntentModel) -> str:
        found = figures_of(model.version)
        if not found["turns"]:
            return "—"
        return (
            f"{found['turns']} 句，与实际判断一致 {found['agreed'] / found['turns']:.1%}；"
            f"其中客服更正 {found['corrected']} 句：影子判断正确 {found['shadow_right']}，"
            f"实际判断正确 {found['answer_right']}"
        )

    @admin.display(description="混淆矩阵（行：实际意图，列：判断为）")
    def shown_matrix(self, model: IntentModel) -> SafeString:
        context = {"matrix": matrix_of(model.report)}
        return render_to_string("admin/tickets/learning/matrix.html", context)

    @admin.display(description="各意图")
    def shown_shares(self, model: IntentModel) -> SafeString:
        context = {"rows": shares_of(model.report)}
        return render_to_string("admin/tickets/learning/shares.html", context)

    @admin.display(description="判断错的例句")
    def shown_wrong(self, model: IntentModel) -> SafeString:
        context = {"rows": wrong_of(model.report)}
        return render_to_string("admin/tickets/learning/wrong.html", context)


def _may(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("tickets.change_intentmodel"))
