"""The Official Account: who follows it, the codes they come by, and its menu."""

from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from config.admin_acts import BulkAct, asked, confirmed
from config.admin_site.read_only import ReadOnlyAdmin
from config.events.publish import enqueue
from config.web_addresses import followable
from wechat.models import OfficialFollower, OfficialQrCode
from wechat.official import codes, menu

PUBLISH_TASK = "wechat.tasks.official.publish_menu"


@admin.register(OfficialFollower)
class OfficialFollowerAdmin(ReadOnlyAdmin):
    list_display = ["customer", "shown_state", "shown_source", "subscribed_at", "last_seen_at"]
    list_filter = ["is_subscribed", ("qr_code", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["customer", "qr_code"]
    search_fields = ["=openid", "=unionid", "customer__name"]
    list_per_page = 50
    ordering = ["-id"]
    actions_list = ["publish_menu"]
    fields = [
        "customer",
        "shown_state",
        "openid",
        "unionid",
        "scene",
        "qr_code",
        "subscribed_at",
        "unsubscribed_at",
        "last_seen_at",
        "shown_place",
    ]

    @display(
        description="状态",
        ordering="is_subscribed",
        label={"in": "success", "out": "default", "seen": "info"},
    )
    def shown_state(self, follower: OfficialFollower) -> tuple[str, str]:
        if follower.is_subscribed:
            return "in", "已关注"
        return ("out", "已取消关注") if follower.unsubscribed_at else ("seen", "未关注")

    @admin.display(description="首次来源", ordering="scene")
    def shown_source(self, follower: OfficialFollower) -> str:
        return follower.qr_code.name if follower.qr_code else follower.scene or "搜索或其他"

    @admin.display(description="最近位置")
    def shown_place(self, follower: OfficialFollower) -> str:
        if follower.latitude is None or follower.longitude is None:
            return "-"
        return f"{follower.latitude:.5f}，{follower.longitude:.5f}"

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wechat.change_officialqrcode")

    @action(description="发布菜单", permissions=["publish"], icon="menu")
    @asked("发布菜单", "把「运行配置 → wechat.menu」的菜单发布到公众号，替换粉丝现在看到的菜单。")
    def publish_menu(self, request: HttpRequest) -> HttpResponse:
        """By a task: the platform may take its time."""
        before = cache.get(menu.OUTCOME)
        enqueue(PUBLISH_TASK, [[]], queue="default")
        messages.success(
            request, "已提交发布，几秒后在公众号生效；菜单内容在「运行配置 → wechat.menu」"
        )
        if before:
            messages.info(request, f"上一次：{before}")
        return redirect(reverse("admin:wechat_officialfollower_changelist"))


@admin.register(OfficialQrCode)
class OfficialQrCodeAdmin(ModelAdmin):
    list_display = ["name", "scene", "shown_state", "follow_count", "scan_count", "owner"]
    list_filter = ["is_active"]
    list_select_related = ["owner"]
    search_fields = ["name", "=scene"]
    autocomplete_fields = ["tags", "owner"]
    ordering = ["-id"]
    actions = [
        confirmed(
            BulkAct(
                name="make_again",
                label="重新生成失败的二维码",
                effect="向公众平台重新申请没有生成的二维码，几秒后可见结果。",
                done="已重新提交",
                unit="个二维码",
                run=lambda code, doing: codes.code_wanted(code),
                against=lambda code, request: "已经生成" if code.ticket else "",
            )
        )
    ]
    fields = [
        "name",
        "scene",
        "expires_at",
        "tags",
        "owner",
        "greeting",
        "is_active",
        "shown_picture",
        "shown_state",
        "scan_count",
        "follow_count",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the platform has been told cannot be told otherwise."""
        fixed = ["shown_picture", "shown_state", "scan_count", "follow_count"]
        return fixed if obj is None else [*fixed, "scene", "expires_at"]

    @display(
        description="状态",
        label={"made": "success", "waits": "info", "failed": "danger", "off": "default"},
    )
    def shown_state(self, code: OfficialQrCode) -> tuple[str, str]:
        if not code.is_active:
            return "off", "停用"
        if code.error:
            return "failed", code.error
        return ("made", "可用") if code.ticket else ("waits", "生成中")

    @admin.display(description="二维码")
    def shown_picture(self, code: OfficialQrCode) -> str:
        address = codes.picture_of(code)
        if not address:
            return "保存后几秒内生成，请刷新查看"
        link = (
            format_html('<a href="{}">{}</a>', code.url, code.url) if followable(code.url) else ""
        )
        return format_html(
            '<img src="{}" alt="{}的二维码" width="200" height="200"><br>{}',
            address,
            code.name,
            link,
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.ticket:
            codes.code_wanted(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those who came by it point here: a code is switched off, not taken away."""
        return False
