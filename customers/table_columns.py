"""A customer as a row of a table: the columns that import reads and export writes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from config.errors import InvalidInputError
from customers import channel_addresses
from customers.models import Customer, CustomerChannel, Gender
from customers.models.tag import NAME_LENGTH as TAG_LENGTH

EMAIL = "EMAIL"
MAX_TAGS = 50
_BETWEEN_TAGS = re.compile(r"[、,，;；\n]+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T\s]*(.*)")
_GENDERS: dict[str, int] = {
    "男": Gender.MALE,
    "女": Gender.FEMALE,
    "未知": Gender.UNKNOWN,
    "male": Gender.MALE,
    "female": Gender.FEMALE,
    "m": Gender.MALE,
    "f": Gender.FEMALE,
    **{str(int(gender)): gender for gender in Gender},
}
_KINDS: dict[str, int] = {
    **{str(kind.label): kind for kind in Customer.Kind},
    **{str(int(kind)): kind for kind in Customer.Kind},
}
_CHANNELS: dict[str, str] = {
    **{str(channel.label): channel for channel in CustomerChannel},
    **{str(channel): channel for channel in CustomerChannel},
}


def _one_of(known: dict[str, Any]) -> Callable[[str], Any]:
    labels = "、".join(text for text in known if not text.isascii())

    def read(text: str) -> Any:
        found = known.get(text.lower())
        if found is None:
            raise InvalidInputError(f"必须是以下之一：{labels}", code="invalid_choice")
        return found

    return read


def _moment(text: str) -> datetime:
    """A day, or a day with a time, as spreadsheets and people write them; local without an offset."""
    found = None
    if said := _DAY.fullmatch(text):
        year, month, day, rest = said.groups()
        try:
            found = parse_datetime(f"{year}-{month:0>2}-{day:0>2}T{rest or '00:00'}")
        except ValueError:
            found = None
    if found is None or not 1970 <= found.year <= 2100:
        raise InvalidInputError("不是有效的时间，请写成 2026-01-31 09:30", code="invalid_time")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _tags(text: str) -> list[str]:
    names = list(dict.fromkeys(filter(None, map(str.strip, _BETWEEN_TAGS.split(text)))))
    if len(names) > MAX_TAGS:
        raise InvalidInputError(f"最多 {MAX_TAGS} 个标签", code="too_many")
    if any(len(name) > TAG_LENGTH for name in names):
        raise InvalidInputError(f"每个标签不能超过 {TAG_LENGTH} 个字", code="max_length")
    return names


def _email(text: str) -> str:
    try:
        return channel_addresses.normal(EMAIL, text)
    except InvalidInputError:
        raise InvalidInputError("不是有效的邮箱地址", code="invalid_email") from None


def _tags_of(customer: Customer) -> str:
    return "、".join(tag.name for tag in customer.tags.all())


def _email_of(customer: Customer) -> str:
    known = (item.address for item in customer.identifiers.all() if item.channel == EMAIL)
    return next(known, "")


def _owner_of(customer: Customer) -> str:
    """By the name that only one account has."""
    owner = customer.follow_user
    return owner.username if owner else ""


@dataclass(frozen=True)
class Column:
    """`read` makes a value of what a cell holds (never an empty one), `write` a cell of a customer."""

    field: str
    label: str
    names: tuple[str, ...]
    read: Callable[[str], Any]
    write: Callable[[Customer], str]


def _text(field: str, label: str, *names: str) -> Column:
    return Column(field, label, names, str, lambda customer: getattr(customer, field) or "")


COLUMNS: Sequence[Column] = (
    _text("name", "姓名", "name", "客户姓名", "客户名称"),
    Column(
        "phone",
        "手机",
        ("phone", "手机号", "电话", "mobile"),
        str,
        lambda customer: customer.phone_display,
    ),
    _text("company", "公司", "company", "公司名称"),
    Column(
        "gender",
        "性别",
        ("gender", "sex"),
        _one_of(_GENDERS),
        lambda customer: str(Gender(customer.gender).label),
    ),
    _text("province", "省", "province", "省份"),
    _text("city", "市", "city", "城市"),
    Column(
        "channel",
        "来源",
        ("channel", "渠道"),
        _one_of(_CHANNELS),
        lambda customer: str(CustomerChannel(customer.channel).label),
    ),
    Column("tags", "标签", ("tags", "tag"), _tags, _tags_of),
    Column(
        "follow_user",
        "跟进人",
        ("follow_user", "followuser", "owner", "负责人"),
        str,
        _owner_of,
    ),
    Column(
        "type",
        "类型",
        ("type", "客户类型"),
        _one_of(_KINDS),
        lambda customer: str(Customer.Kind(customer.type).label),
    ),
    _text("corp_id", "企业ID", "corp_id", "corpid"),
    _text("external_userid", "外部联系人ID", "external_userid", "externaluserid"),
    _text("unionid", "UnionID", "unionid", "union_id"),
    _text("remark", "备注", "remark"),
    _text("description", "描述", "description", "说明"),
    Column("email", "邮箱", ("email", "mail", "邮件"), _email, _email_of),
    Column(
        "add_time",
        "添加时间",
        ("add_time", "addtime", "created_at"),
        _moment,
        lambda customer: timezone.localtime(customer.add_time).isoformat(),
    ),
)
BY_FIELD = {column.field: column for column in COLUMNS}
_BY_NAME = {
    name.lower(): column
    for column in COLUMNS
    for name in (column.label, column.field, *column.names)
}


def column_named(text: str) -> Column | None:
    """The column that a header means, in Chinese, snake_case or camelCase."""
    return _BY_NAME.get(text.strip().lower().replace(" ", ""))
