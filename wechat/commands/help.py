"""What help says: made from the grammar's table, for the one who asks."""

from config.api.roles import Role
from messaging.markup import cut_utf8
from wechat.commands.spec import Mark, Section, Spec
from wechat.commands.vocabulary import CREATE, SPECS

LIMIT_BYTES = 2048
_HINTS = {
    Section.REPLIES: "（也可以引用工单卡片，直接写后半句；几条命令可以分行或用「；」写在一起）"
}


def help_text(bot_name: str, role: Role = Role.STAFF) -> str:
    """Markdown of at most 2048 bytes: all that `role` may say, by sections."""
    lines = [f"**{bot_name}能听懂的话**（群里请先 @{bot_name}）"]
    for section in Section:
        specs = [spec for spec in SPECS if spec.section is section and role in spec.roles]
        if specs:
            lines += ["", f"**{section.value}**{_HINTS.get(section, '')}"]
            lines += [f"> {_line(spec)}" for spec in specs]
    lines += ["", "发「/帮助 创建工单」看一条命令的用法", f"示例：{CREATE.example}"]
    return cut_utf8("\n".join(lines), LIMIT_BYTES)


def help_about(topic: str, role: Role = Role.STAFF) -> str | None:
    """All about the command or the section of that name; None when there is no such."""
    wanted = topic.casefold()
    specs = [spec for spec in SPECS if role in spec.roles]
    found = [spec for spec in specs if wanted in {name.casefold() for name in spec.names if name}]
    found = found or [spec for spec in specs if spec.section.value == topic]
    if not found:
        return None
    return cut_utf8("\n\n".join(_about(spec) for spec in found), LIMIT_BYTES)


def _line(spec: Spec) -> str:
    if spec.mark is Mark.TICKET or spec.section is Section.MINE:
        return f"{spec.synopsis}：{spec.meaning}"
    return spec.synopsis


def _about(spec: Spec) -> str:
    lines = [f"**{spec.title}**：{spec.meaning}", f"> {spec.synopsis}", f"示例：{spec.example}"]
    others = [name for name in spec.names[1:] if name]
    if others and spec.mark is not Mark.TICKET:
        lines.append(f"也可以写：{'、'.join(spec.mark.value + name for name in others)}")
    if spec.details:
        lines.append(spec.details)
    return "\n".join(lines)
