"""Customers in the operators' admin. Every change goes through the same actions as everywhere."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.decorators import display

from customers import phones
from customers.actions.create import customer_create
from customers.actions.edit import customer_edit
from customers.actions.fields import CustomerFields
from customers.admin.actor import actor_of
from customers.admin.bulk_acts import BulkActs
from customers.admin.list_filters import StandingFilter, TagFilter
from customers.admin.masking import MaskedPhones
from customers.admin.phone_page import PhonePage
from customers.admin.privacy import PrivacyPages
from customers.admin.profile import CustomerPage
from customers.admin.refusals import RefusalsSaid
from customers.forms import CustomerForm
from customers.models import Customer, RiskLevel
from customers.search import matching
from customers.visibility import customers_visible_to

RISK_COLOURS = {
    RiskLevel.NONE: "default",
    RiskLevel.LOW: "info",
    RiskLevel.MEDIUM: "warning",
    RiskLevel.HIGH: "danger",
}


@admin.register(Customer)
class CustomerAdmin(MaskedPhones, RefusalsSaid, BulkActs, PrivacyPages, PhonePage, CustomerPage):
    form = CustomerForm
    masked = {"phone": "phone_masked", "phone_display": "phone_masked"}
    # Their own history keeps what changed, and forgets it with the person.
    audit_values = ()
    list_display = [
        "name",
        "phone_display",
        "company",
        "follow_user",
        "channel",
        "status",
        "shown_risk",
        "last_active_at",
    ]
    list_filter = [StandingFilter, "channel", "risk_level", TagFilter, "follow_user"]
    list_select_related = ["follow_user"]
    search_fields = ["name"]  # opens the search; what it finds, `get_search_results` says
    show_full_result_count = False
    autocomplete_fields = ["follow_user"]
    readonly_fields = ["status", "created_at", "updated_at"]
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("name", "phone", "company", "gender", "province", "city")}),
        ("归属", {"fields": ("follow_user", "channel", "status", "add_time")}),
        ("备注", {"fields": ("remark", "description")}),
        ("微信身份", {"fields": ("type", "corp_id", "external_userid", "unionid", "avatar")}),
        ("时间", {"fields": ("created_at", "updated_at")}),
    )

    @admin.display(description="手机", ordering="phone")
    def phone_display(self, customer: Customer) -> str:
        return customer.phone_display

    @admin.display(description="手机", ordering="phone")
    def phone_masked(self, customer: Customer) -> str:
        return phones.mask(customer.phone)

    @display(description="流失风险", ordering="risk_score", label=RISK_COLOURS)
    def shown_risk(self, customer: Customer) -> tuple[str, str]:
        if customer.risk_level == RiskLevel.NONE:
            return customer.risk_level, "无"
        return customer.risk_level, f"{customer.get_risk_level_display()} {customer.risk_score}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return customers_visible_to(actor_of(request)).order_by("-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        return matching(queryset, search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Customers are marked deleted by status: tickets and messages keep theirs."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Customer, form: ModelForm, change: bool
    ) -> None:
        names = form.changed_data if change else list(form.cleaned_data)
        if not change and form.cleaned_data["follow_user"] is None:
            names.remove("follow_user")  # staff who name nobody are it themselves
        fields = cast("CustomerFields", {name: form.cleaned_data[name] for name in names})
        actor = actor_of(request)
        if change:
            customer_edit(customer_id=obj.pk, changes=fields, actor=actor)
        else:
            obj.pk = customer_create(fields=fields, actor=actor).pk
