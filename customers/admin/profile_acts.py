"""What can be done from a customer's page at once: the same actions as everywhere."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from config.whole_number import whole_number
from customers.actions.assign import customer_assign
from customers.actions.block import customer_block, customer_unblock
from customers.actions.follow_ups import CONTENT_LENGTH, follow_up_create, follow_up_done
from customers.actions.risk import NOTE_LENGTH, risk_settle
from customers.actions.tags import tags_add, tags_remove
from customers.actors import Actor
from customers.admin.page_acts import Act, Given, NothingForm
from customers.models import Customer, FollowUpKind, Tag, WarningOutcome
from customers.queries.staff import team_members


class _Ids(forms.Field):
    """Numbers that a bigint can hold; whether there is such a thing is the action's to ask."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[int]:
        texts = super().clean(value)
        numbers = [number for text in texts if (number := whole_number(text)) is not None]
        if len(numbers) < len(texts):
            raise ValidationError("不在可选范围内")
        return numbers


class TagsForm(forms.Form):
    tags = _Ids(label="标签")


def tags_without(carried: Collection[int]) -> QuerySet[Tag]:
    """What may still be added, by groups."""
    rest = Tag.objects.exclude(pk__in=carried).select_related("group")
    return rest.order_by("group__order", "group_id", "order", "id")


class UntagForm(forms.Form):
    tag = forms.ModelChoiceField(Tag.objects.all())


class FollowUpForm(forms.Form):
    kind = forms.ChoiceField(
        label="方式", choices=FollowUpKind.choices, widget=UnfoldAdminSelectWidget
    )
    content = forms.CharField(
        label="内容",
        max_length=CONTENT_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    next_at = forms.DateTimeField(
        label="下次联系",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )

    def clean_next_at(self) -> Any:
        next_at = self.cleaned_data["next_at"]
        if next_at is not None and next_at <= timezone.now():
            raise ValidationError("必须在将来")
        return next_at


class DoneForm(forms.Form):
    follow_up = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class AssignForm(forms.Form):
    to_user = forms.ModelChoiceField(
        team_members().order_by("name", "id"),
        label="跟进人",
        required=False,
        empty_label="（无人跟进）",
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label="说明", max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )


class BlockForm(forms.Form):
    reason = forms.CharField(
        label="原因", max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )


class SettleForm(forms.Form):
    warning = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="结论",
        choices=[choice for choice in WarningOutcome.choices if choice[0] != WarningOutcome.OPEN],
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label="说明", max_length=NOTE_LENGTH, required=False, widget=UnfoldAdminTextInputWidget
    )


def _tag(customer: Customer, given: Given, actor: Actor) -> object:
    return tags_add(customer_id=customer.pk, tag_ids=given["tags"], actor=actor)


def _untag(customer: Customer, given: Given, actor: Actor) -> object:
    return tags_remove(customer_id=customer.pk, tag_ids=[given["tag"].pk], actor=actor)


def _follow_up(customer: Customer, given: Given, actor: Actor) -> object:
    return follow_up_create(
        customer_id=customer.pk,
        content=given["content"],
        kind=FollowUpKind(given["kind"]),
        next_at=given["next_at"],
        actor=actor,
    )


def _done(customer: Customer, given: Given, actor: Actor) -> object:
    return follow_up_done(follow_up_id=given["follow_up"], actor=actor)


def _assign(customer: Customer, given: Given, actor: Actor) -> object:
    return customer_assign(
        customer_id=customer.pk, to_user=given["to_user"], note=given["note"], actor=actor
    )


def _block(customer: Customer, given: Given, actor: Actor) -> object:
    return customer_block(customer_id=customer.pk, reason=given["reason"], actor=actor)


def _unblock(customer: Customer, given: Given, actor: Actor) -> object:
    return customer_unblock(customer_id=customer.pk, actor=actor)


def _settle(customer: Customer, given: Given, actor: Actor) -> object:
    return risk_settle(
        warning_id=given["warning"], outcome=given["outcome"], note=given["note"], actor=actor
    )


ACTS: dict[str, Act[Customer]] = {
    "tag": Act(TagsForm, "标签已添加", _tag),
    "untag": Act(UntagForm, "标签已移除", _untag),
    "follow_up": Act(FollowUpForm, "跟进已记录", _follow_up),
    "done": Act(DoneForm, "已标记完成", _done),
    "assign": Act(AssignForm, "已分配", _assign),
    "block": Act(BlockForm, "已拉黑", _block),
    "unblock": Act(NothingForm, "已解除拉黑", _unblock),
    "settle": Act(SettleForm, "预警已有结论", _settle),
}
