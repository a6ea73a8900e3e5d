"""What a mailbox is made of, and which servers it may name."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator

from messaging.allowed_urls import is_allowed_host
from messaging.channels.account_form import AccountForm
from messaging.markup import one_line

NONE, STARTTLS, SSL = "none", "starttls", "ssl"
# A Message-ID with our number and this domain is kept in 128 characters.
DOMAIN_LENGTH = 80
_HOST = RegexValidator(
    re.compile(r"\A[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\Z"), "不是有效的主机名"
)


class EmailForm(AccountForm):
    secret_names = frozenset({"password", "receipt_token"})
    host = forms.CharField(label="SMTP 服务器", max_length=253, validators=[_HOST])
    port = forms.IntegerField(label="端口", min_value=1, max_value=65_535, initial=465)
    security = forms.ChoiceField(
        label="加密方式",
        choices=[(SSL, "SSL/TLS"), (STARTTLS, "STARTTLS"), (NONE, "不加密（仅沙箱）")],
        initial=SSL,
    )
    username = forms.CharField(label="用户名", max_length=254, required=False)
    password = forms.CharField(label="密码或授权码", max_length=500, required=False)
    from_address = forms.EmailField(label="发件地址", max_length=254)
    from_name = forms.CharField(label="发件人名称", max_length=100, required=False)
    reply_to = forms.EmailField(label="回复地址", max_length=254, required=False)
    receipt_token = forms.CharField(
        label="退信回执令牌", min_length=16, max_length=200, required=False
    )

    def clean_host(self) -> str:
        return str(self.cleaned_data["host"]).lower()

    def clean_from_address(self) -> str:
        address = str(self.cleaned_data["from_address"])
        domain = address.rpartition("@")[2]
        if not address.isascii() or len(domain) > DOMAIN_LENGTH:
            raise forms.ValidationError(f"域名须为 ASCII 字符，不超过 {DOMAIN_LENGTH} 个")
        return address

    def clean_from_name(self) -> str:
        return one_line(str(self.cleaned_data["from_name"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("username")) != bool(cleaned.get("password")):
            self.add_error("password", "用户名与密码须同时填写，或都不填")
        if {"host", "port", "security"} <= cleaned.keys():
            if not _is_listed(cleaned):
                self.add_error("host", "服务器不在允许名单内（OUTBOUND_ALLOWED_HOSTS）")
            elif not is_allowed_server(cleaned):
                self.add_error("security", "只有沙箱服务器可以不加密")
        return cleaned


def is_allowed_server(account: Mapping[str, Any]) -> bool:
    """We may call it, and nothing goes in the clear but to the simulator."""
    is_encrypted = account.get("security") in (SSL, STARTTLS)
    return _is_listed(account) and (is_encrypted or _is_sandbox(account))


def _is_listed(account: Mapping[str, Any]) -> bool:
    host = str(account.get("host", ""))
    return is_allowed_host(host) or is_allowed_host(f"{host}:{account.get('port')}")


def _is_sandbox(account: Mapping[str, Any]) -> bool:
    address = account.get("host"), account.get("port")
    return bool(settings.SANDBOX) and address == ("127.0.0.1", settings.SANDBOX_SMTP_PORT)
