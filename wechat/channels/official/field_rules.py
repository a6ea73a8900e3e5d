"""What the fields of a subscribe message may hold: the first part of a key names its kind.

`thing3` is a thing: at most 20 characters (message/subscribe/bizsend, "参数值内容限制说明").
"""

import re
from dataclasses import dataclass

from config.errors import InvalidInputError


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    says: str


_KIND = re.compile(r"[a-z_]+(?=\d+$)")
_RULES = {
    kind: Rule(re.compile(pattern, re.DOTALL), says)
    for kind, pattern, says in (
        ("thing", r".{1,20}", "最多 20 个字符"),
        ("number", r"(?=.{1,32}$)-?\d+(\.\d+)?", "只能是数字，最多 32 位"),
        ("letter", r"[A-Za-z]{1,32}", "只能是字母，最多 32 个"),
        ("symbol", r"[^\w\s]{1,5}", "只能是符号，最多 5 个"),
        ("character_string", r"[\x20-\x7e]{1,32}", "只能是数字、字母或符号，最多 32 个"),
        ("time", r"(?=.{1,50}$).*\d{1,2}:\d{2}.*", "必须是 24 小时制的时间，如 15:01"),
        ("date", r"(?=.{1,50}$)\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*", "必须是日期，如 2026年2月3日"),
        ("amount", r"[^\w\s]?\d{1,10}(\.\d{1,2})?元?", "必须是金额，如 ¥99.50 或 99.50元"),
        ("phone_number", r"[\d+() -]{1,17}", "必须是电话号码，最多 17 位"),
        ("car_number", r"\w{1,8}", "必须是车牌号，最多 8 位"),
        ("name", r"(?:[^\x00-\x7f]|[·]){1,10}|[\x20-\x7e]{1,20}", "最多 10 个汉字或 20 个字母"),
        ("phrase", r"[\u4e00-\u9fff]{1,5}", "只能是汉字，最多 5 个"),
    )
}


def check(key: str, value: str) -> None:
    """Raises `InvalidInputError` naming `options.subscribe_data.<key>`; unknown kinds are free."""
    kind = _KIND.match(key)
    rule = _RULES.get(kind.group()) if kind else None
    if rule is not None and not rule.pattern.fullmatch(value):
        raise InvalidInputError(
            f"订阅通知字段「{key}」{rule.says}", attr=f"options.subscribe_data.{key}"
        )
