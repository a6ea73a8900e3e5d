"""Segments in the operators' admin: a filter put together by rows, with what it finds beside it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from config.admin_acts import deleting
from customers.actions.segments import segment_create, segment_delete, segment_edit
from customers.admin.actor import actor_of
from customers.admin.conditions_field import EVERYBODY, ConditionsField
from customers.models import Segment
from customers.visibility import segments_visible_to


class SegmentForm(forms.ModelForm):
    conditions = ConditionsField(label="条件", initial=EVERYBODY)

    class Meta:
        model = Segment
        fields = ["name", "conditions", "is_shared"]

    def clean_name(self) -> str:
        """One name once for its maker, whom the model cannot compare before it is saved."""
        name: str = self.cleaned_data["name"].strip()
        owner = self.instance.owner if self.instance.pk else self.maker
        same = Segment.objects.filter(owner=owner, name=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(f"已有名为「{name}」的分群")
        return name

    maker: Any = None


@admin.register(Segment)
class SegmentAdmin(ModelAdmin):
    form = SegmentForm
    list_display = ["name", "owner", "is_shared", "updated_at"]
    list_filter = ["is_shared"]
    list_select_related = ["owner"]
    search_fields = ["name"]
    readonly_fields = ["owner", "created_at", "updated_at"]
    list_per_page = 50
    actions = [deleting("个分群")]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown: list[Any] = [(None, {"fields": ("name", "conditions", "is_shared")})]
        if obj is not None:
            shown.append(("创建", {"fields": ("owner", "created_at", "updated_at")}))
        return shown

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, **kwargs)
        form.maker = request.user
        return form

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        return segments_visible_to(actor_of(request)).order_by("name", "id")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change(request, obj)

    def save_model(self, request: HttpRequest, obj: Segment, form: Any, change: bool) -> None:
        given: Any = {name: form.cleaned_data[name] for name in SegmentForm.Meta.fields}
        actor = actor_of(request)
        if change:
            segment_edit(segment_id=obj.pk, changes=given, actor=actor)
        else:
            made = segment_create(actor=actor, **given)
            obj.pk, obj.owner, obj.created_at = made.pk, made.owner, made.created_at

    def delete_model(self, request: HttpRequest, obj: Segment) -> None:
        segment_delete(segment_id=obj.pk, actor=actor_of(request))


def _may_change(request: HttpRequest, segment: Segment | None) -> bool:
    if segment is None:
        return True
    actor = actor_of(request)
    return actor.sees_all or (actor.user is not None and segment.owner_id == actor.user.pk)
