"""Forms of the admin: secrets go in and never come out."""

import copy
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.errors import AppError
from messaging.actions.channel_accounts import InvalidAccountError, account_form_of, checked_parts
from messaging.actions.templates import template_check
from messaging.models import ChannelAccount, MessageTemplate


class TemplateForm(forms.ModelForm):
    """Checked as the API checks it, the error at the field that is wrong."""

    class Meta:
        model = MessageTemplate
        fields = [
            "code",
            "name",
            "channel",
            "push_mode",
            "schedule",
            "timezone",
            "recipients",
            "keywords",
            "body_format",
            "subject",
            "body",
            "options",
            "dedupe_seconds",
            "status",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            candidate = copy.copy(self.instance)
            for name, value in cleaned.items():
                setattr(candidate, name, value)
            try:
                template_check(candidate)
            except AppError as error:
                name = (error.attr or "").partition(".")[0]
                self.add_error(name if name in self.fields else None, error.detail)
        return cleaned


class ChannelAccountForm(forms.ModelForm):
    """The account's own fields, and those that its channel's form names."""

    class Meta:
        model = ChannelAccount
        fields = ["channel", "code", "name", "is_active", "is_default"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel = self.instance.channel or self.data.get("channel", "")
        for name, field in channel_fields(channel).items():
            shown = copy.deepcopy(field)
            shown.widget = _widget(field)
            if name in secret_names(channel):
                # Not shown again either when another field is wrong.
                shown.widget = _secret_widget(field)
                shown.required = False
                stored = self.instance.masked_secrets.get(name, "")
                shown.help_text = f"只写不读；{'留空则保持 ' + stored if stored else '尚未填写'}"
            else:
                shown.initial = self.instance.settings.get(name, field.initial)
            self.fields[name] = shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        channel = cleaned.get("channel") or self.instance.channel
        own = {name: self.data.get(name) for name in channel_fields(channel) if name in self.data}
        secret = secret_names(channel)
        try:
            self._parts = checked_parts(
                channel,
                {name: value for name, value in own.items() if name not in secret},
                {name: value for name, value in own.items() if name in secret},
                self.instance.secrets,
            )
        except InvalidAccountError as error:
            for path, messages in error.errors.items():
                name = path.partition(".")[2]
                self.add_error(name if name in self.fields else None, messages)
        except AppError as error:
            self.add_error("channel", error.detail)
        return cleaned

    def save(self, commit: bool = True) -> ChannelAccount:
        self.instance.settings, self.instance.secrets = self._parts
        saved: ChannelAccount = super().save(commit)
        return saved


def channel_fields(channel: str) -> dict[str, forms.Field]:
    try:
        return dict(account_form_of(channel).base_fields)
    except AppError:
        return {}


def secret_names(channel: str) -> frozenset[str]:
    return account_form_of(channel).secret_names if channel_fields(channel) else frozenset()


class _SilentTextarea(UnfoldAdminTextareaWidget):
    """A key of several lines goes in here, and does not come back."""

    def format_value(self, value: Any) -> str:
        return ""


def _secret_widget(field: forms.Field) -> Any:
    if isinstance(field.widget, forms.Textarea):
        return _SilentTextarea()
    return UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})


def _widget(field: forms.Field) -> Any:
    """The field in the admin's own look; unfold's widgets carry no types."""
    if isinstance(field, forms.ChoiceField):
        return UnfoldAdminSelectWidget(choices=field.choices)
    if isinstance(field, forms.BooleanField):
        return UnfoldBooleanSwitchWidget()
    if isinstance(field.widget, forms.Textarea):
        return UnfoldAdminTextareaWidget()
    return UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
