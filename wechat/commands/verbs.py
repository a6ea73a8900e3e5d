"""Reading the verbs behind a ticket's number: `#123 已解决，…`."""

import re

from django.utils import timezone

from wechat.commands.meaning import (
    AddNote,
    ChangeStatus,
    Command,
    GoOn,
    MergeTickets,
    Misunderstood,
    PostponeDeadline,
    ReplyCustomer,
    SetDeadline,
    SetPriority,
    SetProgress,
    WaitForCustomer,
    Watch,
)
from wechat.commands.moments import moment_in, span_in
from wechat.commands.parts import SEPARATORS
from wechat.commands.references import MAX_TICKET_ID
from wechat.commands.spec import Reading, Spec
from wechat.commands.text import Text
from wechat.commands.ticket_grammar import PRIORITIES, PRIORITIES_SAID, assignment

# What may stand behind a verb: 「已解决一半」 is no 「已解决」, and a question changes nothing.
# Signs of consent end one too; one of doubt (🤔, ❓, [疑问]) does not.
_ENDS = re.compile(
    r"(?:工单)?[了啦]?(?:$|[\s,.;:!、。…~(—「\"“✅☑✔👌👍💪🙏🎉🆗😀-😄😊🙂]"
    r"|\[(?:强|ok|胜利|鼓掌|抱拳|微笑|握手|庆祝|玫瑰|呲牙|愉快|憨笑)\])"
)
# Possessive `\s*+`: two runs of spaces side by side must not be divided in every possible way.
_PERCENT = re.compile(r"\s*+:?\s*+(-?\d{1,6})(?!\.?\d)\s*+(%?)")
_SEPARATED = re.compile(r"[\s:,]")
_PRIORITY = re.compile(rf"\s*+(?:改为|改成|调整为|调为|设为|为|:)?\s*+({'|'.join(PRIORITIES)})")
_INTO = re.compile(r"\s*+(?:工单)?\s*+#?\s*+(?:id)?\s*+(\d{1,18})(?!\d)")
_TO = re.compile(r"\s*+(?:改为|改到|改成|为|到|至|:)?\s*+")


def change_status(spec: Spec, reading: Reading) -> Command | None:
    note = _words_behind(reading.body)
    if note is None:
        return None
    return ChangeStatus(reading.ticket_ids, spec.value, spec.progress, note)


def assign_to(spec: Spec, reading: Reading) -> Command | None:
    asks = reading.body.folded.rstrip().endswith(("?", "吗"))
    return None if asks else assignment(reading.ticket_ids, reading.body)


def progress(spec: Spec, reading: Reading) -> Command | None:
    """`进度 60`, `60%`: without its word a number needs its sign."""
    found = _PERCENT.match(reading.body.folded)
    if found is None or not (found[2] or reading.word):
        return None
    if _is_question(reading.body.folded[found.end() :]):
        return None
    percent = int(found[1])
    if not 0 <= percent <= 100:
        return Misunderstood("进度必须是 0 到 100", f"#{reading.ticket_ids[0]} 进度 60%")
    return SetProgress(reading.ticket_ids, percent, _note(reading.body.cut(found.end())))


def wait(spec: Spec, reading: Reading) -> Command | None:
    reason = _words_behind(reading.body)
    return None if reason is None else WaitForCustomer(reading.ticket_ids, reason)


def go_on(spec: Spec, reading: Reading) -> Command | None:
    reason = _words_behind(reading.body)
    return None if reason is None else GoOn(reading.ticket_ids, reason)


def watch(spec: Spec, reading: Reading) -> Command | None:
    """Nothing may follow: 「关注一下」 is a note."""
    if reading.body.folded.strip(SEPARATORS) not in ("", "了", "工单"):
        return None
    return Watch(reading.ticket_ids, wanted=spec.value != "off")


def note(spec: Spec, reading: Reading) -> Command | None:
    content = _content(reading.body)
    if content is None:
        return None
    return AddNote(reading.ticket_ids, content) if content else _lacking(spec, reading, "备注内容")


def reply(spec: Spec, reading: Reading) -> Command | None:
    content = _content(reading.body)
    if content is None:
        return None
    if not content:
        return _lacking(spec, reading, "要回复客户的话")
    return ReplyCustomer(reading.ticket_ids, content)


def priority(spec: Spec, reading: Reading) -> Command | None:
    found = _PRIORITY.match(reading.body.folded)
    if found is None:
        is_said = _SEPARATED.match(reading.body.folded) or not reading.body.folded
        return Misunderstood(PRIORITIES_SAID, _example(spec, reading)) if is_said else None
    rest = reading.body.cut(found.end())
    if not _ENDS.match(rest.folded) or _is_question(rest.folded):
        return None
    return SetPriority(reading.ticket_ids, PRIORITIES[found[1]])


def deadline(spec: Spec, reading: Reading) -> Command | None:
    start = _TO.match(reading.body.folded)
    found = moment_in(reading.body.folded[start.end() if start else 0 :][:40])
    if found is None:
        is_said = _SEPARATED.match(reading.body.folded) or not reading.body.folded
        said = "期限要写成日期和时间"
        return Misunderstood(said, _example(spec, reading)) if is_said else None
    if _is_question(reading.body.folded):
        return None
    moment = found[0]
    if moment <= timezone.now():
        return Misunderstood(f"{moment:%Y-%m-%d %H:%M} 已经过去", _example(spec, reading))
    return SetDeadline(reading.ticket_ids, moment)


def postpone(spec: Spec, reading: Reading) -> Command | None:
    body = reading.body.strip(" :,")
    found = span_in(body.folded[:40])
    if found is None:
        is_said = _SEPARATED.match(reading.body.folded) or not reading.body.folded
        said = "延期多久？请写成几小时或几天（一年以内）"
        return Misunderstood(said, _example(spec, reading)) if is_said else None
    if not _ENDS.match(body.folded[found[1] :]) or _is_question(body.folded):
        return None
    return PostponeDeadline(reading.ticket_ids, found[0])


def merge(spec: Spec, reading: Reading) -> Command | None:
    found = _INTO.match(reading.body.folded)
    if found is None:
        return _lacking(spec, reading, "要合并到的工单编号") if not reading.body.words else None
    rest = reading.body.cut(found.end())
    if not _ENDS.match(rest.folded) or _is_question(rest.folded):
        return None
    into = int(found[1])
    if not 1 <= into <= MAX_TICKET_ID:
        return Misunderstood("要合并到的工单编号不对", _example(spec, reading))
    return MergeTickets(reading.ticket_ids, into, _note(rest))


def _words_behind(text: Text) -> str | None:
    """What follows a verb; None when the verb was only the beginning of other words."""
    if not _ENDS.match(text.folded) or _is_question(text.folded):
        return None
    return _note(text)


def _content(text: Text) -> str | None:
    """What is to be written down; None when nothing divides it from the verb."""
    if text.folded and not _SEPARATED.match(text.folded):
        return None
    return text.strip(" \n:,").words


def _lacking(spec: Spec, reading: Reading, what: str) -> Misunderstood:
    return Misunderstood(f"缺少{what}", _example(spec, reading))


def _example(spec: Spec, reading: Reading) -> str:
    return spec.example.replace("#123", f"#{reading.ticket_ids[0]}", 1)


def _is_question(folded: str) -> bool:
    """Whether the first sentence behind the verb asks."""
    sentence = re.split(r"[,.;!。\n]", folded.lstrip(SEPARATORS), maxsplit=1)[0].rstrip()
    return sentence.endswith(("?", "吗", "嘛", "么"))


def _note(text: Text) -> str:
    """What follows a verb, without the 了 or 啦 that belongs to it."""
    text = (text.cut(1) if text.folded.startswith("啦") else text).strip(SEPARATORS)
    text = text.cut(2).strip(SEPARATORS) if text.folded.startswith("工单") else text
    return (text.cut(1).strip(SEPARATORS) if text.folded.startswith("了") else text).words
