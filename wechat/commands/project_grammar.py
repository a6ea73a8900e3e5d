"""Reading the commands of projects: `#记录客户`, `#查询进度`, `#转接工程师`, `#问题已解决` (seed 000)."""

import re
from decimal import Decimal

from wechat.commands.meaning import (
    Command,
    Misunderstood,
    QueryProjects,
    RecordCustomer,
    ResolveIssue,
    Target,
    TransferEngineer,
)
from wechat.commands.parts import (
    NAME_END,
    PHONE_ONLY,
    PHONE_VALUE,
    SEPARATORS,
    customer_name,
    keys,
    parts_of,
)
from wechat.commands.references import Quoted, project_number, ticket_ids
from wechat.commands.spec import Reading, Spec
from wechat.commands.text import Text, read

_KEYS = keys(
    "客户|公司|产品/项目|产品|项目名称|项目|客户需求|需求|备注|描述|问题|金额|预算|报价",
    {
        "产品/项目": "产品",
        "项目名称": "项目",
        "客户需求": "需求",
        "备注": "需求",
        "描述": "需求",
        "问题": "需求",
        "预算": "金额",
        "报价": "金额",
    },
    rest="需求",
)
_LIMITS = {"客户": 100, "公司": 200, "产品": 500, "项目": 200, "金额": 30}
_PRODUCT_LENGTH = 100
_AMOUNT = re.compile(r"(?:¥|rmb)?\s*+(\d[\d,]*+(?:\.\d++)?+)\s*+(亿|万|千|w|k)?+\s*+(?:元|块)?")
_UNITS = {"亿": 10**8, "万": 10**4, "w": 10**4, "千": 1000, "k": 1000}
MAX_AMOUNT = Decimal(10) ** 12
_SPLIT = re.compile(r"[、,;，；/]")
_PHONE_IN_FRONT = re.compile(
    rf"(?:手机号码|手机号|手机|电话)?\s*+:?\s*+({PHONE_VALUE.pattern})(?!\d)"
)
_HANDING = ("转接给", "转给", "交给", "给", "转")
MAX_WORDS = 200
MAX_NAME = 64
# How a question begins behind 「问题已解决」, and how it ends.
_ASKS, _ASKING = ("?", "吗", "没有"), ("?", "吗", "么", "没")


def record(spec: Spec, reading: Reading) -> Command:
    """`#记录客户 张三 手机:138… 公司:… 需求:… 产品:… 金额:…`"""
    parts = parts_of(reading.body, _KEYS)
    for key, limit in _LIMITS.items():
        if len(parts.get(key, "")) > limit:
            return Misunderstood(f"{key}过长，请控制在 {limit} 字以内", spec.example)
    name, phone = parts.get("客户", ""), parts.get("手机", "")
    demand, product = parts.get("需求", ""), parts.get("产品", "")
    missing = [word for word, value in (("客户", name), ("需求", demand or product)) if not value]
    if missing:
        wanted = f"产品:{product[:50]}" if product else f"需求:{demand[:50] or '想上云服务器'}"
        example = f"#记录客户 {name[:20] or '张三'} 手机:{phone or '13800138000'} {wanted}"
        return Misunderstood(f"缺少{'和'.join(missing)}", example)
    amount = _amount(parts.get("金额", ""))
    if amount is None:
        example = f"#记录客户 {name[:20]} 手机:13800138000 需求:想上云服务器 金额:12000"
        return Misunderstood("金额请写成数字，如 12000 或 1.2万", example)
    products = tuple(word.strip()[:_PRODUCT_LENGTH] for word in _SPLIT.split(product))
    return RecordCustomer(
        customer_name=name,
        phone=phone,
        company=parts.get("公司", ""),
        project=parts.get("项目", ""),
        demand=demand,
        products=tuple(dict.fromkeys(word for word in products if word)),
        amount=amount,
    )


def progress(spec: Spec, reading: Reading) -> Command:
    """`#查询进度 张三 | 手机 | 项目名 | #编号`"""
    target = _whole_target(reading.body) or _quoted_target(reading.quoted)
    if target is None:
        return Misunderstood("要查谁的进度？请给出客户姓名、手机号、项目名或项目编号", spec.example)
    return QueryProjects(target)


def transfer(spec: Spec, reading: Reading) -> Command:
    """`#转接工程师 张三 @王五 说明`: the engineer stands behind the last `@` but the customer's."""
    body, quoted = reading.body, reading.quoted
    front = body.folded.startswith("@") and "@" in body.folded[1:]
    at = body.folded.find("@", 1 if front else 0)
    if at >= 0:
        who, rest = body.cut(0, at), body.cut(at + 1).strip()
    else:
        who, rest = _first_word(body)
    who = _without_handing(who.strip())
    end = NAME_END.search(rest.folded)
    engineer = rest.cut(0, end.start() if end else None).words
    if engineer.startswith("给") and len(engineer) > 1:
        engineer = engineer[1:]
    note = rest.cut(end.end()).strip(SEPARATORS).words if end else ""
    target = _whole_target(who) or _quoted_target(quoted)
    if target is None:
        return Misunderstood("要转接谁的项目？请给出客户、项目名或项目编号", spec.example)
    if not engineer or len(engineer) > MAX_NAME:
        named = who.words[:30] or "张三"
        return Misunderstood("缺少工程师", f"#转接工程师 {named} @王五 说明")
    return TransferEngineer(target, engineer, note)


def _first_word(text: Text) -> tuple[Text, Text]:
    end = NAME_END.search(text.folded)
    if end is None:
        return text, text.cut(len(text.folded))
    return text.cut(0, end.start()), text.cut(end.end()).strip()


def _without_handing(who: Text) -> Text:
    """`张三 转给` is 张三."""
    for word in _HANDING:
        if who.folded.endswith(word):
            return who.cut(0, len(who.folded) - len(word)).strip()
    return who


def solved(spec: Spec, reading: Reading) -> Command:
    """`#问题已解决 张三 说明`; under a quoted card everything behind it is the note."""
    body, quoted = reading.body, reading.quoted
    body = body.cut(1).strip(SEPARATORS) if body.folded.startswith("了") else body
    if body.folded.startswith(_ASKS) or body.folded.rstrip().endswith(_ASKING):
        return Misunderstood("这像是在提问，没有改动任何工单", spec.example)
    target, note = _numbered(body)
    if target is None:
        target, note = _quoted_target(quoted), body
    if target is None:
        target, note = _named(body)
    if target is None:
        return Misunderstood("谁的问题已解决？请给出客户、项目编号或工单编号", spec.example)
    return ResolveIssue(target, note.strip(SEPARATORS).words)


def _numbered(body: Text) -> tuple[Target | None, Text]:
    ids, rest = ticket_ids(body)
    if ids:
        return Target(ticket_ids=ids), rest
    project_id, rest = project_number(body)
    return (None, body) if project_id is None else (Target(project_id=project_id), rest)


def _named(body: Text) -> tuple[Target | None, Text]:
    """A phone number or a name in front, and the words behind it."""
    phone = _PHONE_IN_FRONT.match(body.folded)
    if phone:
        return Target(phone=phone[1].strip()), body.cut(phone.end())
    name = customer_name(body)
    if not name or len(name) > MAX_WORDS or body.folded.startswith("#"):
        return None, body
    return Target(words=name), body.cut(body.own.find(name) + len(name))


def _whole_target(text: Text) -> Target | None:
    """What all of `text` names; None when it names nothing."""
    text = text.strip(" \n,:;。")
    project_id, rest = project_number(text)
    if project_id is not None and not rest.folded:
        return Target(project_id=project_id)
    ids, rest = ticket_ids(text)
    if ids and not rest.folded:
        return Target(number=ids[0])
    phone = PHONE_ONLY.fullmatch(text.folded)
    if phone:
        return Target(phone=phone[1].strip())
    text = text.cut(3).strip() if text.folded.startswith("项目:") else text
    text = text.cut(1).strip() if text.folded.startswith("@") else text
    words = text.words
    if text.folded.startswith("客户") and len(text.folded) > 2:
        words = customer_name(text)
    if not words or len(words) > MAX_WORDS or text.folded.startswith("#"):
        return None
    return Target(words=words)


def _quoted_target(quoted: Quoted) -> Target | None:
    if quoted.project_id is not None:
        return Target(project_id=quoted.project_id)
    return Target(ticket_ids=(quoted.ticket_id,)) if quoted.ticket_id is not None else None


def _amount(text: str) -> Decimal | None:
    """Yuan; zero when nothing is said, None when it cannot be read."""
    folded = read(text).folded.strip()
    if not folded:
        return Decimal(0)
    found = _AMOUNT.fullmatch(folded)
    if found is None or not found[1].isascii():
        return None
    amount = Decimal(found[1].replace(",", "")) * _UNITS.get(found[2] or "", 1)
    return amount.quantize(Decimal("0.01")) if amount < MAX_AMOUNT else None
