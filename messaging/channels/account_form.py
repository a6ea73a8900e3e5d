"""What a channel account is made of, checked by one form in the admin and in the API."""

from typing import ClassVar

from django import forms

from messaging.allowed_urls import is_allowed_url


class AccountForm(forms.Form):
    """The base: a subclass has a field for each setting, and names those that are secret.

    A stored secret that is left empty stays as it is, so the caller fills it in before checking.
    """

    secret_names: ClassVar[frozenset[str]] = frozenset()


class ProviderURLField(forms.CharField):
    """An address that we will call: only allowed hosts, so nobody makes us call our own network."""

    def clean(self, value: str | None) -> str:
        url = str(super().clean(value) or "").rstrip("/")
        if url and not is_allowed_url(url):
            raise forms.ValidationError("地址的主机不在允许名单内（OUTBOUND_ALLOWED_HOSTS）")
        return url
