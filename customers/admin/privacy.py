"""A person's data on the customer's page: downloaded, or erased after a question. Administrators'."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from config.errors import AppError, NotFoundError
from customers.actions.privacy import REASON_LENGTH, customer_erase, personal_data_of
from customers.actors import Entry, actor_for
from customers.models import Customer, User


class EraseForm(forms.Form):
    reason = forms.CharField(
        label="原因",
        max_length=REASON_LENGTH,
        help_text="如：客户本人于 11 月 25 日书面要求。请勿写入姓名、手机号",
        widget=UnfoldAdminTextInputWidget,
    )
    confirm = forms.BooleanField(label="我知道删除后不能恢复", widget=UnfoldBooleanSwitchWidget)


class PrivacyPages(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path(
                "<int:customer_id>/personal-data/",
                own(self.personal_data_view),
                name="customers_customer_personal_data",
            ),
            path("<int:customer_id>/erase/", own(self.erase_view), name="customers_customer_erase"),
            *super().get_urls(),
        ]

    def personal_data_view(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        actor = actor_for(_administrator(request), Entry.ADMIN)
        try:
            shown = personal_data_of(customer_id=_number(customer_id), actor=actor)
        except NotFoundError as error:
            raise Http404 from error
        text = json.dumps(shown, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        name = f"personal-data-{customer_id}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response

    def erase_view(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """GET asks, POST with a reason and the confirmation erases."""
        user = _administrator(request)
        customer = Customer.objects.filter(pk=_number(customer_id), erased_at=None).first()
        if customer is None:
            raise Http404
        form = EraseForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                customer_erase(
                    customer_id=customer.pk,
                    reason=form.cleaned_data["reason"],
                    actor=actor_for(user, Entry.ADMIN),
                )
            except AppError as error:
                messages.error(request, error.detail)
            else:
                messages.success(request, f"客户 {customer.pk} 的个人信息已删除")
                return redirect("admin:customers_customer_changelist")
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "删除个人信息",
            "opts": self.opts,
            "media": self.media,
            "customer": customer,
            "form": form,
        }
        return TemplateResponse(request, "admin/customers/customer/erase.html", context)


def _administrator(request: HttpRequest) -> User:
    user = request.user
    is_one = isinstance(user, User) and actor_for(user, Entry.ADMIN).sees_all
    if not is_one or not user.has_perm("customers.delete_customer"):
        raise PermissionDenied
    assert isinstance(user, User)
    return user


def _number(customer_id: int) -> int:
    if customer_id >= 2**63:
        raise Http404
    return customer_id
