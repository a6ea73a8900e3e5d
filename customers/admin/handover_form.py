"""The form that begins a hand-over: from whom, to whom in which order, why."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from config.api.roles import Role
from customers.actions.handover.plan import MESSAGE_LENGTH
from customers.models import HandoverReason, User
from customers.queries.staff import team_members

# The form offers so many; the API takes more.
PLACES = ("第一接替人", "第二接替人", "第三接替人")


class PersonField(forms.ModelChoiceField):
    """Members of staff as colleagues know them."""

    def label_from_instance(self, obj: Any) -> str:
        label = f"{obj.display_name}（{obj.wecom_user_id or obj.username}）"
        return f"{label} · 已离职" if obj.resigned_at else label


def _candidate(label: str, *, required: bool) -> PersonField:
    return PersonField(
        label=label,
        required=required,
        queryset=team_members().filter(resigned_at=None).order_by("name"),
        empty_label="请选择" if required else "不指定",
        widget=UnfoldAdminSelectWidget,
        help_text="" if required else "前一位被客户拒绝或客户已满时，由他接替",
    )


class HandoverForm(forms.Form):
    from_user = PersonField(
        label="移交人",
        queryset=User.objects.filter(role__in=[Role.STAFF, Role.ADMIN]).order_by("name"),
        empty_label="请选择",
        widget=UnfoldAdminSelectWidget,
        help_text="其跟进、企业微信好友或仍有未完结事项的客户都会列入",
    )
    reason = forms.ChoiceField(
        label="原因", choices=HandoverReason.choices, widget=UnfoldAdminSelectWidget
    )
    first = _candidate(PLACES[0], required=True)
    second = _candidate(PLACES[1], required=False)
    third = _candidate(PLACES[2], required=False)
    message = forms.CharField(
        label="给客户的话",
        required=False,
        max_length=MESSAGE_LENGTH,
        help_text="在职转移时由企业微信发给客户，不超过 200 字；留空则用企业微信的默认文案",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    moves_groups = forms.BooleanField(
        label="同时移交客户群",
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
    )

    def candidates(self) -> list[User]:
        """In the order of asking."""
        chosen = (self.cleaned_data[name] for name in ("first", "second", "third"))
        return [user for user in chosen if user is not None]
