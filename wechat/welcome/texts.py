"""What a new contact is greeted with: the words of the way they came by, else the general ones."""

from collections.abc import Callable

from config.errors import InvalidInputError
from config.runtime import store
from customers.models import Customer
from customers.queries.staff import staff_by_wecom_user_id
from messaging.markup import cut_utf8
from messaging.rendering import parse
from wechat.models import ContactWay, Welcome

SETTING = "wechat.welcome"
DEFAULT = {
    "enabled": True,
    "company": "",
    "text": "您好，我是{{member}}，很高兴为您服务。有问题直接发给我就好。",
}
SCHEMA = {
    "type": "object",
    "properties": {
        "enabled": {"type": "boolean"},
        "company": {"type": "string", "maxLength": 100},
        "text": {"type": "string", "maxLength": 1300},
    },
    "additionalProperties": False,
}
# send_welcome_msg takes 4000 bytes.
TEXT_BYTES = 4000
VARIABLES = {
    "member": "成员姓名",
    "customer": "客户昵称",
    "company": "公司名称（wechat.welcome 的 company）",
}


def check_text(text: str, *, attr: str) -> None:
    """Raises `InvalidInputError` for a variable that there is not."""
    unknown = [name for name in parse(text).names if name not in VARIABLES]
    if unknown:
        known = "、".join(f"{{{{{name}}}}}" for name in VARIABLES)
        raise InvalidInputError(
            f"没有变量 {{{{{unknown[0]}}}}}，可用：{known}", code="unknown_variable", attr=attr
        )


def check_setting(value: dict[str, object]) -> None:
    check_text(str(value.get("text") or ""), attr="value.text")


def text_for(welcome: Welcome, ask_name: Callable[[str], str]) -> str:
    """The words in full; empty where nothing is to be said. `ask_name` asks the platform."""
    setting = store.get(SETTING)
    if not setting["enabled"]:
        return ""
    way = ContactWay.objects.filter(state=welcome.state).first() if welcome.state else None
    parsed = parse((way.welcome_text if way else "") or setting["text"])
    if not "".join(parsed.parts[::2]).strip():
        return ""
    shown = dict.fromkeys(parsed.names, "")
    if "member" in shown:
        member = staff_by_wecom_user_id(welcome.user_id)
        shown["member"] = member.display_name if member else "您的专属顾问"
    if "customer" in shown:
        known = Customer.objects.filter(external_userid=welcome.external_userid).first()
        shown["customer"] = known.name if known else ask_name(welcome.external_userid)
    if "company" in shown:
        shown["company"] = setting["company"]
    return cut_utf8(parsed.fill(shown), TEXT_BYTES)
