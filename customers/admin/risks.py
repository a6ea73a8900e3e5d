"""Warnings in the operators' admin: why each was raised, what became of it, how often they are right."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from config.admin_acts import BulkAct, Doing, confirmed
from config.admin_site.read_only import ReadOnlyAdmin
from customers.actions.risk import risk_settle
from customers.admin.actor import actor_of
from customers.admin.customers import RISK_COLOURS
from customers.models import RiskLevel, RiskWarning, WarningOutcome
from customers.queries.risk import signal_labels, warning_accuracy
from customers.visibility import warnings_visible_to

ACCURACY_DAYS = 180
OUTCOME_COLOURS = {
    WarningOutcome.OPEN: "info",
    WarningOutcome.HIT: "danger",
    WarningOutcome.SAVED: "success",
    WarningOutcome.MISSED: "default",
}


def _settling(outcome: WarningOutcome, label: str) -> Any:
    def settle(warning: RiskWarning, doing: Doing) -> None:
        risk_settle(warning_id=warning.pk, outcome=outcome, note="", actor=actor_of(doing.request))

    return confirmed(
        BulkAct(
            name=f"settle_{outcome.value}",
            label=f"结论：{label}",
            effect=f"所选预警的结论记为「{label}」，相应的跟进任务随之完成，结论不能更改。",
            done=f"已有结论：{label}",
            unit="个预警",
            permission="settle",
            run=settle,
            against=_is_settled,
            named=lambda warning: f"{warning.customer.name}（{warning.get_level_display()}）",
        )
    )


def _is_settled(warning: RiskWarning, request: HttpRequest) -> str:
    return "" if warning.outcome == WarningOutcome.OPEN else "已有结论"


@admin.register(RiskWarning)
class RiskWarningAdmin(ReadOnlyAdmin):
    list_display = [
        "shown_customer",
        "shown_level",
        "shown_reasons",
        "owner",
        "shown_outcome",
        "raised_at",
    ]
    list_display_links = None
    list_filter = ["outcome", "level"]
    search_fields = ["customer__name"]
    search_help_text = "客户姓名"
    list_per_page = 20
    show_full_result_count = False
    list_before_template = "admin/customers/riskwarning/accuracy.html"
    actions = [
        _settling(WarningOutcome.HIT, "已流失"),
        _settling(WarningOutcome.SAVED, "已挽回"),
        _settling(WarningOutcome.MISSED, "误报"),
    ]

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["customers/profile.css"]})
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[RiskWarning]:
        rows = warnings_visible_to(actor_of(request)).select_related("customer__follow_user")
        return rows.order_by("-raised_at", "-id")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The hit rate above the list is over all customers: for administrators."""
        extra: dict[str, Any] = dict(extra_context or {})
        if actor_of(request).sees_all:
            found = warning_accuracy(ACCURACY_DAYS)
            labels = signal_labels(found.by_signal)
            levels = [(RiskLevel(name).label, rate) for name, rate in found.by_level.items()]
            signals = [(labels[code], rate) for code, rate in found.by_signal.items()]
            extra |= {
                "accuracy": found,
                "rates": [("全部预警", found.overall)],
                "level_rates": levels,
                "signal_rates": signals,
            }
        page: HttpResponse = super().changelist_view(request, extra)
        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """A warning is read on its customer's page."""
        warning = self.get_object(request, object_id)
        if warning is None:
            return redirect("admin:customers_riskwarning_changelist")
        return redirect("admin:customers_customer_change", warning.customer_id)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("customers.change_riskwarning"))

    @display(description="客户", ordering="customer__name")
    def shown_customer(self, warning: RiskWarning) -> SafeString:
        customer = warning.customer
        return format_html(
            '<div class="cust-who-cell"><a class="cust-link" href="{}">{}</a><br>{}</div>',
            reverse("admin:customers_customer_change", args=[customer.pk]),
            customer.name,
            customer.company,
        )

    @display(description="风险", ordering="score", label=RISK_COLOURS)
    def shown_level(self, warning: RiskWarning) -> tuple[str, str]:
        return warning.level, f"{warning.get_level_display()} {warning.score}"

    @display(description="依据")
    def shown_reasons(self, warning: RiskWarning) -> SafeString:
        rows = [(reason["points"], reason["evidence"]) for reason in warning.reasons]
        return format_html(
            '<ul class="cust-reasons">{}</ul>',
            format_html_join("", "<li><b>+{}</b> {}</li>", rows),
        )

    @display(description="跟进人")
    def owner(self, warning: RiskWarning) -> str:
        user = warning.customer.follow_user
        return user.display_name if user else "—"

    @display(description="结果", ordering="outcome", label=OUTCOME_COLOURS)
    def shown_outcome(self, warning: RiskWarning) -> tuple[str, str]:
        return warning.outcome, warning.get_outcome_display()
