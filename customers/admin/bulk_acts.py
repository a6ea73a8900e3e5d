"""Acts on the customers that are ticked in the admin's list: the same actions as everywhere."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin

from config.errors import AppError
from customers.actions.assign import customer_assign
from customers.actions.block import customer_block, customer_unblock
from customers.actions.standing import customer_delete, customer_restore
from customers.actions.tags import tag_spread, tag_withdraw
from customers.actors import Actor
from customers.admin.actor import actor_of
from customers.admin.bulk_forms import AssignForm, ReasonForm, TagsForm
from customers.models import Customer, TagSource

# What one request works through: tags by the thousand, everything else one by one.
MAX_TAGGED = 20_000
MAX_EACH = 500
SHOWN = 20

Run = Callable[[int, dict[str, Any], Actor], object]


class BulkActs(ModelAdmin):
    actions = [
        "tag_selected",
        "untag_selected",
        "assign_selected",
        "block_selected",
        "unblock_selected",
        "delete_them",
        "restore_them",
    ]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Bringing back is for the list of deleted ones, and the only thing to do there."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        is_deleted_shown = request.GET.get("status") == "0"
        return {
            name: each
            for name, each in found.items()
            if (name == "restore_them") == is_deleted_shown
        }

    @admin.action(description="打标签…", permissions=["change"])
    def tag_selected(self, request: HttpRequest, queryset: QuerySet[Customer]) -> Any:
        return self._tags(request, queryset, "打标签", adds=True)

    @admin.action(description="移除标签…", permissions=["change"])
    def untag_selected(self, request: HttpRequest, queryset: QuerySet[Customer]) -> Any:
        return self._tags(request, queryset, "移除标签", adds=False)

    @admin.action(description="分配给…", permissions=["change"])
    def assign_selected(self, request: HttpRequest, queryset: QuerySet[Customer]) -> Any:
        def run(pk: int, given: dict[str, Any], actor: Actor) -> object:
            return customer_assign(
                customer_id=pk, to_user=given["to_user"], note=given["note"], actor=actor
            )

        return self._asked_each(request, queryset, AssignForm, "分配客户", run)

    @admin.action(description="拉黑…", permissions=["change"])
    def block_selected(self, request: HttpRequest, queryset: QuerySet[Customer]) -> Any:
        def run(pk: int, given: dict[str, Any], actor: Actor) -> object:
            return customer_block(customer_id=pk, reason=given["reason"], actor=actor)

        return self._asked_each(request, queryset, ReasonForm, "拉黑", run)

    @admin.action(description="解除拉黑", permissions=["change"])
    def unblock_selected(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        self._each(
            request,
            queryset,
            "解除拉黑",
            lambda pk, _, actor: customer_unblock(customer_id=pk, actor=actor),
        )

    @admin.action(description="删除…", permissions=["change"])
    def delete_them(self, request: HttpRequest, queryset: QuerySet[Customer]) -> Any:
        """Marked deleted, by their owner or an administrator; asked once more before."""

        def run(pk: int, given: dict[str, Any], actor: Actor) -> object:
            return customer_delete(customer_id=pk, actor=actor)

        return self._asked_each(request, queryset, forms.Form, "删除", run)

    @admin.action(description="恢复", permissions=["change"])
    def restore_them(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        self._each(
            request,
            queryset,
            "恢复",
            lambda pk, _, actor: customer_restore(customer_id=pk, actor=actor),
        )

    def _tags(
        self, request: HttpRequest, queryset: QuerySet[Customer], what: str, *, adds: bool
    ) -> Any:
        form = TagsForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._question(request, queryset, form, what)
        ids = self._ids(request, queryset, MAX_TAGGED)
        changed: set[int] = set()
        for tag in form.cleaned_data["tags"] if ids else []:
            act = {"tag": tag, "customer_ids": ids, "actor": actor_of(request)}
            new = tag_spread(source=TagSource.MANUAL, **act) if adds else tag_withdraw(**act)
            changed.update(new)
        if ids:
            messages.success(request, f"{what}：{len(changed)} 位客户有变化")
        return None

    def _asked_each(
        self,
        request: HttpRequest,
        queryset: QuerySet[Customer],
        form_class: type[forms.Form],
        what: str,
        run: Run,
    ) -> Any:
        form = form_class(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._question(request, queryset, form, what)
        self._each(request, queryset, what, run, form.cleaned_data)
        return None

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[Customer],
        what: str,
        run: Run,
        given: dict[str, Any] | None = None,
    ) -> None:
        """One act for each; what is refused is said and leaves the others done."""
        done, refused = 0, []
        for pk in self._ids(request, queryset, MAX_EACH):
            try:
                run(pk, given or {}, actor_of(request))
                done += 1
            except AppError as error:
                refused.append(f"客户 {pk}：{error.detail}")
        for text in refused[:SHOWN]:
            messages.error(request, text)
        if len(refused) > SHOWN:
            messages.error(request, f"另有 {len(refused) - SHOWN} 位客户未能{what}")
        if done:
            messages.success(request, f"{what}：{done} 位客户")

    def _ids(self, request: HttpRequest, queryset: QuerySet[Customer], limit: int) -> list[int]:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: limit + 1])
        if len(ids) > limit:
            messages.error(request, f"一次最多 {limit} 位客户，请缩小范围")
            return []
        return ids

    def _question(
        self, request: HttpRequest, queryset: QuerySet[Customer], form: forms.Form, what: str
    ) -> TemplateResponse:
        return TemplateResponse(
            request,
            "admin/customers/bulk.html",
            {
                **self.admin_site.each_context(request),
                "title": what,
                "form": form,
                "customers": queryset.order_by("-pk")[:SHOWN],
                "count": queryset.count(),
                "selected": request.POST.getlist("_selected_action"),
                "select_across": request.POST.get("select_across", "0"),
                "action": request.POST.get("action", ""),
                "opts": self.opts,
            },
        )
