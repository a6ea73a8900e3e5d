"""What an SMS account is made of, for both providers."""

import re
from typing import Any

from django import forms

from messaging.allowed_urls import is_allowed_host, is_sandbox_host
from messaging.channels.account_form import AccountForm
from messaging.channels.sms.aliyun import Aliyun
from messaging.channels.sms.provider import Provider
from messaging.channels.sms.tencent import Tencent

PROVIDERS: dict[str, Provider] = {"aliyun": Aliyun(), "tencent": Tencent()}
MIN_TOKEN = 16
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")


class SmsAccountForm(AccountForm):
    """`access_key_id` and `access_key_secret` are Tencent's SecretId and SecretKey."""

    secret_names = frozenset({"access_key_id", "access_key_secret", "receipt_token"})
    provider = forms.ChoiceField(
        label="短信平台", choices=[("aliyun", "阿里云"), ("tencent", "腾讯云")]
    )
    sign_name = forms.CharField(label="短信签名", max_length=100)
    sdk_app_id = forms.RegexField(
        r"^\d{1,20}$",
        label="SdkAppId（腾讯云）",
        required=False,
        error_messages={"invalid": "必须是数字"},
    )
    endpoint = forms.CharField(label="接口地址（留空为官方地址）", max_length=200, required=False)
    access_key_id = forms.CharField(label="AccessKey ID / SecretId", max_length=200)
    access_key_secret = forms.CharField(label="AccessKey Secret / SecretKey", max_length=200)
    receipt_token = forms.CharField(
        label="回执令牌（回执地址 ?token= 的值，留空则不收回执）",
        min_length=MIN_TOKEN,
        max_length=200,
        required=False,
    )

    def clean_endpoint(self) -> str:
        host = str(self.cleaned_data["endpoint"]).strip().lower()
        if not host:
            return ""
        if not _HOST.fullmatch(host):
            raise forms.ValidationError("只写主机或主机:端口，例如 dysmsapi.aliyuncs.com")
        if not (is_sandbox_host(host) or is_allowed_host(host)):
            raise forms.ValidationError("地址的主机不在允许名单内（OUTBOUND_ALLOWED_HOSTS）")
        return host

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name = cleaned.get("provider")
        if name == "tencent" and not cleaned.get("sdk_app_id") and "sdk_app_id" not in self.errors:
            self.add_error("sdk_app_id", "腾讯云短信需要 SdkAppId")
        if name in PROVIDERS and cleaned.get("endpoint") == "":
            cleaned["endpoint"] = PROVIDERS[name].official_host
        return cleaned
