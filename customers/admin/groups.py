"""Customer groups in the operators' admin: who is in them, who has come and gone, and their tags."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from customers.actions.groups import group_tag_remove, group_tags_add
from customers.admin.actor import actor_of
from customers.models import CustomerGroup, GroupMember, GroupStatus
from customers.queries.groups import group_figures, groups_shown
from customers.visibility import groups_visible_to

DAYS = 30


class _Stays(TabularInline):
    """Stays in a group are the platform's news; nobody edits them."""

    model = GroupMember
    extra = 0
    can_delete = False
    per_page = 20
    tab = True
    fields = ["name", "kind", "customer", "invitor_userid", "joined_at", "left_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupMember]:
        rows: QuerySet[GroupMember] = super().get_queryset(request)
        return rows.select_related("customer").order_by("-id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the group sees who is in it."""
        return True


class PresentInline(_Stays):
    verbose_name_plural = "在群成员"

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupMember]:
        return super().get_queryset(request).filter(left_at=None)


class LeftInline(_Stays):
    verbose_name_plural = "退群记录"

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupMember]:
        return super().get_queryset(request).filter(left_at__isnull=False).order_by("-left_at")


@admin.register(CustomerGroup)
class CustomerGroupAdmin(ModelAdmin):
    list_display = ["shown_name", "shown_owner", "member_count", "shown_tags", "shown_status"]
    list_display_links = ["shown_name"]
    list_filter = ["status", "owner", "tags"]
    search_fields = ["name", "chat_id"]
    list_per_page = 50
    inlines = [PresentInline, LeftInline]
    filter_horizontal = ["tags"]
    readonly_fields = [
        "name",
        "notice",
        "shown_owner",
        "shown_status",
        "member_count",
        "shown_figures",
        "group_created_at",
        "synced_at",
        "chat_id",
    ]
    fieldsets = (
        (None, {"fields": ("name", "shown_status", "shown_owner", "notice", "tags")}),
        ("成员", {"fields": ("member_count", "shown_figures")}),
        ("企业微信", {"fields": ("chat_id", "group_created_at", "synced_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerGroup]:
        return groups_shown(groups_visible_to(actor_of(request))).order_by("-id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Groups are made in WeCom."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="群名", ordering="name")
    def shown_name(self, group: CustomerGroup) -> str:
        return str(group)

    @admin.display(description="群主", ordering="owner_userid")
    def shown_owner(self, group: CustomerGroup) -> str:
        return group.owner.display_name if group.owner else group.owner_userid

    @admin.display(description="标签")
    def shown_tags(self, group: CustomerGroup) -> str:
        return "、".join(tag.name for tag in group.tags.all())

    @display(
        description="状态",
        ordering="status",
        label={GroupStatus.ACTIVE: "success", GroupStatus.DISMISSED: "default"},
    )
    def shown_status(self, group: CustomerGroup) -> tuple[str, str]:
        return group.status, group.get_status_display()

    @admin.display(description=f"近 {DAYS} 天")
    def shown_figures(self, group: CustomerGroup) -> str:
        figures = group_figures(group, days=DAYS)
        return (
            f"入群 {figures.joined}，退群 {figures.left}，净增 {figures.net}；"
            f"现有客户 {figures.external}，企业成员 {figures.staff}"
        )

    def save_model(self, request: HttpRequest, obj: CustomerGroup, form: Any, change: bool) -> None:
        """Nothing of the group itself is edited here."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Tags by the same acts as everywhere."""
        group: CustomerGroup = form.instance
        wanted = {tag.pk for tag in form.cleaned_data.get("tags", [])}
        carried = set(group.tags.values_list("pk", flat=True))
        actor = actor_of(request)
        if wanted - carried:
            group_tags_add(group_id=group.pk, tag_ids=wanted - carried, actor=actor)
        for tag_id in sorted(carried - wanted):
            group_tag_remove(group_id=group.pk, tag_id=tag_id, actor=actor)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """The stays are shown, never saved: they have nothing to say here."""
        return super().construct_change_message(request, form, [], add)
