"""How the operators' admin looks: its name, its colour, and the navigation by work."""

from typing import Any

from django.urls import reverse_lazy

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "客服与消息平台",
    "SITE_HEADER": "客服与消息平台",
    "SITE_SUBHEADER": "运营后台",
    "SITE_SYMBOL": "support_agent",
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {
        "primary": {
            "50": "oklch(97.9% .021 166.1)",
            "100": "oklch(95% .052 163.1)",
            "200": "oklch(90.5% .093 164.2)",
            "300": "oklch(84.5% .143 164.9)",
            "400": "oklch(76.5% .177 163.2)",
            "500": "oklch(69.6% .17 162.5)",
            "600": "oklch(59.6% .145 163.2)",
            "700": "oklch(50.8% .118 165.6)",
            "800": "oklch(43.2% .095 166.9)",
            "900": "oklch(37.8% .077 168.9)",
            "950": "oklch(26.2% .051 172.6)",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "服务",
                "items": [
                    {
                        "title": "工单",
                        "icon": "confirmation_number",
                        "link": reverse_lazy("admin:tickets_ticket_changelist"),
                    },
                    {
                        "title": "客服档案",
                        "icon": "badge",
                        "link": reverse_lazy("admin:tickets_agentprofile_changelist"),
                    },
                    {
                        "title": "在线状态",
                        "icon": "sensors",
                        "link": reverse_lazy("admin:tickets_agentpresence_changelist"),
                    },
                    {
                        "title": "派单记录",
                        "icon": "alt_route",
                        "link": reverse_lazy("admin:tickets_dispatchdecision_changelist"),
                    },
                    {
                        "title": "催促记录",
                        "icon": "notification_important",
                        "link": reverse_lazy("admin:tickets_ticketreminder_changelist"),
                    },
                    {
                        "title": "SLA 策略",
                        "icon": "timer",
                        "link": reverse_lazy("admin:tickets_slapolicy_changelist"),
                    },
                    {
                        "title": "SLA 预警",
                        "icon": "notifications_active",
                        "link": reverse_lazy("admin:tickets_slastep_changelist"),
                    },
                    {
                        "title": "满意度评价",
                        "icon": "grade",
                        "link": reverse_lazy("admin:tickets_ticketrating_changelist"),
                    },
                    {
                        "title": "话术",
                        "icon": "quickreply",
                        "link": reverse_lazy("admin:tickets_cannedreply_changelist"),
                    },
                    {
                        "title": "检查清单",
                        "icon": "checklist",
                        "link": reverse_lazy("admin:tickets_checklisttemplate_changelist"),
                    },
                    {
                        "title": "自定义字段",
                        "icon": "dashboard_customize",
                        "link": reverse_lazy("admin:tickets_customfield_changelist"),
                    },
                    {
                        "title": "视图",
                        "icon": "filter_list",
                        "link": reverse_lazy("admin:tickets_savedview_changelist"),
                    },
                    {
                        "title": "客户",
                        "icon": "groups",
                        "link": reverse_lazy("admin:customers_customer_changelist"),
                    },
                    {
                        "title": "项目",
                        "icon": "work",
                        "link": reverse_lazy("admin:customers_project_changelist"),
                    },
                    {
                        "title": "跟进任务",
                        "icon": "task_alt",
                        "link": reverse_lazy("admin:customers_followuptask_changelist"),
                    },
                    {
                        "title": "跟进计划",
                        "icon": "event_repeat",
                        "link": reverse_lazy("admin:customers_followupplan_changelist"),
                    },
                    {
                        "title": "客户分群",
                        "icon": "filter_alt",
                        "link": reverse_lazy("admin:customers_segment_changelist"),
                    },
                    {
                        "title": "自动标签",
                        "icon": "new_label",
                        "link": reverse_lazy("admin:customers_tagrule_changelist"),
                    },
                    {
                        "title": "流失预警",
                        "icon": "crisis_alert",
                        "link": reverse_lazy("admin:customers_riskwarning_changelist"),
                    },
                    {
                        "title": "客户移交",
                        "icon": "move_up",
                        "link": reverse_lazy("admin:customers_handover_changelist"),
                    },
                    {
                        "title": "客户统计",
                        "icon": "bar_chart",
                        "link": reverse_lazy("admin:customers_dailycustomerstatistic_changelist"),
                    },
                    {
                        "title": "客户群",
                        "icon": "forum",
                        "link": reverse_lazy("admin:customers_customergroup_changelist"),
                    },
                    {
                        "title": "客户导入",
                        "icon": "upload_file",
                        "link": reverse_lazy("admin:customers_customerimport_changelist"),
                    },
                    {
                        "title": "标签",
                        "icon": "sell",
                        "link": reverse_lazy("admin:customers_tag_changelist"),
                    },
                    {
                        "title": "标签组",
                        "icon": "category",
                        "link": reverse_lazy("admin:customers_taggroup_changelist"),
                    },
                    {
                        "title": "员工与账号",
                        "icon": "badge",
                        "link": reverse_lazy("admin:customers_user_changelist"),
                    },
                ],
            },
            {
                "title": "消息",
                "items": [
                    {
                        "title": "消息记录",
                        "icon": "forward_to_inbox",
                        "link": reverse_lazy("admin:messaging_message_changelist"),
                    },
                    {
                        "title": "批次",
                        "icon": "stacks",
                        "link": reverse_lazy("admin:messaging_messagebatch_changelist"),
                    },
                    {
                        "title": "模板",
                        "icon": "article",
                        "link": reverse_lazy("admin:messaging_messagetemplate_changelist"),
                    },
                    {
                        "title": "渠道账号",
                        "icon": "hub",
                        "link": reverse_lazy("admin:messaging_channelaccount_changelist"),
                    },
                    {
                        "title": "渠道熔断",
                        "icon": "electric_bolt",
                        "link": reverse_lazy("admin:messaging_channelcircuit_changelist"),
                    },
                    {
                        "title": "退订",
                        "icon": "unsubscribe",
                        "link": reverse_lazy("admin:messaging_optout_changelist"),
                    },
                ],
            },
            {
                "title": "接入",
                "items": [
                    {
                        "title": "回调记录",
                        "icon": "call_received",
                        "link": reverse_lazy("admin:wechat_callback_changelist"),
                    },
                    {
                        "title": "企业微信同步",
                        "icon": "sync",
                        "link": reverse_lazy("admin:wechat_syncrun_changelist"),
                    },
                    {
                        "title": "同步失败与待办",
                        "icon": "sync_problem",
                        "link": reverse_lazy("admin:wechat_syncjob_changelist"),
                    },
                    {
                        "title": "API 密钥",
                        "icon": "key",
                        "link": reverse_lazy("admin:config_apikey_changelist"),
                    },
                ],
            },
        ],
    },
}
