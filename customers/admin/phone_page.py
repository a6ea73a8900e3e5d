"""A masked phone shown once, to those who may ask for it; the asking stays in the history."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from customers import phones
from customers.models import Customer
from customers.phone_visibility import address_shown, may_reveal_phones, may_see_phones


class PhonePage(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(self.phone_view)
        return [
            path("<int:customer_id>/phone/", own, name="customers_customer_phone"),
            *super().get_urls(),
        ]

    def phone_view(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """POST alone shows it."""
        if customer_id >= 2**63:
            raise Http404
        customer: Customer = get_object_or_404(self.get_queryset(request), pk=customer_id)
        allowed = may_reveal_phones(request.user) or may_see_phones(request.user)
        if not (allowed and self.has_view_permission(request, customer)):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:customers_customer_change", customer.pk)
        self.log_change(request, customer, "查看手机号")
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"{customer.name} 的手机号",
            "opts": self.opts,
            "customer": customer,
            "phone": phones.display(customer.phone),
        }
        page = TemplateResponse(request, "admin/customers/customer/phone.html", context)
        page["Cache-Control"] = "no-store"
        return page


def mask_profile(profile: dict[str, Any], user: Any) -> None:
    """What a customer's page shows of phones and addresses, as this user may see it."""
    if may_see_phones(user):
        return
    phone = profile["attributes"]["phone"]
    profile["attributes"]["phone"] = phones.mask(phone) if phone else phone
    for message in profile.get("messages", {}).get("recent", []):
        if "recipient" in message:
            message["recipient"] = address_shown(message["recipient"], user)
