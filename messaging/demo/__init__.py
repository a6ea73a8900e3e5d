"""Demo channel accounts and templates (contract.md §10)."""

from django.conf import settings

from messaging.actions.templates import template_save
from messaging.demo.accounts import load_accounts
from messaging.demo.addresses import load_addresses
from messaging.demo.templates import approve_templates, templates
from messaging.models import MessageTemplate


def load(password: str) -> None:
    """An account and a template for each channel; what is there already stays as it is."""
    load_accounts()
    for template in templates():
        if not MessageTemplate.objects.filter(code=template.code).exists():
            template_save(template, actor=None)
    if settings.SANDBOX:
        load_addresses()
        approve_templates()
