"""Writing templates: checked as their channel will send them, every version kept (contract.md §2)."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from config.database.locks import transaction_lock
from config.errors import AppError, ConflictError, InvalidInputError
from customers.models import User
from messaging import templates_in_use
from messaging.actions.schedules import cron_of, schedule_drop, schedule_set
from messaging.channels import registry
from messaging.channels.base import Channel, Content
from messaging.models import (
    Message,
    MessageTemplate,
    PushMode,
    TemplateStatus,
    TemplateVersion,
)
from messaging.rendering import source_of, strings_in

# What makes a new version when it changes.
CONTENT = ("body_format", "subject", "body", "options")
# A picture or a file of 700 KB in base64, and the rest.
MAX_OPTIONS_LENGTH = 1_000_000
MAX_KEYWORDS, MAX_KEYWORD_LENGTH, MAX_RECIPIENTS = 50, 50, 1000


@dataclass(frozen=True)
class Filled:
    """A template with variables put in, for people to look at."""

    subject: str
    body: str
    missing: list[str] = field(default_factory=list)


@transaction.atomic
def template_save(template: MessageTemplate, *, actor: User | None) -> MessageTemplate:
    """Writes a new or changed template; a change of its content is a new version.

    Raises `InvalidInputError` naming the field, `ConflictError` when its code is taken.
    """
    template_check(template)
    transaction_lock(f"template.code:{template.code}")
    if MessageTemplate.objects.filter(code=template.code).exclude(pk=template.pk).exists():
        raise ConflictError(f"编码 {template.code} 已被使用", attr="code")
    before = (
        MessageTemplate.objects.select_for_update().filter(pk=template.pk).first()
        if template.pk
        else None
    )
    is_new = before is None
    if before is not None:
        is_new = any(getattr(before, name) != getattr(template, name) for name in CONTENT)
        template.version = before.version + is_new
    template.save()
    if is_new:
        TemplateVersion.objects.create(
            template=template,
            version=template.version,
            created_by=actor,
            **{name: getattr(template, name) for name in CONTENT},
        )
    schedule_set(template)
    transaction.on_commit(templates_in_use.forget)
    return template


@transaction.atomic
def template_remove(template: MessageTemplate) -> bool:
    """Deletes a template that was never used, else switches it off; True when it is gone."""
    transaction.on_commit(templates_in_use.forget)
    if Message.objects.filter(template=template).exists() or template.messagebatch_set.exists():
        MessageTemplate.objects.filter(pk=template.pk).update(status=TemplateStatus.INACTIVE)
        template.status = TemplateStatus.INACTIVE
        schedule_set(template)
        return False
    schedule_drop(template.pk)
    template.delete()
    return True


def template_check(template: MessageTemplate) -> None:
    """Raises `InvalidInputError` naming the first field that cannot be right."""
    channel = _channel(template.channel)
    if not isinstance(template.options, dict):
        raise InvalidInputError("必须是一个 JSON 对象", attr="options")
    if sum(len(text) for text in strings_in(template.options)) > MAX_OPTIONS_LENGTH:
        raise InvalidInputError("渠道选项过长", attr="options")
    channel.check_template(
        Content(template.body_format, template.subject, template.body, template.options)
    )
    _check_words(template.keywords, "keywords", MAX_KEYWORDS, MAX_KEYWORD_LENGTH)
    _check_words(template.recipients, "recipients", MAX_RECIPIENTS, 1000)
    if template.push_mode == PushMode.REALTIME and not template.keywords:
        raise InvalidInputError("实时推送需要至少一个关键词", attr="keywords")
    try:
        ZoneInfo(template.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInputError("没有这个时区", attr="timezone") from None
    if template.push_mode == PushMode.SCHEDULED or template.schedule:
        cron_of(template.schedule, template.timezone)
    if template.push_mode == PushMode.SCHEDULED:
        _check_recipients(channel, template.recipients)
        if names := source_of(template).given_names:
            raise InvalidInputError(f"定时推送时没有人给出变量：{'、'.join(names)}", attr="body")


def _check_words(value: Any, attr: str, most: int, length: int) -> None:
    if not isinstance(value, list) or not all(
        isinstance(item, str) and 0 < len(item.strip()) <= length for item in value
    ):
        raise InvalidInputError(f"必须是文字的列表，每项 1 到 {length} 字", attr=attr)
    if len(value) > most:
        raise InvalidInputError(f"最多 {most} 项", attr=attr)


def _check_recipients(channel: Channel, recipients: list[str]) -> None:
    if not recipients:
        raise InvalidInputError("定时推送需要接收方", attr="recipients")
    for text in recipients:
        try:
            channel.recipient(text)
        except AppError as error:
            raise InvalidInputError(error.detail, code=error.code, attr="recipients") from error


def _channel(code: str) -> Channel:
    if code not in registry.codes():
        raise InvalidInputError("这个渠道还没有启用", code="unknown_channel", attr="channel")
    return registry.get(code)
