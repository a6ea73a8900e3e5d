"""Through whose accounts channels send, which are broken, and who wants no messages."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.admin import ModelAdmin
from unfold.decorators import action

from config.admin_acts import BulkAct, asked, confirmed, deleting
from config.admin_site.read_only import ReadOnlyAdmin
from config.errors import AppError
from customers.admin.masking import MaskedPhones
from customers.phone_visibility import masked_address
from messaging.actions.channel_accounts import account_save, account_verify
from messaging.forms import ChannelAccountForm, channel_fields
from messaging.models import ChannelAccount, ChannelCircuit, OptOut
from messaging.sending.circuit import circuit_close


@admin.register(ChannelAccount)
class ChannelAccountAdmin(ModelAdmin):
    form = ChannelAccountForm
    audit_values = ("code", "name", "is_active", "is_default")
    list_display = ["name", "channel", "code", "shown_secrets", "is_default", "is_active"]
    list_filter = ["channel", "is_active"]
    search_fields = ["name", "code"]
    actions_detail = ["verify"]

    @action(description="验证", icon="verified", permissions=["change"])
    @asked("验证", "用这个账号向平台发一次无害的请求，不会发出消息；结果显示在账号页面上方。")
    def verify(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The cheapest harmless call to the provider, and what it said."""
        account = get_object_or_404(ChannelAccount, pk=object_id)
        try:
            found = account_verify(account)
            tell = messages.success if found.ok else messages.error
            tell(request, f"{found.detail}（{found.code}）" if found.code else found.detail)
        except AppError as error:
            messages.error(request, error.detail)
        return redirect("admin:messaging_channelaccount_change", account.pk)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["fields"] = self.form.Meta.fields
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: ChannelAccount | None = None) -> Any:
        """A new account shows its channel's fields once the channel is chosen and saved."""
        channel = obj.channel if obj else request.POST.get("channel", "")
        own = ["code", "name", "is_active", "is_default"]
        if obj is None:
            own.insert(0, "channel")
        return [(None, {"fields": own}), ("渠道设置", {"fields": list(channel_fields(channel))})]

    def save_model(
        self, request: HttpRequest, obj: ChannelAccount, form: Any, change: bool
    ) -> None:
        account_save(obj)

    @admin.display(description="密钥")
    def shown_secrets(self, account: ChannelAccount) -> str:
        return "，".join(account.masked_secrets.values())


@admin.register(ChannelCircuit)
class ChannelCircuitAdmin(ReadOnlyAdmin):
    list_display = ["key", "is_open", "code", "detail", "opened_at", "open_until"]
    list_filter = ["is_open"]
    actions = [
        confirmed(
            BulkAct(
                name="close_selected",
                label="立即恢复发送",
                effect="所选账号立即继续发送；若平台仍拒绝，会再次熔断。",
                done="已恢复发送",
                unit="个账号",
                permission="close",
                run=lambda circuit, doing: circuit_close(circuit.key),
                against=lambda circuit, request: "" if circuit.is_open else "没有熔断",
                named=lambda circuit: circuit.key,
            )
        )
    ]

    def has_close_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("messaging.change_channelaccount"))


@admin.register(OptOut)
class OptOutAdmin(MaskedPhones):
    masked = {"address": "masked_address"}
    audit_values = ("channel", "reason")
    list_display = ["channel", "address", "reason", "created_at"]
    list_filter = ["channel"]
    search_fields = ["address"]
    actions = [deleting("个退订")]

    @admin.display(description="地址", ordering="address")
    def masked_address(self, row: OptOut) -> str:
        return masked_address(row.address)
