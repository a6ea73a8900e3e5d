"""The catalogue of tags in the operators' admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from config.admin_acts import deleting
from config.errors import AppError
from customers.actions import tag_catalogue as acts
from customers.admin.actor import actor_of
from customers.admin.refusals import RefusalsSaid
from customers.models import Tag, TagGroup
from customers.queries.tags import carriers_of


class _CatalogueAdmin(RefusalsSaid):
    """Changes go through the actions; what one refuses is said, and nothing of it is kept."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            page: HttpResponse = super().delete_view(request, object_id, extra_context)
        except AppError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect("../../")
        return page

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The tag itself; who carries it is counted in the list, not listed by the thousand."""
        return [str(each) for each in objs], {}, set(), []


@admin.register(Tag)
class TagAdmin(_CatalogueAdmin):
    fields = ["group", "name", "order"]
    list_display = ["name", "group", "order", "customers_now", "created_at"]
    list_filter = ["group"]
    list_select_related = ["group"]
    search_fields = ["name"]
    list_per_page = 50
    actions = [deleting("个标签")]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the counts of the whole page, by one query."""
        page = super().get_changelist_instance(request)
        shown = list(page.result_list)
        counts = carriers_of([tag.pk for tag in shown], actor_of(request))
        for tag in shown:
            tag.carriers = counts.get(tag.pk, 0)
        page.result_list = shown
        return page

    @admin.display(description="客户数")
    def customers_now(self, tag: Tag) -> int:
        return int(getattr(tag, "carriers", 0))

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        given, actor = form.cleaned_data, actor_of(request)
        if change:
            acts.tag_edit(tag_id=obj.pk, actor=actor, **given)
        else:
            obj.pk = acts.tag_create(actor=actor, **given).pk

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        acts.tag_delete(tag_id=obj.pk, actor=actor_of(request))


@admin.register(TagGroup)
class TagGroupAdmin(_CatalogueAdmin):
    fields = ["name", "order"]
    list_display = ["name", "order", "shown_tags", "created_at"]
    actions = [deleting("个标签组")]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TagGroup]:
        found: QuerySet[TagGroup] = super().get_queryset(request)
        return found.prefetch_related("tags")

    @admin.display(description="标签")
    def shown_tags(self, group: TagGroup) -> str:
        return "、".join(tag.name for tag in group.tags.all())[:200]

    def save_model(self, request: HttpRequest, obj: TagGroup, form: Any, change: bool) -> None:
        given, actor = form.cleaned_data, actor_of(request)
        if change:
            acts.group_edit(group_id=obj.pk, actor=actor, **given)
        else:
            obj.pk = acts.group_create(actor=actor, **given).pk

    def delete_model(self, request: HttpRequest, obj: TagGroup) -> None:
        acts.group_delete(group_id=obj.pk, actor=actor_of(request))
