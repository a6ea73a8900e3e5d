"""What customers need done, and how it is handed out."""

from config.admin_look.navigation.entries import Entry, Group

TICKETS = Group(
    "工单",
    (
        Entry("全部工单", "confirmation_number", model="tickets.Ticket", badge="tickets_overdue"),
        Entry("派单记录", "alt_route", model="tickets.DispatchDecision"),
        Entry("客服档案", "badge", model="tickets.AgentProfile"),
        Entry("在线状态", "sensors", model="tickets.AgentPresence"),
        Entry("催促记录", "notification_important", model="tickets.TicketReminder"),
        Entry("SLA 策略", "timer", model="tickets.SlaPolicy"),
        Entry("SLA 预警", "notifications_active", model="tickets.SlaStep"),
        Entry("满意度评价", "grade", model="tickets.TicketRating"),
        Entry("检查清单", "checklist", model="tickets.ChecklistTemplate"),
        Entry("自定义字段", "dashboard_customize", model="tickets.CustomField"),
        Entry("视图", "filter_list", model="tickets.SavedView"),
    ),
)
