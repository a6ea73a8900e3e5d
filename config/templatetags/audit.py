"""The history of one object, in words."""

from django import template
from django.contrib.admin.models import LogEntry

from config.audit import own
from config.audit.sources import Change

register = template.Library()


@register.filter
def changes(entry: LogEntry) -> list[Change]:
    return own.changes_of(entry)


@register.filter
def said(entry: LogEntry) -> str:
    return own.said_of(entry)


@register.filter
def act(entry: LogEntry) -> str:
    return own.FLAGS.get(entry.action_flag, "")
