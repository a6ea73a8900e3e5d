"""What a reminder says, word for word as seed 001 shows it (scene 4).

Each begins with its ticket's own number, so that quoting it and "已解决" closes that ticket. A digest
names several and begins with none of them as its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from messaging.markup import as_text
from tickets.group.speaking import EVERYBODY
from tickets.models import Priority, Ticket

PROBLEM_CHARACTERS = 50
LINE_CHARACTERS = 16
# How many people a digest's last lines name; the mention itself reaches all of them.
NAMES_SHOWN = 12
OVERDUE_TITLE = "🚨 【工单超时提醒】"
WARNING_TITLE = "⏳ 【工单临期提醒】"
ESCALATION_TITLE = "🆘 【工单升级提醒】"
DIGEST_TITLES = {
    OVERDUE_TITLE: "🚨 【工单超时汇总】{count} 个工单已超时",
    WARNING_TITLE: "⏳ 【工单临期汇总】{count} 个工单即将到期",
    ESCALATION_TITLE: "🆘 【工单升级汇总】{count} 个工单多次催促仍未处理",
}


@dataclass(frozen=True)
class Chase:
    """One ticket's reminder: its `number`-th, and whether its supervisors are told with it."""

    ticket: Ticket
    now: datetime
    number: int = 1
    is_for_supervisor: bool = False

    @property
    def mentions(self) -> list[str]:
        """WeCom user ids; everybody for what is urgent or in nobody's hands."""
        assignee = self.ticket.assignee
        if self._is_everybodys or assignee is None:
            return [EVERYBODY]
        return [assignee.wecom_user_id] if assignee.wecom_user_id else []

    @property
    def addressed(self) -> str:
        return "@所有人" if self._is_everybodys else f"@{as_text(self.ticket.assigned_to_name)}"

    @property
    def _is_everybodys(self) -> bool:
        assignee = self.ticket.assignee
        is_held = assignee is not None and assignee.is_team_member
        return self.ticket.priority == Priority.URGENT or not is_held


def reminder_text(chase: Chase) -> str:
    times = f"🔔 催促次数：第 {chase.number} 次"
    if chase.is_for_supervisor:
        times += "（已上报主管）"
    overdue = f"⏱️  已超时：{spelled(chase.now - chase.ticket.deadline)}"
    return _text(OVERDUE_TITLE, chase, [overdue, times], f"{chase.addressed} 请尽快处理！")


def warning_text(chase: Chase) -> str:
    left = f"⏱️  剩余时间：{spelled(chase.ticket.deadline - chase.now)}"
    return _text(WARNING_TITLE, chase, [left], f"{chase.addressed} 请按时处理！")


def escalation_text(chase: Chase) -> str:
    """For a supervisor."""
    overdue = f"⏱️  已超时：{spelled(chase.now - chase.ticket.deadline)}"
    times = f"🔔 催促次数：第 {chase.number} 次"
    return _text(ESCALATION_TITLE, chase, [overdue, times], "多次催促仍未处理，请您介入！")


def _text(title: str, chase: Chase, clock: list[str], call: str) -> str:
    ticket = chase.ticket
    customer = ticket.customer
    phone = f" ({customer.phone_display})" if customer.phone_display else ""
    deadline = timezone.localtime(ticket.deadline)
    lines = [
        title,
        "",
        f"工单编号：#{ticket.pk}",
        f"客户：{as_text(customer.name)}{phone}",
        f"问题：{as_text(ticket.description)[:PROBLEM_CHARACTERS]}...",
        "",
        f"当前状态：{ticket.status}",
        f"负责人：{as_text(ticket.assigned_to_name) or '待分配'}",
        f"处理进度：{ticket.progress}%",
        "",
        f"⏰ 处理期限：{deadline:%Y-%m-%d %H:%M}",
        *clock,
        "",
        call,
        "",
        "---",
        f'💡 回复 "#{ticket.pk} 已解决" 可关闭工单',
        f'💡 回复 "#{ticket.pk} 升级处理" 可升级工单',
    ]
    return "\n".join(lines)


def digest(title: str, chases: list[Chase], *, most_bytes: int) -> list[tuple[list[Chase], str]]:
    """Messages of at most `most_bytes` that name them all, in their order, with whom each names."""
    parts: list[list[Chase]] = [[]]
    for chase in chases:
        longer = [*parts[-1], chase]
        # The widest numbering there can be.
        fits = len(_digest_part(title, len(chases), longer, "（99/99）").encode()) <= most_bytes
        if fits or not parts[-1]:
            parts[-1] = longer
        else:
            parts.append([chase])
    numbered = [f"（{n}/{len(parts)}）" if len(parts) > 1 else "" for n in range(1, len(parts) + 1)]
    return [
        (part, _digest_part(title, len(chases), part, number))
        for part, number in zip(parts, numbered, strict=True)
    ]


def _digest_part(title: str, count: int, part: list[Chase], number: str) -> str:
    names = list(dict.fromkeys(chase.addressed for chase in part))
    called = " ".join(names[:NAMES_SHOWN]) + (" 等" if len(names) > NAMES_SHOWN else "")
    lines = [
        DIGEST_TITLES[title].format(count=count) + number,
        "",
        *(_digest_line(title, chase) for chase in part),
        "",
        f"{called} 请尽快处理！",
        "💡 回复「#编号 已解决」可关闭工单",
    ]
    return "\n".join(lines)


def _digest_line(title: str, chase: Chase) -> str:
    ticket = chase.ticket
    if title == WARNING_TITLE:
        clock = f"剩余 {spelled(ticket.deadline - chase.now)}"
    else:
        clock = f"超时 {spelled(chase.now - ticket.deadline)} · 第 {chase.number} 次"
    problem = as_text(ticket.title)[:LINE_CHARACTERS]
    owner = as_text(ticket.assigned_to_name) or "待分配"
    return f"#{ticket.pk} {as_text(ticket.customer.name)}：{problem}（{clock} · {owner}）"


def spelled(time: timedelta) -> str:
    """Minutes under an hour, whole hours to two days, then days and hours."""
    minutes = max(int(time.total_seconds()) // 60, 1)
    hours = minutes // 60
    if hours < 1:
        return f"{minutes} 分钟"
    if minutes <= 48 * 60:
        return f"{hours} 小时"
    days, rest = divmod(hours, 24)
    return f"{days} 天 {rest} 小时" if rest else f"{days} 天"
