"""Reading what a provider pushes: nothing in it is trusted to be there, or of its type."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from zoneinfo import ZoneInfo

from config.errors import InvalidInputError, NotAllowedError
from messaging.channels.accounts import accounts
from messaging.channels.base import ReceiptCall
from messaging.models import ChannelAccount, ChannelType

# Both providers write times as people in China read them.
PROVIDER_TIME = ZoneInfo("Asia/Shanghai")
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
MAX_TEXT = 500
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Entry:
    """One message's state in a push; every reader raises `InvalidInputError` naming the field."""

    value: Any
    place: int

    def name(self, field: str) -> str:
        return f"{self.place}.{field}"

    def text(self, field: str, *, required: bool = True) -> str:
        found = self._get(field)
        if found is None and not required:
            return ""
        if not isinstance(found, str) or (required and not found) or _UNSTORABLE.search(found):
            raise InvalidInputError("必须是文字", attr=self.name(field))
        if len(found) > MAX_TEXT:
            raise InvalidInputError(f"不能超过 {MAX_TEXT} 字", attr=self.name(field))
        return found

    def boolean(self, field: str) -> bool:
        found = self._get(field)
        if not isinstance(found, bool):
            raise InvalidInputError("必须是 true 或 false", attr=self.name(field))
        return found

    def digits(self, field: str, *, shortest: int = 4) -> str:
        """A number as a text of digits, a leading plus dropped."""
        found = self.text(field).removeprefix("+")
        if not (found.isascii() and found.isdigit()) or not shortest <= len(found) <= 20:
            raise InvalidInputError("必须是电话号码", attr=self.name(field))
        return found

    def time(self, field: str) -> datetime:
        try:
            return datetime.strptime(self.text(field), TIME_FORMAT).replace(tzinfo=PROVIDER_TIME)
        except ValueError:
            raise InvalidInputError(
                "必须是 2026-01-02 03:04:05 这样的时间", attr=self.name(field)
            ) from None

    def _get(self, field: str) -> Any:
        if not isinstance(self.value, dict):
            raise InvalidInputError("必须是一个 JSON 对象", attr=str(self.place))
        return self.value.get(field)


def account_of(call: ReceiptCall) -> ChannelAccount:
    """The active account whose token the address carries: neither provider signs what it pushes."""
    given = call.query.get("token", "").encode()
    # All are compared, so that the time taken says nothing.
    matching = [
        account
        for account in accounts().active(ChannelType.SMS)
        if compare_digest(str(account.secrets.get("receipt_token") or "").encode(), given)
    ]
    if not given or not matching:
        raise NotAllowedError("回执令牌不正确")
    return matching[0]


def entries_of(call: ReceiptCall) -> list[Any]:
    """The pushed list; raises `InvalidInputError`."""
    try:
        found = json.loads(call.body)
    except (ValueError, RecursionError):
        raise InvalidInputError("正文不是有效的 JSON", attr="body") from None
    if not isinstance(found, list):
        raise InvalidInputError("正文必须是 JSON 列表", attr="body")
    return found
