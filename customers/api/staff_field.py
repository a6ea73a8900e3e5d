"""A member of staff in a body: by id, user name or WeCom user id."""

from typing import Any

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.errors import InvalidInputError
from config.whole_number import whole_number
from customers.models import User
from customers.queries.staff import staff_named, team_members

MAX_ID = 2**63 - 1


def staff_given(value: Any, *, attr: str) -> User:
    """The member of the team that a client named; raises `InvalidInputError` naming `attr`.

    A number is an id; text a user name, a WeCom user id or a full name, else an id.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID:
        found = team_members().filter(pk=value).first()
        if found is not None:
            return found
        raise InvalidInputError(f"没有员工 {value}", code="unknown_staff", attr=attr)
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= 150 or "\x00" in text:
        raise InvalidInputError("必须是员工的 id、用户名或企业微信账号", attr=attr)
    if (number := whole_number(text)) is not None:
        named = Q(username=text) | Q(wecom_user_id=text)
        found = team_members().filter(named).first() or team_members().filter(pk=number).first()
        if found is not None:
            return found
    return staff_named(text, attr=attr)


@extend_schema_field(OpenApiTypes.STR)
class StaffField(serializers.Field[User, Any, Any, Any]):
    """Input: see `staff_given`. The answer says it in fields of its own."""

    def to_internal_value(self, data: Any) -> User:
        try:
            return staff_given(data, attr=self.field_name or "")
        except InvalidInputError as error:
            raise serializers.ValidationError(error.detail, error.code) from None

    def to_representation(self, value: User) -> Any:
        return value.pk
