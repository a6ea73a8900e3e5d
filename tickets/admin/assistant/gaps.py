"""What customers asked in vain, most often first: an answer is written here, or it is put aside."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from config.admin_acts import BulkAct, confirmed
from customers.admin.actor import actor_of
from customers.admin.refusals import RefusalsSaid
from tickets.assistant.knowledge import answering
from tickets.assistant.knowledge.articles import BODY_LENGTH, TITLE_LENGTH
from tickets.models import GapStatus, KnowledgeGap

COLOURS = {
    GapStatus.OPEN: "warning",
    GapStatus.RESOLVED: "success",
    GapStatus.IGNORED: "default",
}


class GapForm(forms.ModelForm):
    """An article that is there already, or a new one."""

    title = forms.CharField(
        label="新文章的标准问题",
        max_length=TITLE_LENGTH,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="不填则用客户的问题",
    )
    body = forms.CharField(
        label="新文章的答案",
        max_length=BODY_LENGTH,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text="保存后立即发布，可答复客户",
    )

    class Meta:
        model = KnowledgeGap
        fields = ["article"]
        labels = {"article": "已有文章"}
        help_texts = {"article": "客户的问题会成为它的一个相似问法"}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(given.get("article")) == bool(given.get("body", "").strip()):
            self.add_error("body", "请选择已有文章，或填写新文章的答案，二者选一")
        return given


@admin.register(KnowledgeGap)
class KnowledgeGapAdmin(RefusalsSaid):
    form = GapForm
    list_display = ["question", "count", "shown_status", "article", "last_asked_at"]
    list_filter = ["status"]
    list_select_related = ["article"]
    search_fields = ["question"]
    list_per_page = 50
    ordering = ["-count", "-pk"]
    actions = [
        confirmed(
            BulkAct(
                name="ignore",
                label="标为不需要答案",
                effect="所选问题不再出现在待补充的列表中，可以重新打开。",
                done="已标为不需要",
                unit="个问题",
                run=lambda gap, doing: answering.gap_ignore(
                    gap_id=gap.pk, actor=actor_of(doing.request)
                ),
                against=lambda gap, request: (
                    "" if gap.status == GapStatus.OPEN else f"{gap.get_status_display()}"
                ),
                named=lambda gap: gap.question,
            )
        ),
        confirmed(
            BulkAct(
                name="reopen",
                label="重新打开",
                effect="所选问题回到待补充的列表。",
                done="已重新打开",
                unit="个问题",
                run=lambda gap, doing: answering.gap_reopen(
                    gap_id=gap.pk, actor=actor_of(doing.request)
                ),
                against=lambda gap, request: "已打开" if gap.status == GapStatus.OPEN else "",
                named=lambda gap: gap.question,
            )
        ),
    ]
    autocomplete_fields = ["article"]
    readonly_fields = ["question", "count", "first_asked_at", "last_asked_at"]
    fieldsets = [
        (None, {"fields": ("question", ("count", "first_asked_at", "last_asked_at"))}),
        ("补充答案", {"fields": ("article", "title", "body")}),
    ]

    @display(description="状态", label=COLOURS, ordering="status")
    def shown_status(self, gap: KnowledgeGap) -> tuple[str, str]:
        return gap.status, gap.get_status_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": ("question", "count", "article", "last_asked_at")})]
        return super().get_fieldsets(request, obj)

    def save_model(self, request: HttpRequest, obj: KnowledgeGap, form: Any, change: bool) -> None:
        given = form.cleaned_data
        article, body = given["article"], given["body"].strip()
        changes: Any = {"body": body, **({"title": given["title"]} if given["title"] else {})}
        answering.gap_answer(
            gap_id=obj.pk,
            article_id=article.pk if article else None,
            changes=changes if body else None,
            actor=actor_of(request),
        )
