"""Customers in the operators' admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from customers.actors import Entry, actor_for
from customers.forms import CustomerForm
from customers.models import Customer, User
from customers.visibility import customers_visible_to


@admin.register(Customer)
class CustomerAdmin(ModelAdmin):
    form = CustomerForm
    list_display = ["name", "phone_display", "company", "follow_user", "channel", "status"]
    list_filter = ["status", "channel", "follow_user"]
    list_select_related = ["follow_user"]
    search_fields = ["name", "phone", "company"]
    autocomplete_fields = ["follow_user"]
    readonly_fields = ["created_at", "updated_at"]
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("name", "phone", "company", "gender", "province", "city")}),
        ("归属", {"fields": ("follow_user", "channel", "status", "add_time")}),
        ("微信身份", {"fields": ("type", "corp_id", "external_userid", "unionid", "avatar")}),
        ("时间", {"fields": ("created_at", "updated_at")}),
    )

    @admin.display(description="手机", ordering="phone")
    def phone_display(self, customer: Customer) -> str:
        return customer.phone_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        assert isinstance(request.user, User)
        return customers_visible_to(actor_for(request.user, Entry.ADMIN)).order_by("-id")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Customers are marked deleted by status: tickets and messages keep theirs."""
        return False
