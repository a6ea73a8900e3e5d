"""The language of the group commands (contract.md §5, seed 001).

`parse` reads one message and answers with one of the commands of `meaning.py`, or with `Misunderstood`,
which says what is missing and shows one right example. It never raises and runs in linear time.
"""

import difflib
import re
from collections.abc import Callable

from wechat.commands import project_grammar
from wechat.commands.meaning import (
    AddNote,
    AssignTicket,
    ChangeStatus,
    Command,
    CreateTicket,
    Help,
    Misunderstood,
    QueryTickets,
    SetProgress,
)
from wechat.commands.parts import (
    NAME_END,
    PHONE_ONLY,
    SEPARATORS,
    customer_name,
    keys,
    parts_of,
)
from wechat.commands.references import (
    MAX_TICKETS,
    Quoted,
    begins_with_ticket,
    quoted_reference,
    ticket_ids,
)
from wechat.commands.text import Text, read
from wechat.commands.vocabulary import (
    ASSIGN,
    ASSIGN_VERBS,
    CREATE,
    HASH_COMMANDS,
    HELP,
    PROGRESS,
    QUERY,
    RECORD,
    SLASH_COMMANDS,
    SOLVED,
    TICKET_EXAMPLE,
    TRANSFER,
    VERBS,
    Spec,
)

MAX_LENGTH = 20_000

# What may stand behind a verb: 「已解决一半」 is no 「已解决」, and a question changes nothing.
_ENDS = re.compile(r"(?:工单)?了?(?:$|[\s,.;:!、。…~(])")

# Possessive `\s*+`: two runs of spaces side by side must not be divided in every possible way.
_PROGRESS = re.compile(r"(?:进度)?\s*+:?\s*+(-?\d{1,6})(?!\.?\d)\s*+(%?)")
_HASH_NAMES = "|".join(name for spec in HASH_COMMANDS for name in spec.names)
# The robot hears only what mentions it, so a name before a command is its own, however it is called.
_ANY_MENTION = re.compile(rf"@\S{{1,64}}\s++(?=/|#\s*+(?:p?\d|{_HASH_NAMES}))")
_PRIORITY_WORDS = re.compile(
    r"(?P<no>不算|不是|不|非|无|没那么)?(?:很|太|特别)?(?P<word>紧急|严重|高优先级)"
)
_PRIORITIES = {
    "紧急": "urgent",
    "urgent": "urgent",
    "高": "high",
    "high": "high",
    "普通": "normal",
    "正常": "normal",
    "中": "normal",
    "normal": "normal",
    "低": "low",
    "low": "low",
}
TICKET_KEYS = keys(
    "客户|公司|产品/项目|产品|项目|问题描述|问题|描述|故障|优先级",
    {
        "产品/项目": "产品",
        "项目": "产品",
        "问题描述": "问题",
        "描述": "问题",
        "故障": "问题",
    },
    rest="问题",
)
_LIMITS = {"客户": 100, "产品": 100, "公司": 200}


def parse(text: str, *, bot_name: str, quoted: str = "") -> Command:
    """What one message asks for. `quoted` is the message that it quotes, if any."""
    if len(text) > MAX_LENGTH:
        return Misunderstood(f"内容过长，请控制在 {MAX_LENGTH} 字以内", CREATE.example)
    message = _without_bot(read(text), bot_name).strip()
    if not message.folded or message.folded in ("?", "help", "帮助"):
        return Help()
    about = quoted_reference(quoted[:MAX_LENGTH])
    named = _hash_command(message, about) or _slash_command(message)
    if named is not None:
        return named
    ids, rest = ticket_ids(message)
    if ids and begins_with_ticket(rest):
        return Misunderstood(f"一次最多处理 {MAX_TICKETS} 个工单", TICKET_EXAMPLE)
    if ids:
        return _about_tickets(ids, rest)
    return _about_quoted(message, about)


def _without_bot(text: Text, bot_name: str) -> Text:
    """Without the bot's name in front, as often as it stands there."""
    bot = re.compile(rf"@{re.escape(read(bot_name).folded)}(?![a-z0-9_]|[\u4e00-\u9fff]{{1,3}}\s)")
    while True:
        text = text.strip()
        found = bot.match(text.folded) or _ANY_MENTION.match(text.folded)
        if found is None:
            return text
        text = text.cut(found.end()).strip(" \n:,")


def _hash_command(message: Text, about: Quoted) -> Command | None:
    """A message that begins with `#`, or `/`, and the name of a command about projects."""
    if not message.folded.startswith(("#", "/")):
        return None
    body = message.cut(1).strip()
    for spec in HASH_COMMANDS:
        for name in spec.names:
            end = _match_spaced(body.folded, name)
            if end:
                return _PROJECT_PARSERS[spec](body.cut(end).strip(" \n,:"), about)
    return None


def _slash_command(message: Text) -> Command | None:
    """A message that begins with a command's name; the slash may be missing before a known one."""
    has_slash = message.folded.startswith("/")
    body = message.cut(1).strip() if has_slash else message
    for spec in SLASH_COMMANDS:
        for name in spec.names:
            end = _match_spaced(body.folded, name)
            if end and (has_slash or spec is not HELP):
                return _PARSERS[spec](body.cut(end).strip())
    if not has_slash:
        return None
    word = re.split(r"[\s#@:]", body.folded, maxsplit=1)[0][:20]
    return _unknown(body, word)


def _unknown(body: Text, word: str) -> Misunderstood:
    known = {name: spec for spec in (*SLASH_COMMANDS, *HASH_COMMANDS) for name in spec.names}
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    spec = known[near[0]] if near else HELP
    hint = f"，您是不是想{spec.meaning}？" if near else ""
    return Misunderstood(f"没有「{body.own[: len(word)]}」这个命令{hint}", spec.example)


def _match_spaced(folded: str, name: str) -> int:
    """How far `folded` spells `name`, spaces between its characters allowed; 0 if it does not."""
    at = 0
    for character in name:
        while at and folded[at : at + 1] == " ":
            at += 1
        if folded[at : at + 1] != character:
            return 0
        at += 1
    return at


def _create(body: Text) -> Command:
    parts = parts_of(body, TICKET_KEYS)
    for key, limit in _LIMITS.items():
        if len(parts.get(key, "")) > limit:
            return Misunderstood(f"{key}过长，请控制在 {limit} 字以内", CREATE.example)
    customer, problem = parts.get("客户", ""), parts.get("问题", "")
    missing = [name for name, value in (("客户", customer), ("问题", problem)) if not value]
    if missing:
        phone = parts.get("手机") or "13800138000"
        example = (
            f"/创建工单 @客户{customer[:20] or '张三'} 手机:{phone}"
            f" 问题:{problem[:50] or '服务器无法连接'}"
        )
        return Misunderstood(f"缺少{'和'.join(missing)}", example)
    named = parts.get("优先级", "").strip()
    if named and named not in _PRIORITIES:
        return Misunderstood("优先级只能是 紧急、高、普通、低", f"{CREATE.example} 优先级:高")
    return CreateTicket(
        customer_name=customer,
        problem=problem,
        phone=parts.get("手机", ""),
        product=parts.get("产品", ""),
        company=parts.get("公司", ""),
        priority=_PRIORITIES[named] if named else _priority(body.folded),
    )


def _priority(folded: str) -> str:
    found = {m["word"] for m in _PRIORITY_WORDS.finditer(folded) if not m["no"]}
    if found & {"紧急", "严重"}:
        return "urgent"
    return "high" if found else "normal"


def _query(body: Text) -> Command:
    body = body.strip(" \n,:")
    ids, rest = ticket_ids(body)
    if ids and not rest.folded:
        return QueryTickets(ticket_id=ids[0])
    phone = PHONE_ONLY.fullmatch(body.folded)
    if phone:
        return QueryTickets(phone=phone[1].strip())
    name = customer_name(body)
    if not name or body.folded.startswith("#") or len(name) > _LIMITS["客户"]:
        return Misunderstood("要查谁的工单？请给出客户姓名、手机号或工单编号", QUERY.example)
    return QueryTickets(customer_name=name)


def _assign(body: Text) -> Command:
    ids, rest = ticket_ids(body)
    if not ids:
        return Misunderstood("缺少工单编号", ASSIGN.example)
    return _assignment(ids, rest.strip(" ,给"))


def _assignment(ids: tuple[int, ...], rest: Text) -> Command:
    rest = rest.strip(" ,")
    rest = rest.cut(1).strip() if rest.folded.startswith("@") else rest
    end = NAME_END.search(rest.folded)
    name = rest.cut(0, end.start() if end else None).words
    if not name or len(name) > 64:
        return Misunderstood("缺少负责人", f"/分配工单 #{ids[0]} @李四")
    note = rest.cut(end.end()).strip(SEPARATORS).words if end else ""
    return AssignTicket(ids, name, note)


def _about_tickets(ids: tuple[int, ...], rest: Text) -> Command:
    if not rest.folded.strip(SEPARATORS):
        return QueryTickets(ticket_id=ids[0])
    command = _verb(ids, rest)
    return command or AddNote(ids, rest.words)


def _about_quoted(message: Text, about: Quoted) -> Command:
    """A verb under a quoted card; the card says which ticket, or which project's."""
    if message.folded.startswith("#"):
        body = message.cut(1).strip()
        word = re.split(r"[\s#@:\d]", body.folded, maxsplit=1)[0][:20]
        if len(word) > 2:
            return _unknown(body, word)
        return Misunderstood("没有这个命令，或工单编号不对", TICKET_EXAMPLE)
    if about.ticket_id is not None:
        command = _verb((about.ticket_id,), message)
        return command or AddNote((about.ticket_id,), message.words)
    if about.project_id is not None or about.is_several:
        return _about_project(message, about)
    if _verb((1,), message) is not None:
        return Misunderstood("不知道是哪个工单：请引用工单卡片，或写上编号", TICKET_EXAMPLE)
    return Misunderstood("没有听懂，发送「/帮助」可查看全部命令", CREATE.example)


def _about_project(message: Text, about: Quoted) -> Command:
    """Under a quoted project only 「已解决」 says what is meant."""
    command = _verb((1,), message)
    example = f"#问题已解决 #P{about.project_id or 5} 说明"
    if about.is_several:
        return Misunderstood("引用的消息里有多个项目，请写明项目编号", example)
    if isinstance(command, ChangeStatus) and command.status == "resolved":
        return project_grammar.solved(Text(command.note, read(command.note).folded), about)
    return Misunderstood("引用的是项目：请写明命令和项目编号", example)


def _verb(ids: tuple[int, ...], rest: Text) -> Command | None:
    """The command that `rest` begins with; None for other words, questions and negations."""
    for verb in ASSIGN_VERBS:
        if rest.folded.startswith(verb):
            asks = rest.folded.rstrip().endswith(("?", "吗"))
            return None if asks else _assignment(ids, rest.cut(len(verb)))
    for verb, status, progress in VERBS:
        if rest.folded.startswith(verb):
            note = rest.cut(len(verb))
            if not _ENDS.match(note.folded) or _is_question(note.folded):
                return None
            return ChangeStatus(ids, status, progress, _note(note))
    return _progress(ids, rest)


def _is_question(folded: str) -> bool:
    """Whether the first sentence behind the verb asks."""
    sentence = re.split(r"[,.;!。\n]", folded.lstrip(SEPARATORS), maxsplit=1)[0].rstrip()
    return sentence.endswith(("?", "吗", "嘛", "么"))


def _progress(ids: tuple[int, ...], rest: Text) -> Command | None:
    found = _PROGRESS.match(rest.folded)
    if found is None or not (found[2] or rest.folded.startswith("进度")):
        return None
    if _is_question(rest.folded[found.end() :]):
        return None
    percent = int(found[1])
    if not 0 <= percent <= 100:
        return Misunderstood("进度必须是 0 到 100", f"#{ids[0]} 进度 60%")
    return SetProgress(ids, percent, _note(rest.cut(found.end())))


def _note(text: Text) -> str:
    """What follows a verb, without the 了 that belongs to it."""
    text = text.strip(SEPARATORS)
    text = text.cut(2).strip(SEPARATORS) if text.folded.startswith("工单") else text
    return (text.cut(1).strip(SEPARATORS) if text.folded.startswith("了") else text).words


def _help(_: Text) -> Command:
    return Help()


_PARSERS: dict[Spec, Callable[[Text], Command]] = {
    CREATE: _create,
    QUERY: _query,
    ASSIGN: _assign,
    HELP: _help,
}
_PROJECT_PARSERS: dict[Spec, Callable[[Text, Quoted], Command]] = {
    RECORD: project_grammar.record,
    PROGRESS: project_grammar.progress,
    TRANSFER: project_grammar.transfer,
    SOLVED: project_grammar.solved,
}
