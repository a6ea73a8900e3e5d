"""Sending a batch from the admin: fill in the form, look at what would happen, confirm."""

from collections import Counter
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from config.errors import AppError, InvalidInputError
from customers.actors import Entry, actor_for
from customers.models import User
from customers.queries.segments import segment_named
from messaging.actions.audience import audience_of
from messaging.actions.batch_drafts import (
    BatchDraft,
    draft_check,
    draft_keep,
    draft_of,
    draft_send,
)
from messaging.actions.send import CheckedBatch
from messaging.admin.batch_form import MAX_UPLOAD_BYTES, BatchForm
from messaging.channels import registry
from messaging.models import MessageTemplate
from messaging.models.batch import queue_for
from messaging.rendering import source_of
from messaging.sending.accept import MAX_BATCH

REJECTED_SHOWN = 100


def form_view(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The form; what is right goes on to be checked, and nothing is sent yet."""
    author = _author(admin, request)
    form = BatchForm(request.POST or None, request.FILES or None, author=author)
    if request.method == "POST" and form.is_valid():
        token = draft_keep(form.draft(), author=author)
        return redirect("admin:messaging_messagebatch_check", token)
    return _page(
        admin,
        request,
        "send",
        {"title": "批量发送", "form": form, "max_bytes": MAX_UPLOAD_BYTES},
    )


def check_view(admin: ModelAdmin, request: HttpRequest, token: str) -> HttpResponse:
    """Who would get it, who not and why; POST sends."""
    author = _author(admin, request)
    draft = draft_of(token, author=author)
    if draft is None:
        messages.warning(request, "这份名单已提交或已过期，请重新上传")
        return redirect("admin:messaging_messagebatch_changelist")
    template = MessageTemplate.objects.get(pk=draft.template_id)
    if request.method == "POST":
        if request.POST.get("version") == str(template.version):
            return _send(admin, request, token, author)
        messages.warning(request, "模板刚刚有改动，请再看一遍")
    context: dict[str, Any] = {
        "title": "确认批量发送",
        "template": template,
        "queue": queue_for(draft.options.priority),
        "options": draft.options,
        "unit": "行" if draft.rows else "位",
    }
    try:
        checked = draft_check(draft, author=author)
    except AppError as error:
        context["refused"] = error.detail
    else:
        context |= _checked(draft, checked, template)
    return _page(admin, request, "check", context)


def audience_view(admin: ModelAdmin, request: HttpRequest, segment_id: int) -> JsonResponse:
    """How many customers a batch to that segment would be for, now."""
    actor = actor_for(_author(admin, request), Entry.ADMIN)
    try:
        count = audience_of(segment_named(segment_id, actor), actor).count()
    except AppError as error:
        return JsonResponse({"error": error.detail}, status=400)
    return JsonResponse({"count": count, "most": MAX_BATCH})


def _checked(draft: BatchDraft, checked: CheckedBatch, template: MessageTemplate) -> dict[str, Any]:
    copies = Counter(new.recipient for new in checked.news)
    return {
        "total": len(checked.news) + len(checked.rejected),
        "accepted": len(checked.news),
        "rejected": [
            (draft.rows[item.index].line if draft.rows else item.index + 1, item)
            for item in checked.rejected[:REJECTED_SHOWN]
        ],
        "rejected_count": len(checked.rejected),
        "repeated": sum(1 for count in copies.values() if count > 1),
        "example": _example(draft, checked, template) if checked.news else None,
    }


def _example(draft: BatchDraft, checked: CheckedBatch, template: MessageTemplate) -> dict[str, str]:
    """The first message as it would be, and what its channel has against it."""
    first = checked.news[0]
    content = source_of(template).render({**draft.variables, **(first.variables or {})})
    wrong = ""
    try:
        registry.get(template.channel).compose(content)
    except InvalidInputError as error:
        wrong = error.detail
    return {
        "recipient": first.recipient,
        "subject": content.subject,
        "body": content.body,
        "wrong": wrong,
    }


def _send(admin: ModelAdmin, request: HttpRequest, token: str, author: User) -> HttpResponse:
    try:
        accepted = draft_send(token, author=author)
    except AppError as error:
        messages.error(request, error.detail)
        return redirect("admin:messaging_messagebatch_check", token)
    if accepted is None:
        messages.warning(request, "这份名单已经提交过了")
        return redirect("admin:messaging_messagebatch_changelist")
    batch = accepted.batch
    admin.log_addition(request, batch, "批量发送")
    left_out = f"，{len(accepted.rejected)} 位接收方未受理" if accepted.rejected else ""
    messages.success(request, f"已提交 {batch.total} 条消息{left_out}")
    return redirect(reverse("admin:messaging_messagebatch_change", args=[batch.pk]))


def _author(admin: ModelAdmin, request: HttpRequest) -> User:
    if not admin.has_add_permission(request):
        raise PermissionDenied
    return cast("User", request.user)


def _page(
    admin: ModelAdmin, request: HttpRequest, name: str, context: dict[str, Any]
) -> TemplateResponse:
    shared = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "media": admin.media,
    }
    return TemplateResponse(
        request, f"admin/messaging/messagebatch/{name}.html", {**shared, **context}
    )
