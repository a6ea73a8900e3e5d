"""Where the day begins."""

from config.admin_look.navigation.entries import Entry, Group

TODAY = Group(
    "今日",
    (
        Entry("工作总览", "space_dashboard", url="admin:index"),
        Entry("工作台", "support_agent", url="console"),
        Entry("监控大屏", "monitoring", url="monitor"),
        Entry("报表", "query_stats", url="reports:list", permission="tickets.view_ticket"),
        Entry("模拟器", "science", url="simulator:page", setting="SANDBOX"),
    ),
    is_always_open=True,
)
