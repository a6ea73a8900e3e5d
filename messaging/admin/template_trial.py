"""Trying a template out from the admin: look at it filled in, send it to a few."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from config.errors import AppError
from customers.models import User
from messaging.actions.test_send import MAX_TEST_RECIPIENTS, template_preview, template_test_send
from messaging.admin.variables_field import VariablesField
from messaging.models import Message, MessageTemplate, TemplateStatus
from messaging.models.message import RECIPIENT_LENGTH
from messaging.rendering import source_of


class TrialForm(forms.Form):
    variables = VariablesField(label="变量", help_text="每行一个 名称=值")
    recipients = forms.CharField(
        label="发送给",
        required=False,
        max_length=MAX_TEST_RECIPIENTS * RECIPIENT_LENGTH,
        help_text=f"每行一位，至多 {MAX_TEST_RECIPIENTS} 位；只看内容时不必填",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_recipients(self) -> list[str]:
        lines = self.cleaned_data["recipients"].splitlines()
        found = [line.strip() for line in lines if line.strip()]
        if len(found) > MAX_TEST_RECIPIENTS:
            raise forms.ValidationError(f"至多 {MAX_TEST_RECIPIENTS} 位")
        return found


def trial_view(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the content at each POST; sends it when the button says so."""
    template = get_object_or_404(MessageTemplate, pk=pk)
    if not admin.has_view_permission(request, template):
        raise PermissionDenied
    given = {"variables": "".join(f"{name}=\n" for name in source_of(template).given_names)}
    form = TrialForm(request.POST or None, initial=given)
    variables: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        variables = form.cleaned_data["variables"]
        if "send" in request.POST and _sent(admin, request, template, form):
            return redirect("admin:messaging_messagetemplate_trial", pk)
    context: dict[str, Any] = {
        **admin.admin_site.each_context(request),
        "title": f"预览与测试：{template.name}",
        "opts": admin.opts,
        "template": template,
        "form": form,
        "preview": template_preview(template, {k: v for k, v in variables.items() if v}),
        "may_send": _may_send(admin, request, template),
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/messaging/messagetemplate/trial.html", context)


def _sent(
    admin: ModelAdmin, request: HttpRequest, template: MessageTemplate, form: TrialForm
) -> bool:
    if not _may_send(admin, request, template):
        raise PermissionDenied
    recipients = form.cleaned_data["recipients"]
    if not recipients:
        form.add_error("recipients", "请填写接收方")
        return False
    try:
        made = template_test_send(
            template=template,
            recipients=recipients,
            variables={k: v for k, v in form.cleaned_data["variables"].items() if v},
            actor=cast("User", request.user),
        )
    except AppError as error:
        name = "variables" if (error.attr or "").startswith("variables") else "recipients"
        form.add_error(name, error.detail)
        return False
    for message in made:
        messages.success(request, _link(message))
    return True


def _may_send(admin: ModelAdmin, request: HttpRequest, template: MessageTemplate) -> bool:
    return template.status == TemplateStatus.ACTIVE and admin.has_change_permission(
        request, template
    )


def _link(message: Message) -> str:
    return format_html(
        '已提交 <a class="underline" href="/admin/messaging/message/{}/change/">{}</a>',
        message.pk,
        message.message_id,
    )
