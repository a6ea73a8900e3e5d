"""Reading the commands that begin with `/` and a word about tickets."""

from tickets.intake.priority import priority_in
from wechat.commands.meaning import (
    AssignTicket,
    Command,
    CreateTicket,
    Help,
    IncompleteTicket,
    Misunderstood,
    MyTickets,
    OverdueTickets,
    QueryTickets,
    SetPresence,
    Undo,
)
from wechat.commands.parts import (
    NAME_END,
    PHONE_ONLY,
    SEPARATORS,
    customer_name,
    keys,
    parts_of,
)
from wechat.commands.references import ticket_ids
from wechat.commands.spec import Reading, Spec
from wechat.commands.text import Text

PRIORITIES = {
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
PRIORITIES_SAID = "优先级只能是 紧急、高、普通、低"
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
_TOPIC_LENGTH = 20


def create(spec: Spec, reading: Reading) -> Command:
    parts = parts_of(reading.body, TICKET_KEYS)
    for key, limit in _LIMITS.items():
        if len(parts.get(key, "")) > limit:
            return Misunderstood(f"{key}过长，请控制在 {limit} 字以内", spec.example)
    named = parts.get("优先级", "").strip()
    if named and named not in PRIORITIES:
        return Misunderstood(PRIORITIES_SAID, f"{spec.example} 优先级:高")
    known = {
        "customer_name": parts.get("客户", ""),
        "problem": parts.get("问题", ""),
        "phone": parts.get("手机", ""),
        "product": parts.get("产品", ""),
        "company": parts.get("公司", ""),
        "priority": PRIORITIES[named] if named else priority_in(reading.body.folded),
    }
    wanted = (("客户", known["customer_name"]), ("问题", known["problem"]))
    missing = [name for name, value in wanted if not value]
    if not missing:
        return CreateTicket(customer_id=None, **known)
    example = (
        f"/创建工单 @客户{known['customer_name'][:20] or '张三'}"
        f" 手机:{known['phone'] or '13800138000'}"
        f" 问题:{known['problem'][:50] or '服务器无法连接'}"
    )
    if not named and known["priority"] == "normal":
        known["priority"] = ""  # the problem's words are yet to come
    return IncompleteTicket(f"缺少{'和'.join(missing)}", example, known)


def query(spec: Spec, reading: Reading) -> Command:
    body = reading.body.strip(" \n,:")
    ids, rest = ticket_ids(body)
    if ids and not rest.folded:
        return QueryTickets(ticket_id=ids[0])
    phone = PHONE_ONLY.fullmatch(body.folded)
    if phone:
        return QueryTickets(phone=phone[1].strip())
    name = customer_name(body)
    if not name or body.folded.startswith("#") or len(name) > _LIMITS["客户"]:
        return Misunderstood("要查谁的工单？请给出客户姓名、手机号或工单编号", spec.example)
    return QueryTickets(customer_name=name)


def assign(spec: Spec, reading: Reading) -> Command:
    ids, rest = ticket_ids(reading.body)
    if not ids:
        return Misunderstood("缺少工单编号", spec.example)
    return assignment(ids, rest.strip(" ,给"))


def assignment(ids: tuple[int, ...], rest: Text) -> Command:
    rest = rest.strip(" ,")
    rest = rest.cut(1).strip() if rest.folded.startswith("@") else rest
    end = NAME_END.search(rest.folded)
    name = rest.cut(0, end.start() if end else None).words
    if not name or len(name) > 64:
        return Misunderstood("缺少负责人", f"/分配工单 #{ids[0]} @李四")
    note = rest.cut(end.end()).strip(SEPARATORS).words if end else ""
    return AssignTicket(ids, name, note)


def my_tickets(spec: Spec, reading: Reading) -> Command:
    return MyTickets()


def overdue_tickets(spec: Spec, reading: Reading) -> Command:
    return OverdueTickets()


def presence(spec: Spec, reading: Reading) -> Command:
    return SetPresence(spec.value)


def undo(spec: Spec, reading: Reading) -> Command:
    return Undo()


def help_about(spec: Spec, reading: Reading) -> Command:
    topic = reading.body.strip(" \n,.:;!?。「」\"'/#").words
    return Help(topic[:_TOPIC_LENGTH])
