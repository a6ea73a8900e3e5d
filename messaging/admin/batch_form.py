"""The form for sending a batch: a template, and recipients from a table or pasted."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from config.errors import InvalidInputError
from customers.actors import Entry, actor_for
from customers.models import Segment, User
from customers.visibility import segments_visible_to
from messaging.actions.batch_drafts import BatchDraft
from messaging.actions.send import Options
from messaging.admin.variables_field import VariablesField
from messaging.models import MessageTemplate, TemplateStatus
from messaging.models.batch import queue_for
from messaging.rendering import source_of
from messaging.sending.accept import MAX_BATCH
from messaging.sheets import SheetRow, read_rows, rows_of_text

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_PASTED_LENGTH = 1_000_000
FARTHEST = dt.timedelta(days=365)
PRIORITIES = [(number, f"{number}（{queue_for(number).label}）") for number in range(10, -1, -1)]


class TemplateField(forms.ModelChoiceField):
    """Templates with the names of what they need."""

    def label_from_instance(self, obj: Any) -> str:
        names = "、".join(source_of(obj).given_names)
        label = f"{obj.name} · {obj.get_channel_display()}"
        return f"{label}（变量：{names}）" if names else label


class SegmentField(forms.ModelChoiceField):
    """Segments that the author may use."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class BatchForm(forms.Form):
    template = TemplateField(
        label="模板",
        queryset=MessageTemplate.objects.filter(status=TemplateStatus.ACTIVE).order_by("name"),
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label="接收方文件",
        required=False,
        help_text="CSV 或 XLSX，不超过 5 MB。第一行为列名，一列是 recipient（或 手机、邮箱），其余列为变量",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    pasted = forms.CharField(
        label="或粘贴接收方",
        required=False,
        max_length=MAX_PASTED_LENGTH,
        strip=False,
        help_text="每行一位；需要各自的变量时，第一行写列名，与文件相同，也可从电子表格中直接复制",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6, "spellcheck": "false"}),
    )
    segment = SegmentField(
        label="或选择客户分群",
        required=False,
        queryset=Segment.objects.none(),
        empty_label="不使用分群",
        help_text="发给此刻符合条件的客户，以模板渠道上的地址；可用变量 customer_name、company",
        widget=UnfoldAdminSelectWidget(attrs={"data-audience": ""}),
    )
    variables = VariablesField(
        label="共用变量",
        help_text="每行一个 名称=值，所有接收方相同；接收方自己的变量优先",
    )
    priority = forms.TypedChoiceField(
        label="优先级",
        choices=PRIORITIES,
        coerce=int,
        initial=5,
        widget=UnfoldAdminSelectWidget,
    )
    send_at = forms.DateTimeField(
        label="发送时间",
        required=False,
        help_text="留空则确认后立即发送",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, author: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segment: Any = self.fields["segment"]
        segment.queryset = segments_visible_to(actor_for(author, Entry.ADMIN)).order_by("name")
        segment.widget.attrs["data-audience"] = reverse(
            "admin:messaging_messagebatch_audience", args=[0]
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                f"文件不能超过 {MAX_UPLOAD_BYTES // 1024 // 1024} MB", code="too_large"
            )
        return file

    def clean_send_at(self) -> dt.datetime | None:
        at: dt.datetime | None = self.cleaned_data["send_at"]
        if at is None:
            return None
        if at <= timezone.now():
            raise forms.ValidationError("发送时间已经过去；留空则立即发送")
        if at > timezone.now() + FARTHEST:
            raise forms.ValidationError(f"发送时间须在 {FARTHEST.days} 天之内")
        return at

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "file" in cleaned and "pasted" in cleaned:
            name = "file" if cleaned["file"] else "pasted"
            if cleaned.get("segment"):
                cleaned["rows"] = []
                if cleaned["file"] or cleaned["pasted"].strip():
                    self.add_error("segment", "已选择分群，请不要再给出文件或名单")
                return cleaned
            try:
                cleaned["rows"] = self._rows()
            except InvalidInputError as error:
                self.add_error(name, error.detail)
        return cleaned

    def _rows(self) -> list[SheetRow]:
        file, pasted = self.cleaned_data["file"], self.cleaned_data["pasted"]
        if file and pasted.strip():
            raise InvalidInputError("文件与粘贴只能选一种")
        rows = (
            read_rows(file, file.name, most=MAX_BATCH)
            if file
            else rows_of_text(pasted, most=MAX_BATCH)
        )
        if not rows:
            raise InvalidInputError(
                "没有接收方" if file else "请上传文件，或粘贴接收方，或选择客户分群"
            )
        return rows

    def draft(self) -> BatchDraft:
        cleaned = self.cleaned_data
        return BatchDraft(
            template_id=cleaned["template"].pk,
            rows=cleaned["rows"],
            variables=cleaned["variables"],
            options=Options(priority=cleaned["priority"], send_at=cleaned["send_at"]),
            segment_id=cleaned["segment"].pk if cleaned["segment"] else None,
        )
