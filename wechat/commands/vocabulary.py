"""The words of the commands: one table that the parser reads and help is made from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """One command as help shows it and as the parser finds it."""

    names: tuple[str, ...]
    synopsis: str
    example: str
    meaning: str


CREATE = Spec(
    ("创建工单", "新建工单", "建单"),
    "/创建工单 @客户姓名 手机:号码 问题:描述（可加 产品:… 公司:…；写「紧急」「严重」或「高优先级」定优先级）",
    "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接",
    "创建工单",
)
QUERY = Spec(
    ("查询工单", "查工单"),
    "/查询工单 客户姓名 | 手机号码 | #编号",
    "/查询工单 客户张三",
    "查询工单",
)
ASSIGN = Spec(("分配工单",), "/分配工单 #编号 @同事", "/分配工单 #123 @李四", "分配工单")
HELP = Spec(("帮助", "help", "?"), "/帮助", "/帮助", "显示帮助")
SLASH_COMMANDS = (CREATE, QUERY, ASSIGN, HELP)
RECORD = Spec(
    ("记录客户", "登记客户"),
    "#记录客户 姓名 手机:号码 需求:…（可加 公司:… 产品:… 项目:… 金额:…）",
    "#记录客户 张三 手机:13800138000 需求:想上云服务器",
    "登记客户和售前项目",
)
PROGRESS = Spec(
    ("查询进度", "查进度"),
    "#查询进度 客户姓名 | 手机号码 | 项目名 | #P编号",
    "#查询进度 张三",
    "查询项目进度",
)
TRANSFER = Spec(
    ("转接工程师",),
    "#转接工程师 客户或项目 @同事 说明",
    "#转接工程师 张三 @王五 需要现场支持",
    "把项目转给工程师",
)
SOLVED = Spec(
    ("问题已解决", "问题已经解决"),
    "#问题已解决 客户或 #P编号 说明（也可引用卡片）",
    "#问题已解决 张三 已重启服务器",
    "完结客户的工单",
)
HASH_COMMANDS = (RECORD, PROGRESS, TRANSFER, SOLVED)
TICKET_COMMANDS = (
    ("#123 已解决，原因…", "完结工单，进度 100%"),
    ("#123 已处理", "处理中，进度 80%"),
    ("#123 进度 60%", "更新进度"),
    ("#123 升级处理", "升级"),
    ("#123 分配给@王五", "转交"),
    ("#123 关闭 / 取消 / 重开", "改变状态"),
    ("#123 其他文字", "记为跟进，状态不变"),
)
TICKET_EXAMPLE = "#123 已解决"

# Verb → state and progress; the longest spelling first, since the first that fits wins.
VERBS: tuple[tuple[str, str, int | None], ...] = (
    ("已经解决", "resolved", 100),
    ("已解决", "resolved", 100),
    ("已经处理", "processing", 80),
    ("已处理", "processing", 80),
    ("处理中", "processing", None),
    ("升级处理", "escalated", None),
    ("已升级", "escalated", None),
    ("升级", "escalated", None),
    ("已关闭", "closed", None),
    ("关闭", "closed", None),
    ("已取消", "cancelled", None),
    ("取消", "cancelled", None),
    ("重新打开", "reopened", None),
    ("重开", "reopened", None),
)
ASSIGN_VERBS = ("分配给", "转交给", "转交", "转给", "指派给")


def help_text(bot_name: str) -> str:
    """Markdown of at most 2048 bytes, made from the tables that the parser reads."""
    lines = [f"**{bot_name}能听懂的话**（在群里请先 @{bot_name}）", ""]
    lines += [f"> {spec.synopsis}" for spec in SLASH_COMMANDS]
    lines += ["", "**项目**"]
    lines += [f"> {spec.synopsis}" for spec in HASH_COMMANDS]
    lines += ["", "**回复工单**（也可以引用工单卡片，直接写后半句）"]
    lines += [f"> {form}：{meaning}" for form, meaning in TICKET_COMMANDS]
    lines += ["", f"示例：{CREATE.example}"]
    return "\n".join(lines)
