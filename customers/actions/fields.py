"""What may be said about a customer, checked the same for every door: form, API, import, WeCom."""

import json
from datetime import datetime
from typing import Any, TypedDict, cast

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from config.errors import InvalidInputError
from customers import phones
from customers.models import Customer, CustomerChannel, Gender, User

MAX_ATTRIBUTES = 50
MAX_ATTRIBUTE_BYTES = 8_000

_is_url = URLValidator(["http", "https"])
# As long as the columns are.
_TEXTS = {
    "name": 100,
    "company": 200,
    "corp_id": 64,
    "external_userid": 64,
    "unionid": 64,
    "avatar": 500,
    "province": 50,
    "city": 50,
    "remark": 100,
    "description": 500,
}
_CHOICES: dict[str, Any] = {"channel": CustomerChannel, "type": Customer.Kind, "gender": Gender}


class CustomerFields(TypedDict, total=False):
    """What creating and editing take; `phone` in any form of `phones.normalize`."""

    name: str
    phone: str
    company: str
    corp_id: str
    external_userid: str | None
    unionid: str
    avatar: str
    type: int
    gender: int
    province: str
    city: str
    remark: str
    description: str
    attributes: dict[str, Any]
    channel: str
    follow_user: User | None
    add_time: datetime


def checked(fields: CustomerFields) -> dict[str, Any]:
    """Those given, ready for the model; raises `InvalidInputError` naming the field at fault."""
    values: dict[str, Any] = dict(fields)
    for name, limit in _TEXTS.items():
        if name in values:
            values[name] = _text(name, values[name], limit)
    if "external_userid" in values:
        values["external_userid"] = values["external_userid"] or None
    if "phone" in values:
        phone = str(values["phone"] or "").strip()
        values["phone"] = phones.normalize(phone) if phone else ""
    for name, choices in _CHOICES.items():
        if name in values and values[name] not in choices.values:
            known = "、".join(str(value) for value in choices.values)
            raise InvalidInputError(f"必须是以下之一：{known}", code="invalid_choice", attr=name)
    _check_the_rest(values)
    return values


def _check_the_rest(values: dict[str, Any]) -> None:
    if values.get("avatar"):
        _check_url(values["avatar"])
    if "attributes" in values:
        _check_attributes(values["attributes"])
    if values.get("follow_user") is not None:
        check_team_member(cast("User", values["follow_user"]), attr="follow_user_id")
    if "add_time" in values and not _is_moment(values["add_time"]):
        raise InvalidInputError("必须是带时区的时间", attr="add_time")


def check_team_member(user: User, *, attr: str) -> None:
    """Raises `InvalidInputError` naming `attr` for who is not staff, or is switched off."""
    if not user.is_team_member:
        raise InvalidInputError("必须是在职员工", code="not_staff", attr=attr)


def _text(name: str, value: Any, limit: int) -> str:
    text = str(value or "").strip()
    if len(text) > limit:
        raise InvalidInputError(f"不能超过 {limit} 个字", code="max_length", attr=name)
    if "\x00" in text:
        raise InvalidInputError("含有 NUL 字符", attr=name)
    return text


def _check_url(url: str) -> None:
    try:
        _is_url(url)
    except ValidationError:
        raise InvalidInputError("必须是 http 或 https 地址", attr="avatar") from None


def _check_attributes(value: Any) -> None:
    if not isinstance(value, dict) or len(value) > MAX_ATTRIBUTES:
        raise InvalidInputError(f"必须是最多 {MAX_ATTRIBUTES} 项的对象", attr="attributes")
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_ATTRIBUTE_BYTES:
        raise InvalidInputError(f"不能超过 {MAX_ATTRIBUTE_BYTES} 字节", attr="attributes")


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime) and timezone.is_aware(value)
