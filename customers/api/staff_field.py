"""A member of staff in a body: by id, user name or WeCom user id."""

from typing import Any

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.errors import InvalidInputError
from customers.models import User
from customers.queries.staff import staff_named, team_members

MAX_ID = 2**63 - 1


def staff_given(value: Any, *, attr: str) -> User:
    """The member of the team that a client named; raises `InvalidInputError` naming `attr`.

    A number is an id; text a user name, a WeCom user id or a full name, else an id.
    """
    text = str(value).strip()
    if isinstance(value, bool) or not isinstance(value, int | str) or not text or len(text) > 150:
        raise InvalidInputError("必须是员工的 id、用户名或企业微信账号", attr=attr)
    is_id = text.isascii() and text.isdigit() and int(text[:19]) <= MAX_ID and len(text) <= 19
    if is_id:
        named = Q(username=text) | Q(wecom_user_id=text)
        by_name = team_members().filter(named).first() if isinstance(value, str) else None
        found = by_name or team_members().filter(pk=int(text)).first()
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
