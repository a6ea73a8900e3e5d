"""Hand-overs in the operators' admin: dry run, start, live progress, report."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from config.errors import AppError
from config.whole_number import whole_number
from customers.actions.handover import handover_plan, handover_start, progress_of
from customers.actors import Actor
from customers.admin.actor import actor_of
from customers.admin.handover_form import HandoverForm
from customers.admin.handover_page import STATUS_COLOURS, bar_of, page_of
from customers.models import Handover, HandoverReason, User
from customers.queries.handovers import handovers_for, leavers_with_customers


@admin.register(Handover)
class HandoverAdmin(ModelAdmin):
    """Cases are made by the dry run and moved by their steps; nobody edits or deletes one."""

    list_display = ["shown_name", "shown_status", "shown_bar", "reason", "created_by", "created_at"]
    list_filter = ["status", "reason"]
    list_per_page = 20
    show_full_result_count = False
    show_add_link = False
    list_before_template = "admin/customers/handover/_leavers.html"
    actions_list = ["begin"]

    @property
    def media(self) -> Media:
        script: Any = Script("customers/handovers.js", type="module")
        own = Media(css={"all": ["customers/handovers.css"]}, js=[script])
        both: Media = super().media + own
        return both

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Handover]:
        return handovers_for(actor_of(request)).order_by("-id")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        leavers = leavers_with_customers() if self.has_add_permission(request) else []
        context = {**(extra_context or {}), "leavers": leavers}
        answer: HttpResponse = super().changelist_view(request, context)
        return answer

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page's progress, asked for all its rows at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        progress = progress_of(page.result_list)
        people = User.objects.in_bulk({pk for row in page.result_list for pk in row.candidates})
        for handover in page.result_list:
            handover.progress = progress[handover.pk]
            handover.people = [people[pk] for pk in handover.candidates if pk in people]
        return page

    @admin.display(description="移交")
    def shown_name(self, handover: Any) -> str:
        takers = "、".join(user.display_name for user in handover.people)
        return f"#{handover.pk} {handover.from_user.display_name} → {takers}"

    @display(description="状态", label=STATUS_COLOURS)
    def shown_status(self, handover: Handover) -> tuple[str, str]:
        return handover.status, handover.get_status_display()

    @admin.display(description="进度")
    def shown_bar(self, handover: Any) -> SafeString:
        context = {"bar": bar_of(handover, handover.progress)}
        return render_to_string("admin/customers/handover/_bar.html", context)

    def get_urls(self) -> list[URLPattern]:
        start = self.admin_site.admin_view(self.start_view)
        return [
            path("<path:object_id>/start/", start, name="customers_handover_start"),
            *super().get_urls(),
        ]

    @action(
        description="发起移交", icon="move_up", permissions=["add"], variant=ActionVariant.PRIMARY
    )
    def begin(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:customers_handover_add")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form; what is right becomes a draft with its dry run, and nothing is moved yet."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = HandoverForm(request.POST or None, initial=_initial(request))
        if request.method == "POST" and form.is_valid():
            try:
                handover = _plan(form, actor_of(request))
            except AppError as error:
                form.add_error("first" if error.attr == "candidates" else error.attr, error.detail)
            else:
                self.log_addition(request, handover, "预演")
                return redirect("admin:customers_handover_change", handover.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "发起移交",
            "form": form,
        }
        return TemplateResponse(request, "admin/customers/handover/form.html", context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context |= page_of(obj, state=request.GET.get("state", ""))
        context |= {"title": str(obj), "may_start": self.has_add_permission(request)}
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page

    def start_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST alone starts."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        pk = _number(unquote(object_id))
        if request.method == "POST":
            try:
                handover = handover_start(handover_id=pk, actor=actor_of(request))
            except AppError as error:
                messages.error(request, error.detail)
            else:
                self.log_change(request, handover, "开始移交")
                messages.success(request, "移交已开始，本页会自动更新进度")
        return redirect(reverse("admin:customers_handover_change", args=[pk]))


def _plan(form: HandoverForm, actor: Actor) -> Handover:
    cleaned = form.cleaned_data
    return handover_plan(
        from_user=cleaned["from_user"],
        candidates=form.candidates(),
        reason=HandoverReason(cleaned["reason"]),
        message=cleaned["message"],
        moves_groups=cleaned["moves_groups"],
        actor=actor,
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    """`?from_user=` comes from the page of somebody: whoever has left is inherited from."""
    user = User.objects.filter(pk=_number(request.GET.get("from_user", ""))).first()
    if user is None:
        return {}
    has_left = user.resigned_at is not None
    reason = HandoverReason.RESIGNED if has_left else HandoverReason.ON_JOB
    return {"from_user": user.pk, "reason": reason}


def _number(text: str) -> int:
    """A key that cannot be one finds nothing."""
    return whole_number(text) or 0
