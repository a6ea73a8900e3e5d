"""The language of the group commands (contract.md §5, seed 001).

`parse` reads one message and answers with one of the commands of `meaning.py`, or with `Misunderstood`,
which says what is missing and shows one right example. It never raises and runs in linear time.
"""

import difflib
import re
from collections.abc import Callable

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
from wechat.commands.text import Text, read
from wechat.commands.vocabulary import (
    ASSIGN,
    ASSIGN_VERBS,
    CREATE,
    HELP,
    QUERY,
    SLASH_COMMANDS,
    TICKET_EXAMPLE,
    VERBS,
    Spec,
)

MAX_LENGTH = 20_000
MAX_TICKET_ID = 2**31 - 1
MAX_TICKETS = 20


_SEPARATORS = " \n,.;:!、。"
# What may stand behind a verb: 「已解决一半」 is no 「已解决」, and a question changes nothing.
_ENDS = re.compile(r"(?:工单)?了?(?:$|[\s,.;:!、。…~(])")

# Possessive `\s*+`: two runs of spaces side by side must not be divided in every possible way.
_IDS = re.compile(r"(?:工单)?\s*+#\s*+(?:id)?\s*+(\d++)(?:\s*+[、,和]?\s*+(?=(?:工单)?\s*+#))?")
_QUOTED_ID = re.compile(r"#\s*+(?:id)?\s*+(\d{1,10})(?![0-9a-z])")
_PROGRESS = re.compile(r"(?:进度)?\s*+:?\s*+(-?\d{1,6})(?!\.?\d)\s*+(%?)")
_KEY = re.compile(
    r"(?<![^\W\d])(?:(?P<spoken>手机号码|手机号|手机|联系方式|联系电话|电话)\s*+:?\s*+(?=[+\d])"
    r"|(?P<key>客户|公司|产品/项目|产品|项目|问题描述|问题|描述|故障|优先级)\s*+:\s*+)"
)
# The robot hears only what mentions it, so a name before a command is its own, however it is called.
_ANY_MENTION = re.compile(r"@\S{1,64}\s++(?=/|#\s*+\d)")
_MOBILE = r"(?:\+?86[\- ]?)?1[3-9](?:[\- ]?\d){9}(?!\d)"
_PHONE_VALUE = re.compile(rf"{_MOBILE}|\+?[\d\-()]{{5,24}}\d|\+\d[\d\-() ]{{5,24}}\d")
_BARE_MOBILE = re.compile(rf"(?<!\w){_MOBILE}")
_NAME_END = re.compile(r"[\s,;]")
_PHONE_ONLY = re.compile(r"(?:手机号码|手机号|手机|电话)?\s*+:?\s*+(\+?[\d\- ]{7,20})")
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
_LIMITS = {"客户": 100, "产品": 100, "公司": 200}
_KEY_NAMES = {
    "产品/项目": "产品",
    "项目": "产品",
    "问题描述": "问题",
    "描述": "问题",
    "故障": "问题",
}


def parse(text: str, *, bot_name: str, quoted: str = "") -> Command:
    """What one message asks for. `quoted` is the message that it quotes, if any."""
    if len(text) > MAX_LENGTH:
        return Misunderstood(f"内容过长，请控制在 {MAX_LENGTH} 字以内", CREATE.example)
    message = _without_bot(read(text), bot_name).strip()
    if not message.folded or message.folded in ("?", "help", "帮助"):
        return Help()
    slash = _slash_command(message)
    if slash is not None:
        return slash
    ids, rest = _ticket_ids(message)
    if _IDS.match(rest.folded) and ids:
        return Misunderstood(f"一次最多处理 {MAX_TICKETS} 个工单", TICKET_EXAMPLE)
    if ids:
        return _about_tickets(ids, rest)
    return _about_quoted(message, quoted[:MAX_LENGTH])


def _without_bot(text: Text, bot_name: str) -> Text:
    """Without the bot's name in front, as often as it stands there."""
    bot = re.compile(rf"@{re.escape(read(bot_name).folded)}(?![a-z0-9_]|[\u4e00-\u9fff]{{1,3}}\s)")
    while True:
        text = text.strip()
        found = bot.match(text.folded) or _ANY_MENTION.match(text.folded)
        if found is None:
            return text
        text = text.cut(found.end()).strip(" \n:,")


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
    known = {name: spec for spec in SLASH_COMMANDS for name in spec.names}
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    spec = known[near[0]] if near else HELP
    hint = f"，您是不是想{spec.meaning}？" if near else ""
    return Misunderstood(f"没有「/{body.own[: len(word)]}」这个命令{hint}", spec.example)


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
    parts = _parts(body)
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


def _parts(body: Text) -> dict[str, str]:
    """The named parts; what stands before the first key is the customer.

    A key counts once: a second one is part of the words around it, so nothing typed is lost.
    """
    marks = list(_KEY.finditer(body.folded))
    found = _head(body.cut(0, marks[0].start() if marks else None))
    kept: list[tuple[str, re.Match[str]]] = []
    for mark in marks:
        key = "手机" if mark["spoken"] else _KEY_NAMES.get(mark["key"], mark["key"])
        taken = {*found, *(known for known, _ in kept)}
        if key in taken or (key == "手机" and "问题" in taken and not _is_bare(body, mark)):
            continue
        kept.append((key, mark))
    for number, (key, mark) in enumerate(kept):
        end = kept[number + 1][1].start() if number + 1 < len(kept) else None
        value = body.cut(mark.end(), end)
        if key == "手机":
            found = _phone_and_rest(value, found) | found
        elif key == "客户":
            found[key] = _customer_name(value)
        else:
            found[key] = value.strip(" \n,;").words
    return found


def _head(text: Text) -> dict[str, str]:
    """What stands before the first key: the customer, and perhaps a number without its key."""
    found: dict[str, str] = {}
    mention = text.folded.find("@")
    name = _customer_name(text.cut(max(mention, 0)))
    if name:
        found["客户"] = name
    number = _BARE_MOBILE.search(text.folded)
    if number and name != number[0]:
        found["手机"] = number[0]
    return found


def _is_bare(body: Text, mark: re.Match[str]) -> bool:
    """Whether a number named inside a problem stands alone there: `…，电话139… 没人接` does not."""
    number = _PHONE_VALUE.match(body.folded, mark.end())
    rest = body.folded[number.end() :].lstrip(_SEPARATORS) if number else ""
    return number is not None and (not rest or _KEY.match(rest) is not None)


def _phone_and_rest(value: Text, found: dict[str, str]) -> dict[str, str]:
    """The number, and what follows it: a customer's `@name`, or the problem without its key."""
    number = _PHONE_VALUE.match(value.folded)
    rest = value.cut(number.end() if number else 0).strip(_SEPARATORS)
    parts = {"手机": (number[0] if number else value.folded).strip()}
    if not number or not rest.folded:
        return parts
    if rest.folded.startswith("@") and "客户" not in found:
        return parts | {"客户": _customer_name(rest)}
    return parts | {"问题": rest.words}


def _customer_name(text: Text) -> str:
    """`@客户张三`, `@张三`, `客户 张三`, `张三`: the name alone, up to the first space."""
    text = text.strip(" \n,;:、")
    text = text.cut(1).strip() if text.folded.startswith("@") else text
    if text.folded.startswith("客户") and len(text.folded) > 2:
        text = text.cut(2).strip(" :")
    end = _NAME_END.search(text.folded)
    name = text.cut(0, end.start() if end else None).words
    return "" if name == "客户" else name


def _priority(folded: str) -> str:
    found = {m["word"] for m in _PRIORITY_WORDS.finditer(folded) if not m["no"]}
    if found & {"紧急", "严重"}:
        return "urgent"
    return "high" if found else "normal"


def _query(body: Text) -> Command:
    body = body.strip(" \n,:")
    ids, rest = _ticket_ids(body)
    if ids and not rest.folded:
        return QueryTickets(ticket_id=ids[0])
    phone = _PHONE_ONLY.fullmatch(body.folded)
    if phone:
        return QueryTickets(phone=phone[1].strip())
    name = _customer_name(body)
    if not name or body.folded.startswith("#") or len(name) > _LIMITS["客户"]:
        return Misunderstood("要查谁的工单？请给出客户姓名、手机号或工单编号", QUERY.example)
    return QueryTickets(customer_name=name)


def _assign(body: Text) -> Command:
    ids, rest = _ticket_ids(body)
    if not ids:
        return Misunderstood("缺少工单编号", ASSIGN.example)
    return _assignment(ids, rest.strip(" ,给"))


def _assignment(ids: tuple[int, ...], rest: Text) -> Command:
    rest = rest.strip(" ,")
    rest = rest.cut(1).strip() if rest.folded.startswith("@") else rest
    end = _NAME_END.search(rest.folded)
    name = rest.cut(0, end.start() if end else None).words
    if not name or len(name) > 64:
        return Misunderstood("缺少负责人", f"/分配工单 #{ids[0]} @李四")
    note = rest.cut(end.end()).strip(_SEPARATORS).words if end else ""
    return AssignTicket(ids, name, note)


def _ticket_ids(message: Text) -> tuple[tuple[int, ...], Text]:
    """The ticket numbers in front and what follows them; an impossible number is none."""
    ids: list[int] = []
    at = 0
    while (found := _IDS.match(message.folded, at)) and len(ids) < MAX_TICKETS:
        if len(found[1]) > 10 or not 1 <= int(found[1]) <= MAX_TICKET_ID:
            return (), message
        ids.append(int(found[1]))
        at = found.end()
    return tuple(dict.fromkeys(ids)), message.cut(at).strip(" \n,:、")


def _about_tickets(ids: tuple[int, ...], rest: Text) -> Command:
    if not rest.folded.strip(_SEPARATORS):
        return QueryTickets(ticket_id=ids[0])
    command = _verb(ids, rest)
    return command or AddNote(ids, rest.words)


def _about_quoted(message: Text, quoted: str) -> Command:
    """A verb under a quoted card; the card says which ticket."""
    if message.folded.startswith("#"):
        return Misunderstood("没有这个命令，或工单编号不对", TICKET_EXAMPLE)
    number = _QUOTED_ID.search(read(quoted).folded)
    ticket_id = int(number[1]) if number else 0
    if 1 <= ticket_id <= MAX_TICKET_ID:
        command = _verb((ticket_id,), message)
        return command or AddNote((ticket_id,), message.words)
    if _verb((1,), message) is not None:
        return Misunderstood("不知道是哪个工单：请引用工单卡片，或写上编号", TICKET_EXAMPLE)
    return Misunderstood("没有听懂，发送「/帮助」可查看全部命令", CREATE.example)


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
    sentence = re.split(r"[,.;!。\n]", folded.lstrip(_SEPARATORS), maxsplit=1)[0].rstrip()
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
    text = text.strip(_SEPARATORS)
    text = text.cut(2).strip(_SEPARATORS) if text.folded.startswith("工单") else text
    return (text.cut(1).strip(_SEPARATORS) if text.folded.startswith("了") else text).words


def _help(_: Text) -> Command:
    return Help()


_PARSERS: dict[Spec, Callable[[Text], Command]] = {
    CREATE: _create,
    QUERY: _query,
    ASSIGN: _assign,
    HELP: _help,
}
