"""The knowledge base in the operators' admin: written, published, taken in from a table."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from config.admin_acts import BulkAct, Doing, confirmed
from config.errors import InvalidInputError
from customers.admin.actor import actor_of
from customers.admin.refusals import RefusalsSaid
from tickets.admin.desk import LinesField
from tickets.assistant.knowledge import articles
from tickets.assistant.knowledge.importing import (
    BETWEEN,
    COLUMNS,
    MAX_BYTES,
    MAX_ROWS,
    TITLE,
    articles_import,
)
from tickets.models import ArticleStatus, KnowledgeArticle

COLOURS = {
    ArticleStatus.DRAFT: "default",
    ArticleStatus.PUBLISHED: "success",
    ArticleStatus.ARCHIVED: "warning",
}
_WRITTEN = (
    *("title", "body", "category", "product", "keywords", "questions", "is_public", "status"),
)


class ArticleForm(forms.ModelForm):
    questions = LinesField(
        label="相似问法",
        max_line=articles.QUESTION_LENGTH,
        required=False,
        help_text="一行一个：客户会怎么问。写得越多，越容易匹配",
    )
    keywords = LinesField(
        label="关键词", max_line=articles.KEYWORD_LENGTH, required=False, help_text="一行一个"
    )

    class Meta:
        model = KnowledgeArticle
        fields = _WRITTEN
        widgets = {"body": UnfoldAdminTextareaWidget(attrs={"rows": 8})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "questions" in self.fields:
            asked = self.instance.questions.order_by("pk").values_list("text", flat=True)
            self.initial["questions"] = list(asked)


class TableForm(forms.Form):
    file = forms.FileField(
        label="知识库文件",
        help_text=f"CSV 或 XLSX，不超过 {MAX_BYTES // 1024 // 1024} MB、{MAX_ROWS} 行。"
        f"第一行为列名：{'、'.join(COLUMNS)}。须有{TITLE}；同名的文章会更新；"
        f"多个关键词或问法用 {BETWEEN} 分隔",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.xlsx"}),
    )


def _moving(name: str, label: str, effect: str, status: ArticleStatus) -> Any:
    def move(article: KnowledgeArticle, doing: Doing) -> None:
        articles.article_edit(
            article_id=article.pk, changes={"status": status}, actor=actor_of(doing.request)
        )

    return confirmed(
        BulkAct(
            name=name,
            label=label,
            effect=effect,
            done=f"已{label}",
            unit="篇文章",
            run=move,
            against=lambda article, request: f"已{label}" if article.status == status else "",
            named=lambda article: article.title,
        )
    )


@admin.register(KnowledgeArticle)
class KnowledgeArticleAdmin(RefusalsSaid):
    form = ArticleForm
    list_display = [
        *("title", "shown_status", "category", "is_public", "hit_count", "shown_helpful"),
        *("last_hit_at", "updated_at"),
    ]
    list_filter = ["status", "category", "is_public"]
    search_fields = ["title", "body", "questions__text"]
    list_per_page = 50
    ordering = ["-hit_count", "pk"]
    actions = [
        _moving(
            "publish",
            "发布",
            "所选文章可以用来答复客户；标为不公开的只给客服参考。",
            ArticleStatus.PUBLISHED,
        ),
        _moving("archive", "下线", "所选文章不再用来答复，可以再次发布。", ArticleStatus.ARCHIVED),
    ]
    actions_list = ["take_in"]
    readonly_fields = [
        *("shown_questions", "hit_count", "helpful_count", "unhelpful_count"),
        *("last_hit_at", "updated_by"),
    ]
    fieldsets: Any = [
        (None, {"fields": ("title", "body", "questions", "keywords")}),
        ("归类", {"fields": (("category", "product"), ("status", "is_public"))}),
        (
            "使用情况",
            {
                "fields": (
                    ("hit_count", "helpful_count", "unhelpful_count"),
                    ("last_hit_at", "updated_by"),
                )
            },
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only reads has no form: the questions are shown as text."""
        if self.has_change_permission(request, obj):
            return self.fieldsets
        (_, first), *others = self.fieldsets
        names = ["shown_questions" if one == "questions" else one for one in first["fields"]]
        return [(None, {"fields": names}), *others]

    @display(description="相似问法")
    def shown_questions(self, article: KnowledgeArticle) -> str:
        return "；".join(article.questions.order_by("pk").values_list("text", flat=True))

    @display(description="状态", label=COLOURS, ordering="status")
    def shown_status(self, article: KnowledgeArticle) -> tuple[str, str]:
        return article.status, article.get_status_display()

    @display(description="有用")
    def shown_helpful(self, article: KnowledgeArticle) -> str:
        judged = article.helpful_count + article.unhelpful_count
        return f"{article.helpful_count * 100 // judged}%（{judged}）" if judged else "—"

    def save_model(
        self, request: HttpRequest, obj: KnowledgeArticle, form: Any, change: bool
    ) -> None:
        given: Any = {name: form.cleaned_data[name] for name in _WRITTEN}
        actor = actor_of(request)
        if change:
            articles.article_edit(article_id=obj.pk, changes=given, actor=actor)
        else:
            obj.pk = articles.article_create(changes=given, actor=actor).pk

    def delete_model(self, request: HttpRequest, obj: KnowledgeArticle) -> None:
        articles.article_delete(article_id=obj.pk, actor=actor_of(request))

    @action(description="导入", icon="upload", permissions=["add"], variant=ActionVariant.DEFAULT)
    def take_in(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:tickets_knowledgearticle_import")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.import_view)
        return [
            path("import/", page, name="tickets_knowledgearticle_import"),
            *super().get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """A table sent in; what could not be taken is told line by line."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TableForm(request.POST or None, request.FILES or None)
        done = None
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                done = articles_import(
                    file=file, name=file.name, size=file.size, actor=actor_of(request)
                )
            except InvalidInputError as error:
                form.add_error("file", error.detail)
        context = {
            **self.admin_site.each_context(request),
            "title": "导入知识库",
            "opts": self.opts,
            "form": form,
            "done": done,
        }
        return TemplateResponse(request, "admin/tickets/knowledge/import.html", context)
