"""What Celery Beat starts and when, room by room; times are local (Asia/Shanghai).

Each entry expires before its next turn, so that a late one is never worked twice.
"""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab, schedule

# The kernel
KERNEL: dict[str, Any] = {
    "清理：过期的幂等键": {
        "task": "config.tasks.purge_idempotency_records",
        "schedule": crontab(minute="17", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "清理：已消费的事件": {
        "task": "config.tasks.purge_consumed_events",
        "schedule": crontab(minute="27", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
}

# Customers
CUSTOMERS: dict[str, Any] = {
    "客户：接手中断的导入": {
        "task": "customers.tasks.imports.resume_imports",
        "schedule": schedule(timedelta(minutes=1)),
        "options": {"expires": 60, "queue": "default"},
    },
    "客户：每日统计": {
        "task": "customers.tasks.statistics.keep_daily_statistics",
        "schedule": crontab(minute="5", hour="0"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "客户：夜间评估流失风险": {
        "task": "customers.tasks.risk.evaluate_everybody",
        "schedule": crontab(minute="40", hour="2"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "客户：夜间运行自动标签规则": {
        "task": "customers.tasks.segments.run_all_rules",
        "schedule": crontab(minute="10", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "移交：推进并查询平台结果": {
        "task": "customers.tasks.handovers.advance_due_handovers",
        "schedule": schedule(timedelta(minutes=1)),
        "options": {"expires": 60, "queue": "default"},
    },
    "客户：提醒到期的跟进与任务": {
        "task": "customers.tasks.reminders.remind_due",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55, "queue": "default"},
    },
    "客户：跟进计划到点的任务": {
        "task": "customers.tasks.plans.make_due_tasks",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240, "queue": "default"},
    },
}

# Messages
MESSAGING: dict[str, Any] = {
    "发送：补发到期与失联的消息": {
        "task": "messaging.tasks.sweep_messages",
        "schedule": schedule(timedelta(seconds=15)),
        "options": {"expires": 15, "queue": "default"},
    },
    "发送：找回无主的消息": {
        "task": "messaging.tasks.adopt_orphans",
        "schedule": schedule(timedelta(minutes=10)),
        "options": {"expires": 300, "queue": "default"},
    },
    "验证码：抹去已失效的内容": {
        "task": "messaging.tasks.clear_phone_codes",
        "schedule": crontab(minute="3-59/10"),
        "options": {"expires": 540, "queue": "default"},
    },
    "验证码：清理一天前的记录": {
        "task": "messaging.tasks.purge_phone_codes",
        "schedule": crontab(minute="57", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "统计：汇总最近几日": {
        "task": "messaging.tasks.roll_up_statistics",
        "schedule": crontab(minute="7"),
        "options": {"expires": 1800, "queue": "default"},
    },
}

# Tickets
TICKETS: dict[str, Any] = {
    # Twice a minute: with one beat lost a step is still at most a minute late.
    "工单：SLA 预警": {
        "task": "tickets.tasks.sla.take_due_steps",
        "schedule": schedule(timedelta(seconds=30)),
        "options": {"expires": 28, "queue": "default"},
    },
    "工单：清理过期的动态": {
        "task": "tickets.tasks.live.purge_feed",
        "schedule": crontab(minute="37", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "工单：每日数量": {
        "task": "tickets.tasks.daily.keep_daily_counts",
        "schedule": crontab(minute="0", hour="0"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "派单：失去心跳的同事转为离线": {
        "task": "tickets.tasks.dispatch.sweep_presences",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55, "queue": "default"},
    },
    "工单：催促超时工单": {
        "task": "tickets.tasks.reminders.remind_overdue",
        "schedule": crontab(minute="0"),
        "options": {"expires": 1800, "queue": "default"},
    },
    "工单：临期预警": {
        "task": "tickets.tasks.reminders.warn_before_deadlines",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240, "queue": "default"},
    },
    "派单：改派无人响应的工单": {
        "task": "tickets.tasks.dispatch.move_unreacted_tickets",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55, "queue": "default"},
    },
    "派单：待分配的工单": {
        "task": "tickets.tasks.dispatch.dispatch_waiting_tickets",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55, "queue": "default"},
    },
    "工单：清理过期的群消息记录": {
        "task": "tickets.tasks.group.purge_news",
        "schedule": crontab(minute="57", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    # In the morning: the customers may be told of it.
    "工单：关闭已解决多日的工单": {
        "task": "tickets.tasks.relations.close_resolved_tickets",
        "schedule": crontab(minute="10", hour="9"),
        "options": {"expires": 3600, "queue": "default"},
    },
}

# WeChat entries
WECHAT: dict[str, Any] = {
    "回调：补处理未完成的回调": {
        "task": "wechat.tasks.sweep_callbacks",
        "schedule": schedule(timedelta(seconds=30)),
        "options": {"expires": 30, "queue": "default"},
    },
    "同步：每夜与企业微信对账": {
        "task": "wechat.sync.tasks.start_reconciliation",
        "schedule": crontab(minute="30", hour="2"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "群命令：清理过期的记录与提问": {
        "task": "wechat.tasks.forget_conversations",
        "schedule": crontab(minute="52", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "同步：清理过期的同步记录": {
        "task": "wechat.sync.tasks.purge_runs",
        "schedule": crontab(minute="47", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
}

ENTRIES: dict[str, Any] = {**KERNEL, **CUSTOMERS, **MESSAGING, **TICKETS, **WECHAT}
