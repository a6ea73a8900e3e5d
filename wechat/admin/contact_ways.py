"""渠道活码 in the operators' admin: what it names, its QR code, what it has brought."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from config.admin_acts import BulkAct, confirmed
from config.errors import InvalidInputError
from config.web_addresses import followable
from customers.queries.staff import team_members
from wechat.contact_ways.actions import way_changed
from wechat.contact_ways.statistics import way_statistics
from wechat.models import ContactWay
from wechat.welcome.texts import VARIABLES, check_text

STATES = {"ready": "success", "waiting": "warning", "failed": "danger", "off": "default"}


class ContactWayForm(forms.ModelForm):
    class Meta:
        model = ContactWay
        fields = [
            "name", "state", "staff", "rotation", "daily_limit", "tags", "welcome_text", "remark",
            "skip_verify", "is_active",
        ]  # fmt: skip
        help_texts = {
            "state": "客户添加成员时带回的标识，字母、数字、_ 和 -，保存后不能修改",
            "daily_limit": "0 表示不限；全部成员都到上限后仍由全部成员接待",
            "welcome_text": "留空用通用欢迎语（运行设置 wechat.welcome）。变量："
            + "、".join(f"{{{{{name}}}}} {words}" for name, words in VARIABLES.items()),
            "is_active": "停用后企业微信中的二维码随即删除，已印出的不再可用",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "staff" in self.fields:
            able = team_members().exclude(wecom_user_id=None).order_by("name", "username")
            self.fields["staff"].queryset = able  # type: ignore[attr-defined]

    def clean_state(self) -> str:
        state = str(self.cleaned_data["state"])
        if not all(one.isascii() and (one.isalnum() or one in "_-") for one in state):
            raise ValidationError("只能用字母、数字、_ 和 -")
        return state

    def clean_welcome_text(self) -> str:
        text = str(self.cleaned_data["welcome_text"])
        try:
            check_text(text, attr="welcome_text")
        except InvalidInputError as error:
            raise ValidationError(error.detail) from None
        return text


@admin.register(ContactWay)
class ContactWayAdmin(ModelAdmin):
    form = ContactWayForm
    list_display = [
        "name", "state", "shown_state", "rotation", "current", "added_count", "created_at",
    ]  # fmt: skip
    list_filter = ["is_active", "rotation"]
    search_fields = ["name", "=state"]
    list_select_related = ["current"]
    filter_horizontal = ["staff", "tags"]
    readonly_fields = ["shown_code", "shown_statistics", "error"]
    ordering = ["-id"]
    actions = [
        confirmed(
            BulkAct(
                name="write_again",
                label="重新写入企业微信",
                effect="把所选渠道活码的成员、欢迎语与设置再写一次到企业微信。",
                done="已安排写入",
                unit="个渠道活码",
                run=lambda way, doing: way_changed(way.pk),
            )
        )
    ]

    def get_fields(self, request: HttpRequest, obj: ContactWay | None = None) -> Any:
        own = list(ContactWayForm.Meta.fields)
        return [*own, "error", "shown_code", "shown_statistics"] if obj else own

    def get_readonly_fields(self, request: HttpRequest, obj: ContactWay | None = None) -> Any:
        return [*self.readonly_fields, "state"] if obj else self.readonly_fields

    @display(description="状态", label=STATES)
    def shown_state(self, way: ContactWay) -> tuple[str, str]:
        if way.error:
            return "failed", "写入失败"
        if way.pushed_version < way.version:
            return "waiting", "写入中"
        return ("ready", "可用") if way.is_active else ("off", "已停用")

    @admin.display(description="二维码")
    def shown_code(self, way: ContactWay) -> SafeString:
        context = {"way": way, "address": followable(way.qr_code)}
        return render_to_string("admin/wechat/contactway/_code.html", context)

    @admin.display(description="效果")
    def shown_statistics(self, way: ContactWay) -> SafeString:
        return render_to_string("admin/wechat/contactway/_statistics.html", way_statistics(way))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Once its members stand, the platform's copy follows."""
        super().save_related(request, form, formsets, change)
        way_changed(form.instance.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Customers still come back with its state; switch it off instead."""
        return False
