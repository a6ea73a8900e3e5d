"""What the desk's demo data is."""

from dataclasses import dataclass
from typing import Any

from tickets.models import Clock, CustomField, Priority

CANNED_REPLIES = (
    (
        "您好",
        "问候",
        "{{customer_name}}您好，我是{{agent_name}}，您的工单 #{{ticket_id}} 由我处理。",
    ),
    ("截图", "请提供截图", "{{customer_name}}您好，请发一张完整的报错截图，并说明操作步骤，谢谢。"),
    (
        "进度",
        "说明进度",
        "您的工单 #{{ticket_id}} 正在处理，预计 {{deadline}} 前完成，进度：{{link}}",
    ),
    ("已解决", "请确认", "{{customer_name}}您好，问题已解决，请验证；也请在这里评价：{{link}}"),
)
CHECKLIST: dict[str, Any] = {
    "name": "云服务器故障排查",
    "products": ["云服务器管理系统"],
    "items": ["确认影响范围", "检查网络与安全组", "查看系统日志", "向客户确认已恢复"],
}
CUSTOM_FIELD: dict[str, Any] = {
    "key": "environment",
    "label": "环境",
    "kind": CustomField.Kind.CHOICE,
    "options": ["生产", "测试"],
    "is_required": False,
}
URGENT_POLICY: dict[str, Any] = {
    "name": "紧急工单",
    "rank": 10,
    "is_active": True,
    "priorities": [Priority.URGENT.value],
    "products": [],
    "tags": [],
    "response_minutes": 30,
    "resolution_minutes": 240,
    "clock": Clock.PLAIN.value,
    "ladder": [
        {"percent": 80, "tell": ["assignee"]},
        {"percent": 100, "tell": ["assignee", "supervisor"]},
    ],
}
# Loaded with the people.
ZHANGSAN = "+8613800138000"
# Name, phone, company, whose they are.
PEOPLE = (
    ("陈静", "+8613700137001", "蓝海贸易有限公司", "lisi"),
    ("周涛", "+8613700137002", "北辰物流有限公司", "wangwu"),
    ("林芳", "+8613700137003", "青禾教育科技有限公司", "lisi"),
)


@dataclass(frozen=True)
class DemoTicket:
    """`steps` are an act or a state, and its words; none is past its deadline when it is loaded."""

    description: str
    product: str
    priority: Priority
    age_hours: float
    spent_hours: float
    assignee: str = ""
    steps: tuple[tuple[str, str], ...] = ()


CLOUD, GAME, REPORTS = "云服务器管理系统", "斗战神V2.0", "报表平台"
TICKETS = (
    DemoTicket(
        "服务器无法连接，远程登录超时\n昨晚重启后就连不上了，控制台显示运行中。",
        CLOUD,
        Priority.NORMAL,
        age_hours=30 * 24,
        spent_hours=5,
        assignee="lisi",
        steps=(
            ("assign", ""),
            ("reply", "已收到，正在检查网络。"),
            ("check", ""),
            ("resolved", "安全组规则误删，已恢复并验证连接正常"),
            ("closed", ""),
        ),
    ),
    DemoTicket(
        "登录失败报错500\n多位同事都无法登录后台。",
        GAME,
        Priority.HIGH,
        age_hours=9 * 24,
        spent_hours=3,
        assignee="wangwu",
        steps=(
            ("assign", ""),
            ("progress", "60"),
            ("resolved", "登录服务证书过期，已更换"),
        ),
    ),
    DemoTicket("报表导出很慢，几千行要等五分钟", REPORTS, Priority.NORMAL, 2, 0),
    DemoTicket("短信验证码收不到", GAME, Priority.HIGH, 1, 0),
    DemoTicket(
        "数据库备份任务昨夜没有执行",
        CLOUD,
        Priority.HIGH,
        age_hours=6,
        spent_hours=2,
        assignee="lisi",
        steps=(("assign", ""), ("check", ""), ("progress", "40")),
    ),
    DemoTicket(
        "发票抬头开错了，需要重开",
        REPORTS,
        Priority.LOW,
        age_hours=8,
        spent_hours=1,
        assignee="wangwu",
        steps=(
            ("assign", ""),
            ("reply", "请提供正确的抬头和税号。"),
            ("wait", "等客户提供抬头和税号"),
        ),
    ),
    DemoTicket(
        "服务器间歇性断线",
        CLOUD,
        Priority.HIGH,
        age_hours=10,
        spent_hours=4,
        assignee="wangwu",
        steps=(("assign", ""), ("progress", "30"), ("escalated", "疑似机房链路问题，需要二线协助")),
    ),
    DemoTicket("打印机卡纸，麻烦看一下", "", Priority.LOW, 3, 0, "lisi", (("assign", ""),)),
)
