"""The language of the group commands (contract.md §5, seed 001).

`parse` reads one message and answers with one of the commands of `meaning.py`, or with `Misunderstood`,
which says what is missing and shows one right example. It never raises and runs in linear time.
"""

import difflib
import re

from wechat.commands.meaning import (
    AddNote,
    ChangeStatus,
    Command,
    Help,
    Misunderstood,
    QueryTickets,
    Several,
)
from wechat.commands.parts import SEPARATORS
from wechat.commands.references import (
    MAX_TICKETS,
    Quoted,
    begins_with_ticket,
    quoted_reference,
    ticket_ids,
)
from wechat.commands.several import pieces_of
from wechat.commands.spec import Reading, Spec
from wechat.commands.text import Text, read
from wechat.commands.vocabulary import (
    CREATE,
    HASH_SPELLINGS,
    HELP,
    SLASH_SPELLINGS,
    SOLVED,
    TICKET_EXAMPLE,
    VERB_SPELLINGS,
)

MAX_LENGTH = 20_000
# So many numbers are named when one has to choose.
NAMED = 5
_TOO_MANY = Misunderstood(f"一次最多处理 {MAX_TICKETS} 个工单", TICKET_EXAMPLE)

_HASH_NAMES = "|".join(name for name, _ in HASH_SPELLINGS)
# The robot hears only what mentions it, so a name before a command is its own, however it is called.
# Possessive `\s*+`: two runs of spaces side by side must not be divided in every possible way.
_ANY_MENTION = re.compile(rf"@\S{{1,64}}\s++(?=/|#\s*+(?:p?\d|{_HASH_NAMES}))")


def parse(text: str, *, bot_name: str, quoted: str = "") -> Command:
    """What one message asks for. `quoted` is the message that it quotes, if any."""
    if len(text) > MAX_LENGTH:
        return Misunderstood(f"内容过长，请控制在 {MAX_LENGTH} 字以内", CREATE.example)
    message = without_bot(read(text), bot_name).strip()
    if not message.folded or message.folded in ("?", "help", "帮助"):
        return Help()
    about = quoted_reference(quoted[:MAX_LENGTH])
    named = _hash_command(message, about) or _slash_command(message)
    if named is not None:
        return named
    pieces = pieces_of(message, _is_verb)
    if len(pieces) == 1:
        return _ticket_command(message, about)
    commands = tuple(_ticket_command(piece, about) for piece in pieces)
    return _TOO_MANY if _tickets_in(commands) > MAX_TICKETS else Several(commands)


def without_bot(text: Text, bot_name: str) -> Text:
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
    for name, spec in HASH_SPELLINGS:
        if end := _match_spaced(body.folded, name):
            behind = body.cut(end).strip(" \n,:")
            return spec.parse(spec, Reading(behind, name, quoted=about))
    return None


def _slash_command(message: Text) -> Command | None:
    """A message that begins with a command's name; the slash may be missing before a known one."""
    has_slash = message.folded.startswith("/")
    body = message.cut(1).strip() if has_slash else message
    for name, spec in SLASH_SPELLINGS:
        end = _match_spaced(body.folded, name)
        if not end or (spec is HELP and not has_slash):
            continue
        behind = body.cut(end).strip()
        if spec.is_alone and behind.folded.strip(SEPARATORS):
            if not has_slash:
                continue
            return Misunderstood(f"「/{name}」后面不需要写别的", spec.example)
        return spec.parse(spec, Reading(behind, name))
    if not has_slash:
        return None
    word = re.split(r"[\s#@:]", body.folded, maxsplit=1)[0][:20]
    return _unknown(body, word)


def _unknown(body: Text, word: str) -> Misunderstood:
    spec = nearest(word)
    hint = f"，您是不是想{spec.meaning}？" if spec else ""
    example = (spec or HELP).example
    return Misunderstood(f"没有「{body.own[: len(word)]}」这个命令{hint}", example)


def nearest(word: str) -> Spec | None:
    """The named command that is spelt most like `word`."""
    known = dict((*SLASH_SPELLINGS, *HASH_SPELLINGS))
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return known[near[0]] if near else None


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


def _ticket_command(message: Text, about: Quoted) -> Command:
    ids, rest = ticket_ids(message)
    if not ids:
        return _about_quoted(message, about)
    if begins_with_ticket(rest):
        return _TOO_MANY
    if not rest.folded.strip(SEPARATORS):
        return QueryTickets(ticket_id=ids[0])
    return _verb(ids, rest) or AddNote(ids, rest.words)


def _about_quoted(message: Text, about: Quoted) -> Command:
    """A verb under a quoted card; the card says which ticket, or which project's."""
    if message.folded.startswith("#"):
        return _no_number(message)
    if about.ticket_id is not None:
        command = _verb((about.ticket_id,), message)
        return command or AddNote((about.ticket_id,), message.words)
    if about.project_id is not None or about.is_several:
        return _about_project(message, about)
    if about.ticket_ids:
        return _which_of(about.ticket_ids, message)
    if _is_verb(message):
        return Misunderstood("不知道是哪个工单：请引用工单卡片，或写上编号", TICKET_EXAMPLE)
    return Misunderstood("没有听懂，发送「/帮助」可查看全部命令", CREATE.example)


def _no_number(message: Text) -> Misunderstood:
    """`#` and no number behind it: perhaps a command's name."""
    body = message.cut(1).strip()
    word = re.split(r"[\s#@:\d]", body.folded, maxsplit=1)[0][:20]
    if len(word) > 2:
        return _unknown(body, word)
    return Misunderstood("没有这个命令，或工单编号不对", TICKET_EXAMPLE)


def _which_of(ids: tuple[int, ...], message: Text) -> Misunderstood:
    """Under a message that names several tickets nothing is guessed."""
    named = "、".join(f"#{number}" for number in ids[:NAMED])
    more = "等" if len(ids) > NAMED else ""
    words = message.cut(0, 30).words if _is_verb(message) else "已解决"
    return Misunderstood(
        f"引用的消息里有多个工单（{named}{more}），请写明编号", f"#{ids[0]} {words}"
    )


def _about_project(message: Text, about: Quoted) -> Command:
    """Under a quoted project only 「已解决」 says what is meant."""
    command = _verb((1,), message)
    example = f"#问题已解决 #P{about.project_id or 5} 说明"
    if about.is_several:
        return Misunderstood("引用的消息里有多个项目，请写明项目编号", example)
    if isinstance(command, ChangeStatus) and command.status == "resolved":
        note = Text(command.note, read(command.note).folded)
        solved = SOLVED.parse(SOLVED, Reading(note, quoted=about))
        if solved is not None:
            return solved
    return Misunderstood("引用的是项目：请写明命令和项目编号", example)


def _verb(ids: tuple[int, ...], rest: Text) -> Command | None:
    """The command that `rest` begins with; None for other words, questions and negations."""
    for name, spec in VERB_SPELLINGS:
        if rest.folded.startswith(name):
            return spec.parse(spec, Reading(rest.cut(len(name)), name, ids))
    return None


def _is_verb(rest: Text) -> bool:
    """Whether a command follows: for the verbs that are right as well as for those that lack a part."""
    return _verb((1,), rest) is not None


def _tickets_in(commands: tuple[Command, ...]) -> int:
    return sum(len(getattr(command, "ticket_ids", ())) or 1 for command in commands)
