"""What a push account is made of: a VAPID key pair, or an application at JPush."""

from typing import Any

from django import forms

from messaging.channels.account_form import AccountForm, ProviderURLField
from messaging.channels.app import vapid
from messaging.channels.app.addresses import JPUSH, WEBPUSH

JPUSH_BASE = "https://api.jpush.cn"
TTL_SECONDS, MOST_TTL_SECONDS = 86_400, 2_419_200
_NEEDED = {
    WEBPUSH: ("vapid_public_key", "vapid_private_key", "vapid_subject"),
    JPUSH: ("app_key", "master_secret"),
}


class AppForm(AccountForm):
    secret_names = frozenset({"vapid_private_key", "master_secret"})
    provider = forms.ChoiceField(
        label="推送服务", choices=[(WEBPUSH, "Web Push"), (JPUSH, "极光推送 JPush")]
    )
    vapid_public_key = forms.CharField(label="VAPID 公钥", max_length=200, required=False)
    vapid_private_key = forms.CharField(
        label="VAPID 私钥（PEM 或 base64url）",
        max_length=2000,
        required=False,
        widget=forms.Textarea,
    )
    vapid_subject = forms.CharField(
        label="VAPID 联系方式（mailto: 或 https:）", max_length=200, required=False
    )
    ttl = forms.IntegerField(
        label="离线保留（秒）",
        min_value=0,
        max_value=MOST_TTL_SECONDS,
        initial=TTL_SECONDS,
        required=False,
    )
    app_key = forms.CharField(label="JPush AppKey", max_length=64, required=False)
    master_secret = forms.CharField(label="JPush Master Secret", max_length=64, required=False)
    api_base = ProviderURLField(
        label="JPush 接口地址", max_length=200, required=False, initial=JPUSH_BASE
    )
    apns_production = forms.BooleanField(label="iOS 生产环境", required=False, initial=True)

    def clean_ttl(self) -> int:
        ttl: int | None = self.cleaned_data["ttl"]
        return TTL_SECONDS if ttl is None else ttl

    def clean_api_base(self) -> str:
        return self.cleaned_data["api_base"] or JPUSH_BASE

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in _NEEDED.get(cleaned.get("provider", ""), ()):
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, "这个推送服务需要此项")
        if cleaned.get("provider") == WEBPUSH and not self.errors:
            name, detail = vapid_fault(cleaned) or ("", "")
            if name:
                self.add_error(name, detail)
        return cleaned


def vapid_fault(account: dict[str, Any]) -> tuple[str, str] | None:
    """The field of the key pair that is wrong, and why."""
    private_key = str(account["vapid_private_key"])
    try:
        public_key = vapid.public_key_of(private_key)
    except vapid.BadKey:
        return "vapid_private_key", "不是有效的 P-256 私钥"
    if public_key != str(account["vapid_public_key"]).rstrip("="):
        return "vapid_public_key", "公钥与私钥不是一对"
    try:
        subject = str(account["vapid_subject"])
        vapid.authorization(private_key, origin="https://push.example.com", subject=subject)
    except vapid.BadKey:
        return "vapid_subject", "必须是 mailto: 邮箱或 https: 地址"
    return None
