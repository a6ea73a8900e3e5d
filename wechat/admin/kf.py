"""WeChat customer service: its accounts, how far they have been read, and who is served by whom."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from config.admin_acts import BulkAct, Doing, confirmed
from config.admin_site.read_only import ReadOnlyAdmin
from config.events.publish import enqueue
from wechat.kf.accounts import accounts_want
from wechat.kf.doorbell import LOOK_TASK, QUEUE
from wechat.models import KfAccount, KfCustomer, KfState


def _read_list(accounts: Sequence[KfAccount], doing: Doing) -> int:
    enqueue(LOOK_TASK, [[]], queue=QUEUE)
    return len(accounts)


@admin.register(KfAccount)
class KfAccountAdmin(ReadOnlyAdmin):
    """Only whether it is read can be changed here: everything else is the platform's."""

    list_display = ["shown_name", "open_kfid", "shown_state", "doorbell_at", "synced_at", "error"]
    fields = [
        "open_kfid",
        "name",
        "is_active",
        "shown_state",
        "shown_servicers",
        "doorbell_at",
        "synced_at",
        "error",
        "created_at",
    ]
    readonly_fields = [name for name in fields if name != "is_active"]
    ordering = ["pk"]
    actions = [
        confirmed(
            BulkAct(
                name="read_now",
                label="立即读取消息",
                effect="立即向微信客服读取所选账号的新消息，不等通知。",
                done="即将读取",
                unit="个账号",
                run_all=lambda accounts, doing: accounts_want([each.pk for each in accounts]),
                against=lambda account, request: "" if account.is_active else "已停用",
            )
        ),
        confirmed(
            BulkAct(
                name="read_list",
                label="更新账号与接待人员",
                effect="从企业微信重新读取全部客服账号与接待人员，不限于所选。",
                done="即将更新",
                unit="个账号",
                run_all=_read_list,
            )
        ),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("wechat.change_kfaccount")

    @admin.display(description="名称", ordering="name")
    def shown_name(self, account: KfAccount) -> str:
        return str(account)

    @display(
        description="读取",
        label={"off": "default", "waiting": "warning", "done": "success", "fault": "danger"},
    )
    def shown_state(self, account: KfAccount) -> tuple[str, str]:
        if not account.is_active:
            return "off", "已停用"
        if account.error:
            return "fault", "出错"
        return ("waiting", "读取中") if account.wanted > account.read else ("done", "已读完")

    @admin.display(description="接待人员")
    def shown_servicers(self, account: KfAccount) -> str:
        names = [
            f"{one.get('userid')}（{'接待中' if one.get('is_receiving') else '停止接待'}）"
            for one in account.servicers
        ]
        return "、".join(names) or "-"


@admin.register(KfCustomer)
class KfCustomerAdmin(ReadOnlyAdmin):
    list_display = [
        "external_userid",
        "account",
        "shown_state",
        "servicer_userid",
        "scene",
        "changed_at",
    ]
    list_select_related = ["account"]
    list_filter = ["state", "account"]
    search_fields = ["=external_userid", "=servicer_userid"]
    fields = [*list_display]
    readonly_fields = fields
    ordering = ["-pk"]

    @display(
        description="接待状态",
        ordering="state",
        label={
            KfState.NEW: "warning",
            KfState.ASSISTANT: "info",
            KfState.QUEUE: "warning",
            KfState.HUMAN: "success",
            KfState.ENDED: "default",
        },
    )
    def shown_state(self, row: KfCustomer) -> tuple[int, str]:
        return row.state, KfState(row.state).label
