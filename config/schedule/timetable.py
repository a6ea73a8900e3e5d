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
    "客户：合并后迟到的内容": {
        "task": "customers.tasks.merging.gather_recent",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240, "queue": "default"},
    },
    "客户：跟进计划到点的任务": {
        "task": "customers.tasks.plans.make_due_tasks",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240, "queue": "default"},
    },
}

# Messages
MESSAGING: dict[str, Any] = {
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
    "发送：重发暂时失败的消息": {
        "task": "messaging.tasks.retry_failed",
        "schedule": crontab(minute="41"),
        "options": {"expires": 1800, "queue": "default"},
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
    # Customers wait for whoever takes chats: four times a minute.
    "派单：失去心跳的同事转为离线": {
        "task": "tickets.tasks.dispatch.sweep_presences",
        "schedule": schedule(timedelta(seconds=15)),
        "options": {"expires": 14, "queue": "default"},
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

# Live chat
CHAT: dict[str, Any] = {
    "会话：清理过期的动态": {
        "task": "tickets.tasks.chat.live.purge_feed",
        "schedule": crontab(minute="47", hour="3"),
        "options": {"expires": 3600, "queue": "chat"},
    },
    "会话：收取没有报来的发送结果": {
        "task": "tickets.tasks.chat.entries.settle_overdue_messages",
        "schedule": schedule(timedelta(seconds=10)),
        "options": {"expires": 9, "queue": "chat"},
    },
    # Idle customers and silent agents are due to the second: at most 5 s late.
    "会话：到时的提醒、结束与转手": {
        "task": "tickets.tasks.chat.lifecycle.work_due_chats",
        "schedule": schedule(timedelta(seconds=2)),
        "options": {"expires": 2, "queue": "chat"},
    },
    "会话：分配排队的会话": {
        "task": "tickets.tasks.chat.assignment.sweep_queue",
        "schedule": schedule(timedelta(seconds=15)),
        "options": {"expires": 14, "queue": "chat"},
    },
    "会话：补分配与等待原因": {
        "task": "tickets.tasks.chat.assignment.sweep_queue_thoroughly",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240, "queue": "chat"},
    },
    "会话：夜间核对接待数": {
        "task": "tickets.tasks.chat.assignment.recount_loads",
        "schedule": crontab(minute="22", hour="3"),
        "options": {"expires": 3600, "queue": "chat"},
    },
    "会话：按小时统计": {
        "task": "tickets.tasks.chat.statistics.keep_hours",
        "schedule": crontab(minute="3-59/5"),
        "options": {"expires": 240, "queue": "chat"},
    },
    "会话：观察客服负载": {
        "task": "tickets.tasks.chat.statistics.look_at_loads",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55, "queue": "chat"},
    },
}

# The assistant
ASSISTANT: dict[str, Any] = {
    "助手：答复等模型过久的话": {
        "task": "tickets.tasks.assistant.routing.answer_overdue_turns",
        "schedule": schedule(timedelta(seconds=1)),
        "options": {"expires": 1, "queue": "assistant"},
    },
    "助手：等不到手机号的先建工单": {
        "task": "tickets.tasks.assistant.routing.make_waiting_tickets",
        "schedule": schedule(timedelta(minutes=1)),
        "options": {"expires": 60, "queue": "default"},
    },
    "助手：首个意图模型与中断的训练": {
        "task": "tickets.tasks.assistant.learning.keep_learning",
        # Training takes seconds: not where customers wait for an answer.
        "schedule": crontab(minute="*"),
        "options": {"expires": 55, "queue": "default"},
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
    # What a doorbell's task did not get read: its worker died, or the platform said not yet.
    "微信客服：补读未读完的消息": {
        "task": "wechat.tasks.kf.read_due",
        "schedule": schedule(timedelta(seconds=5)),
        "options": {"expires": 5, "queue": "kf"},
    },
    # A doorbell may be lost: everything is looked at without one.
    "微信客服：定时核对账号与消息": {
        "task": "wechat.tasks.kf.look_everywhere",
        "schedule": crontab(minute="23"),
        "options": {"expires": 1800, "queue": "kf"},
    },
    "群命令：清理过期的记录与提问": {
        "task": "wechat.tasks.forget_conversations",
        "schedule": crontab(minute="52", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "公众号：补读新粉丝、补建二维码": {
        "task": "wechat.tasks.official.catch_up",
        "schedule": crontab(minute="4-59/10"),
        "options": {"expires": 540, "queue": "default"},
    },
    "公众号：补取未取到的图片与语音": {
        "task": "wechat.tasks.official.fetch_media_due",
        "schedule": schedule(timedelta(seconds=30)),
        "options": {"expires": 30, "queue": "default"},
    },
    "渠道活码：每日上限重新计算": {
        "task": "wechat.tasks.contact_ways.turn_day",
        "schedule": crontab(minute="0", hour="0"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "渠道活码：夜间核对": {
        "task": "wechat.tasks.contact_ways.check_ways",
        "schedule": crontab(minute="12", hour="4"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "欢迎语：清理过期的记录": {
        "task": "wechat.tasks.welcome.forget_old_welcomes",
        "schedule": crontab(minute="42", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
    "侧边栏：更新 JS-SDK 凭证": {
        "task": "wechat.tasks.js_sdk.keep_tickets",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 500, "queue": "default"},
    },
    "同步：清理过期的同步记录": {
        "task": "wechat.sync.tasks.purge_runs",
        "schedule": crontab(minute="47", hour="3"),
        "options": {"expires": 3600, "queue": "default"},
    },
}

# Watching
MONITORING: dict[str, Any] = {
    "任务：收尾中断的运行": {
        "task": "monitoring.tasks.settle_lost_runs",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240, "queue": "default"},
    },
    # One night's work in slices; what is left waits for the next night.
    "清理：过期数据": {
        "task": "monitoring.tasks.clean_up",
        "schedule": crontab(minute="33", hour="1"),
        "options": {"expires": 3600, "queue": "default"},
    },
    # At which hour is a runtime setting: the job looks whether it is time.
    "报告：日报与周报": {
        "task": "monitoring.tasks.send_digests",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 540, "queue": "default"},
    },
    "监控：系统自检": {
        "task": "monitoring.tasks.watch",
        "schedule": schedule(timedelta(seconds=20)),
        "options": {"expires": 20, "queue": "default"},
    },
}

# By the name that operators read.
ROOMS: dict[str, dict[str, Any]] = {
    "系统": KERNEL,
    "客户": CUSTOMERS,
    "消息": MESSAGING,
    "工单": TICKETS,
    "会话": CHAT,
    "助手": ASSISTANT,
    "微信": WECHAT,
    "监控": MONITORING,
}

ENTRIES: dict[str, Any] = {name: entry for room in ROOMS.values() for name, entry in room.items()}
