"""What can be done from a ticket's page at once: the same actions as everywhere."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers.actors import Actor
from customers.admin.page_acts import Act, Given, NothingForm
from customers.models import User
from customers.queries.staff import team_members
from tickets import actions
from tickets.actions.reply import CONTENT_LENGTH
from tickets.models import LinkKind, Ticket, TicketEvent, Visibility
from tickets.relations.attachments import attachment_add, attachment_remove
from tickets.uploads.types import ACCEPT

NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}
VISIBILITY = [
    (Visibility.PUBLIC.value, "公开（客户可见）"),
    (Visibility.INTERNAL.value, "内部（仅同事可见）"),
]


class ReplyForm(forms.Form):
    content = forms.CharField(
        label="内容",
        max_length=CONTENT_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="内部备注里写 @同事姓名，对方会收到提醒并开始关注",
    )
    visibility = forms.ChoiceField(
        label="可见范围", choices=VISIBILITY[::-1], widget=UnfoldAdminSelectWidget
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="说明（客户可见）", max_length=1000, required=False, widget=UnfoldAdminTextInputWidget
    )


class MergeForm(ReasonForm):
    into = forms.IntegerField(
        label="合并到工单编号", widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        **NUMBER,
    )  # fmt: skip
    field_order = ["into", "reason"]


class LinkForm(forms.Form):
    kind = forms.ChoiceField(label="关系", choices=LinkKind.choices, widget=UnfoldAdminSelectWidget)
    other = forms.IntegerField(
        label="工单编号", widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        **NUMBER,
    )  # fmt: skip


class WatcherForm(forms.Form):
    user = forms.ModelChoiceField(
        team_members().order_by("name", "id"),
        label="同事",
        required=False,
        empty_label="（我）",
        widget=UnfoldAdminSelectWidget,
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label="文件", max_length=1000, widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPT})
    )
    visibility = forms.ChoiceField(
        label="可见范围", choices=VISIBILITY, widget=UnfoldAdminSelectWidget
    )


class AttachmentForm(forms.Form):
    attachment = forms.IntegerField(**NUMBER)


def _reply(ticket: Ticket, given: Given, actor: Actor) -> TicketEvent:
    return actions.ticket_reply(ticket_id=ticket.pk, actor=actor, **given)


def _wait(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_wait(ticket_id=ticket.pk, reason=given["reason"], actor=actor)


def _resume(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_resume(ticket_id=ticket.pk, actor=actor)


def _reopen(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_reopen(ticket_id=ticket.pk, reason=given["reason"], actor=actor)


def _merge(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_merge(
        ticket_id=ticket.pk, into_id=given["into"], reason=given["reason"], actor=actor
    )


def _link(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_link(
        ticket_id=ticket.pk, other_id=given["other"], kind=given["kind"], actor=actor
    )


def _unlink(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_unlink(
        ticket_id=ticket.pk, other_id=given["other"], kind=given["kind"], actor=actor
    )


def _watch(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_watch(ticket_id=ticket.pk, user=_named(given), actor=actor)


def _unwatch(ticket: Ticket, given: Given, actor: Actor) -> object:
    return actions.ticket_unwatch(ticket_id=ticket.pk, user=_named(given), actor=actor)


def _named(given: Given) -> User | None:
    user: User | None = given["user"]
    return user


def _upload(ticket: Ticket, given: Given, actor: Actor) -> object:
    return attachment_add(
        ticket_id=ticket.pk, upload=given["file"], visibility=given["visibility"], actor=actor
    )


def _remove(ticket: Ticket, given: Given, actor: Actor) -> object:
    return attachment_remove(ticket_id=ticket.pk, attachment_id=given["attachment"], actor=actor)


ACTS: dict[str, Act[Ticket]] = {
    "reply": Act(ReplyForm, "已写入", _reply),
    "wait": Act(ReasonForm, "已标记为等待客户，SLA 计时暂停", _wait),
    "resume": Act(NothingForm, "已继续处理", _resume),
    "reopen": Act(ReasonForm, "已重开", _reopen),
    "merge": Act(MergeForm, "已合并", _merge),
    "link": Act(LinkForm, "已关联", _link),
    "unlink": Act(LinkForm, "关联已取消", _unlink),
    "watch": Act(WatcherForm, "已关注", _watch),
    "unwatch": Act(WatcherForm, "已取消关注", _unwatch),
    "upload": Act(UploadForm, "附件已上传", _upload),
    "remove": Act(AttachmentForm, "附件已删除", _remove),
}
