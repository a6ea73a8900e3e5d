"""Customers that may be one, side by side: administrators merge or dismiss."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from config.errors import AppError
from config.whole_number import whole_number
from customers.admin.actor import actor_of
from customers.admin.masking import MaskedPhones
from customers.merging.cases import case_dismiss, case_merge, cases_visible_to
from customers.merging.comparing import compared
from customers.merging.obstacles import obstacles
from customers.models import Customer, MergeCase, MergeStatus
from customers.phone_visibility import address_shown, masked_in, text_shown

COLOURS = {
    MergeStatus.OPEN: "warning",
    MergeStatus.MERGED: "success",
    MergeStatus.DISMISSED: "default",
}


@admin.register(MergeCase)
class MergeCaseAdmin(MaskedPhones):
    masked = {"shown_reason": "masked_reason"}
    list_display = ["shown_pair", "shown_reason", "shown_status", "created_at"]
    list_filter = ["status", "reason"]
    search_fields = ["first__name", "second__name"]
    search_help_text = "客户姓名"
    list_per_page = 20

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["customers/profile.css"]})
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[MergeCase]:
        return cases_visible_to(actor_of(request)).order_by("-id")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """GET compares; POST `keep` merges into that one, without one it dismisses."""
        if not actor_of(request).sees_all or not self.has_view_permission(request):
            raise PermissionDenied
        case = self._case(request, object_id)
        may_decide = self.has_change_permission(request, case)
        if request.method == "POST":
            if not may_decide:
                raise PermissionDenied
            self._decide(request, case)
            return redirect("admin:customers_mergecase_change", case.pk)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "疑似重复客户",
            "opts": self.opts,
            "media": self.media,
            "case": case,
            "people": [case.first, case.second],
            "lines": [
                replace(
                    line,
                    first=address_shown(line.first, request.user),
                    second=address_shown(line.second, request.user),
                )
                for line in compared(case.first, case.second)
            ],
            "evidence": [text_shown(text, request.user) for text in case.evidence],
            "against": obstacles(case.first, case.second),
            "is_open": case.status == MergeStatus.OPEN and may_decide,
        }
        return TemplateResponse(request, "admin/customers/mergecase/case.html", context)

    def _case(self, request: HttpRequest, object_id: str) -> MergeCase:
        case = self.get_object(request, object_id)
        if case is None:
            raise Http404
        found: MergeCase = case
        return found

    def _decide(self, request: HttpRequest, case: MergeCase) -> None:
        actor, note = actor_of(request), request.POST.get("note", "")
        keep = request.POST.get("keep", "")
        try:
            if keep:
                keep_id = whole_number(keep) or 0
                case_merge(case_id=case.pk, keep_id=keep_id, note=note, actor=actor)
                messages.success(request, "已合并")
            else:
                case_dismiss(case_id=case.pk, note=note, actor=actor)
                messages.success(request, "已标记为不是同一人")
        except AppError as error:
            messages.error(request, error.detail)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="客户")
    def shown_pair(self, case: MergeCase) -> SafeString:
        return format_html("{} · {}", _named(case.first), _named(case.second))

    @display(description="依据")
    def shown_reason(self, case: MergeCase) -> SafeString:
        return _reasons(case.evidence or [case.get_reason_display()])

    @display(description="依据")
    def masked_reason(self, case: MergeCase) -> SafeString:
        return _reasons([masked_in(text) for text in case.evidence] or [case.get_reason_display()])

    @display(description="状态", ordering="status", label=COLOURS)
    def shown_status(self, case: MergeCase) -> tuple[str, str]:
        return case.status, case.get_status_display()


def _named(customer: Customer) -> str:
    return f"{customer.name}（{customer.pk}）"


def _reasons(texts: list[str]) -> SafeString:
    rows = [(text,) for text in texts]
    return format_html(
        '<ul class="cust-reasons">{}</ul>', format_html_join("", "<li>{}</li>", rows)
    )
