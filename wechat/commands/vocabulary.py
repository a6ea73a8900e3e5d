"""The grammar: one table that the parser reads, help is made from, and refusals propose from."""

from tickets import states
from tickets.models import PresenceStatus
from tickets.states import TicketStatus
from wechat.commands import project_grammar, ticket_grammar, verbs
from wechat.commands.spec import Mark, Section, Spec

REOPENED = "reopened"


def _from(*targets: TicketStatus) -> frozenset[str]:
    """The states from which the table of transitions leads to any of `targets`."""
    return frozenset(s.value for s, to in states.TRANSITIONS.items() if to & set(targets))


_OPEN = frozenset(status.value for status in states.OPEN)
_FINISHED = frozenset(status.value for status in states.FINISHED)

CREATE = Spec(
    names=("创建工单", "新建工单", "建单"),
    synopsis="/创建工单 @客户姓名 手机:号码 问题:描述",
    example="/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
    meaning="创建工单",
    section=Section.TICKETS,
    mark=Mark.SLASH,
    parse=ticket_grammar.create,
    details="可加 产品:… 公司:…；写「紧急」「严重」或「高优先级」定优先级，也可以写 优先级:高。"
    "只发「/创建工单」会逐项询问，回复「取消」可放弃。",
)
QUERY = Spec(
    names=("查询工单", "查工单"),
    synopsis="/查询工单 客户姓名 | 手机号码 | #编号",
    example="/查询工单 客户张三",
    meaning="查询工单",
    section=Section.TICKETS,
    mark=Mark.SLASH,
    parse=ticket_grammar.query,
)
ASSIGN = Spec(
    names=("分配工单",),
    synopsis="/分配工单 #编号 @同事",
    example="/分配工单 #123 @李四",
    meaning="分配工单",
    section=Section.TICKETS,
    mark=Mark.SLASH,
    parse=ticket_grammar.assign,
    details="可以一次分配几个：/分配工单 #123 #124 @李四。",
)
MINE = Spec(
    names=("我的工单",),
    synopsis="/我的工单",
    example="/我的工单",
    meaning="我负责的未完结工单，按期限排列",
    section=Section.MINE,
    mark=Mark.SLASH,
    parse=ticket_grammar.my_tickets,
    is_alone=True,
)
OVERDUE = Spec(
    names=("超时工单", "逾期工单"),
    synopsis="/超时工单",
    example="/超时工单",
    meaning="已经超过期限的工单",
    section=Section.MINE,
    mark=Mark.SLASH,
    parse=ticket_grammar.overdue_tickets,
    is_alone=True,
)
ONLINE = Spec(
    names=("上线",),
    synopsis="/上线",
    example="/上线",
    meaning="可以接单（保持 10 小时）",
    section=Section.MINE,
    mark=Mark.SLASH,
    parse=ticket_grammar.presence,
    is_alone=True,
    value=PresenceStatus.ONLINE,
)
BUSY = Spec(
    names=("忙碌",),
    synopsis="/忙碌",
    example="/忙碌",
    meaning="在岗但暂不接单",
    section=Section.MINE,
    mark=Mark.SLASH,
    parse=ticket_grammar.presence,
    is_alone=True,
    value=PresenceStatus.BUSY,
)
OFFLINE = Spec(
    names=("下线", "离线"),
    synopsis="/下线",
    example="/下线",
    meaning="离岗",
    section=Section.MINE,
    mark=Mark.SLASH,
    parse=ticket_grammar.presence,
    is_alone=True,
    value=PresenceStatus.OFFLINE,
)
UNDO = Spec(
    names=("撤销", "撤回"),
    synopsis="/撤销",
    example="/撤销",
    meaning="撤销我的上一条命令（几分钟内）",
    section=Section.MINE,
    mark=Mark.SLASH,
    parse=ticket_grammar.undo,
    is_alone=True,
    details="状态、负责人、进度、期限、优先级一起恢复；新建的工单会取消。"
    "之后又有人改动的不能撤销；已经发出的消息无法收回。",
)
HELP = Spec(
    names=("帮助", "help", "?"),
    synopsis="/帮助 [命令]",
    example="/帮助",
    meaning="显示帮助",
    section=Section.MINE,
    mark=Mark.SLASH,
    parse=ticket_grammar.help_about,
    details="写上命令可以看它的详细用法：/帮助 创建工单。",
)
RECORD = Spec(
    names=("记录客户", "登记客户"),
    synopsis="#记录客户 姓名 手机:号码 需求:…",
    example="#记录客户 张三 手机:13800138000 需求:想上云服务器",
    meaning="登记客户和售前项目",
    section=Section.PROJECTS,
    mark=Mark.HASH,
    parse=project_grammar.record,
    details="可加 公司:… 产品:… 项目:… 金额:…。",
)
PROGRESS = Spec(
    names=("查询进度", "查进度"),
    synopsis="#查询进度 客户 | 手机 | 项目名 | #P编号",
    example="#查询进度 张三",
    meaning="查询项目进度",
    section=Section.PROJECTS,
    mark=Mark.HASH,
    parse=project_grammar.progress,
)
TRANSFER = Spec(
    names=("转接工程师",),
    synopsis="#转接工程师 客户或项目 @同事 说明",
    example="#转接工程师 张三 @王五 需要现场支持",
    meaning="把项目转给工程师",
    section=Section.PROJECTS,
    mark=Mark.HASH,
    parse=project_grammar.transfer,
)
SOLVED = Spec(
    names=("问题已解决", "问题已经解决"),
    synopsis="#问题已解决 客户或 #P编号 说明",
    example="#问题已解决 张三 已重启服务器",
    meaning="完结客户的工单",
    section=Section.PROJECTS,
    mark=Mark.HASH,
    parse=project_grammar.solved,
    details="也可以引用工单卡片，直接写「#问题已解决 说明」。",
)


def _verb(
    names: tuple[str, ...],
    short: str,
    meaning: str,
    *,
    states: frozenset[str],
    parse: object,
    value: str = "",
    progress: int | None = None,
    details: str = "",
    synopsis: str = "",
) -> Spec:
    return Spec(
        names=names,
        synopsis=f"#123 {synopsis or short}",
        example=f"#123 {short}",
        meaning=meaning,
        section=Section.REPLIES,
        mark=Mark.TICKET,
        parse=parse,  # type: ignore[arg-type]
        details=details,
        short=short,
        states=states,
        value=value,
        progress=progress,
    )


RESOLVE = _verb(
    ("已经解决", "已解决"),
    "已解决",
    "完结，进度 100%",
    synopsis="已解决，原因…",
    states=_from(TicketStatus.RESOLVED),
    parse=verbs.change_status,
    value=TicketStatus.RESOLVED,
    progress=100,
)
HANDLED = _verb(
    ("已经处理", "已处理"),
    "已处理",
    "处理中，进度 80%",
    states=_OPEN,
    parse=verbs.change_status,
    value=TicketStatus.PROCESSING,
    progress=80,
)
PROCESSING = _verb(
    ("处理中",),
    "处理中",
    "开始处理",
    states=_from(TicketStatus.PROCESSING) & _OPEN,
    parse=verbs.change_status,
    value=TicketStatus.PROCESSING,
)
SET_PROGRESS = _verb(
    # The empty spelling stands for none: `#123 60%`.
    ("进度", ""),
    "进度 60%",
    "更新进度",
    states=_OPEN,
    parse=verbs.progress,
)
ESCALATE = _verb(
    ("升级处理", "已升级", "升级"),
    "升级处理",
    "升级",
    states=_from(TicketStatus.ESCALATED),
    parse=verbs.change_status,
    value=TicketStatus.ESCALATED,
)
ASSIGN_TO = _verb(
    ("分配给", "转交给", "指派给", "转交", "转给"),
    "分配给@李四",
    "转交",
    states=_OPEN,
    parse=verbs.assign_to,
    details="后面可以写说明：#123 转给@王五 他更熟。",
)
WAIT = _verb(
    ("等待客户回复", "等待客户"),
    "等待客户",
    "停表等待",
    synopsis="等待客户 原因",
    states=_OPEN,
    parse=verbs.wait,
    details="等待期间不计时；客户回复后自动继续，也可以发「#123 继续处理」。",
)
GO_ON = _verb(
    ("继续处理",),
    "继续处理",
    "结束等待",
    states=_OPEN,
    parse=verbs.go_on,
)
REPLY = _verb(
    ("回复客户",),
    "回复客户 您好，…",
    "客户可见",
    synopsis="回复客户 文字",
    states=_OPEN | _FINISHED,
    parse=verbs.reply,
)
NOTE = _verb(
    ("内部备注", "备注"),
    "备注 文字",
    "仅内部可见",
    states=_OPEN | _FINISHED,
    parse=verbs.note,
    details="编号后面不是命令的话，也会记为备注。",
)
SET_PRIORITY = _verb(
    ("优先级",),
    "优先级 紧急",
    "紧急、高、普通、低",
    states=_OPEN | _FINISHED,
    parse=verbs.priority,
)
DEADLINE = _verb(
    ("期限改为", "延期到", "延期至", "期限"),
    "期限 明天 18:00",
    "改期限",
    synopsis="期限 2026-12-01 18:00",
    states=_OPEN,
    parse=verbs.deadline,
    details="也可以写 12-01 18:00、12月1日、今天 18:00、明天 18:00。",
)
POSTPONE = _verb(
    ("延期", "延后"),
    "延期 4小时",
    "也可写 2天",
    states=_OPEN,
    parse=verbs.postpone,
    details="从现在的期限往后算；已经超时的，从现在往后算。",
)
UNWATCH = _verb(
    ("取消关注",),
    "取消关注",
    "不再通知我",
    states=_OPEN | _FINISHED,
    parse=verbs.watch,
    value="off",
)
WATCH = _verb(
    ("关注",),
    "关注",
    "有变化就通知我",
    states=_OPEN | _FINISHED,
    parse=verbs.watch,
)
MERGE = _verb(
    ("合并到",),
    "合并到 #100",
    "同一个问题并成一个",
    states=_OPEN | {TicketStatus.RESOLVED.value},
    parse=verbs.merge,
)
CLOSE = _verb(
    ("已关闭", "关闭"),
    "关闭",
    "已解决的归档",
    states=_from(TicketStatus.CLOSED),
    parse=verbs.change_status,
    value=TicketStatus.CLOSED,
)
CANCEL = _verb(
    ("已取消", "取消"),
    "取消",
    "作废",
    states=_from(TicketStatus.CANCELLED),
    parse=verbs.change_status,
    value=TicketStatus.CANCELLED,
)
REOPEN = _verb(
    ("重新打开", "重开"),
    "重开",
    "恢复处理",
    states=_FINISHED,
    parse=verbs.change_status,
    value=REOPENED,
)

# In help's order.
SPECS: tuple[Spec, ...] = (
    *(CREATE, QUERY, ASSIGN),
    *(RESOLVE, HANDLED, PROCESSING, SET_PROGRESS, ESCALATE, ASSIGN_TO, WAIT, GO_ON, REPLY, NOTE),
    *(SET_PRIORITY, DEADLINE, POSTPONE, WATCH, UNWATCH, MERGE, CLOSE, CANCEL, REOPEN),
    *(MINE, OVERDUE, ONLINE, BUSY, OFFLINE, UNDO, HELP),
    *(RECORD, PROGRESS, TRANSFER, SOLVED),
)


def _spellings(mark: Mark) -> tuple[tuple[str, Spec], ...]:
    """The longest first, since the first that fits wins."""
    found = [(name, spec) for spec in SPECS if spec.mark is mark for name in spec.names]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


SLASH_SPELLINGS = _spellings(Mark.SLASH)
HASH_SPELLINGS = _spellings(Mark.HASH)
VERB_SPELLINGS = _spellings(Mark.TICKET)
TICKET_EXAMPLE = RESOLVE.example
