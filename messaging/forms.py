"""Forms of the admin: secrets go in and never come out."""

from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import UnfoldAdminTextInputWidget

from messaging.allowed_urls import is_allowed_url
from messaging.models import ChannelAccount, ChannelType


class ChannelAccountForm(forms.ModelForm):
    """An empty secret keeps the stored one."""

    new_secret = forms.CharField(
        label="密钥或 Webhook 地址",
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="只写不读；留空则保持不变",
    )

    class Meta:
        model = ChannelAccount
        fields = ["channel", "code", "name", "settings", "is_active", "is_default"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        secret = cleaned.get("new_secret", "")
        if cleaned.get("channel") == ChannelType.GROUP_BOT:
            if not secret and not self.instance.secret:
                self.add_error("new_secret", "群机器人需要 Webhook 地址")
            elif secret and not is_allowed_url(secret):
                hosts = "、".join(settings.OUTBOUND_ALLOWED_HOSTS)
                self.add_error("new_secret", f"地址的主机不在允许名单内：{hosts}")
        if not isinstance(cleaned.get("settings", {}), dict):
            self.add_error("settings", "必须是一个 JSON 对象")
        return cleaned

    def save(self, commit: bool = True) -> ChannelAccount:
        if secret := self.cleaned_data.get("new_secret"):
            self.instance.secret = secret
        saved: ChannelAccount = super().save(commit)
        return saved
