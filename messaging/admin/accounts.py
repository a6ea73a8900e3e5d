"""Through whose accounts channels send, which are broken, and who wants no messages."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from messaging.actions.channel_accounts import account_save
from messaging.admin.base import ReadOnlyAdmin
from messaging.forms import ChannelAccountForm, channel_fields
from messaging.models import ChannelAccount, ChannelCircuit, OptOut
from messaging.sending.circuit import circuit_close


@admin.register(ChannelAccount)
class ChannelAccountAdmin(ModelAdmin):
    form = ChannelAccountForm
    list_display = ["name", "channel", "code", "shown_secrets", "is_default", "is_active"]
    list_filter = ["channel", "is_active"]
    search_fields = ["name", "code"]

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
    actions = ["close_selected"]

    def has_close_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("messaging.change_channelaccount"))

    @admin.action(description="立即恢复发送", permissions=["close"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet[ChannelCircuit]) -> None:
        for circuit in queryset.filter(is_open=True):
            circuit_close(circuit.key)
            messages.success(request, f"{circuit.key} 已恢复")


@admin.register(OptOut)
class OptOutAdmin(ModelAdmin):
    list_display = ["channel", "address", "reason", "created_at"]
    list_filter = ["channel"]
    search_fields = ["address"]
