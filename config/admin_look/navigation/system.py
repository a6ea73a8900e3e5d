"""Who may do what, and what was done."""

from config.admin_look.navigation.entries import Entry, Group

SYSTEM = Group(
    "系统与运维",
    (
        Entry("系统告警", "emergency_home", model="monitoring.Incident"),
        Entry("定时任务", "schedule", model="monitoring.Job"),
        Entry("数据清理", "mop", model="monitoring.CleanedTable"),
        Entry("运行时配置", "tune", model="config.RuntimeSetting"),
        Entry("账号与权限", "manage_accounts", model="customers.User"),
        Entry("API 密钥", "key", model="config.ApiKey"),
        Entry("操作记录", "history", model="admin.LogEntry"),
        Entry("接口文档", "api", url="docs"),
    ),
)
