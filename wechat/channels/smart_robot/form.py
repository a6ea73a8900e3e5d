"""What a smart robot's account is made of: only for one that keeps a long connection."""

from django import forms

from messaging.allowed_urls import is_allowed_url
from messaging.channels.account_form import AccountForm

OFFICIAL_URL = "wss://openws.work.weixin.qq.com"


class SmartRobotForm(AccountForm):
    secret_names = frozenset({"secret"})
    bot_id = forms.CharField(
        label="机器人 ID", max_length=128, help_text="机器人的 API 模式须为“长连接”"
    )
    secret = forms.CharField(label="Secret", max_length=256)
    ws_url = forms.CharField(label="长连接地址", max_length=300, required=False)

    def clean_ws_url(self) -> str:
        url = str(self.cleaned_data["ws_url"] or OFFICIAL_URL)
        if not is_allowed_socket(url):
            raise forms.ValidationError("地址的主机不在允许名单内（OUTBOUND_ALLOWED_HOSTS）")
        return url


def is_allowed_socket(url: str) -> bool:
    """`wss` to an allowed host; `ws` only to the simulator."""
    scheme, separator, rest = url.partition("://")
    twin = {"wss": "https", "ws": "http"}.get(scheme)
    return bool(twin and separator) and is_allowed_url(f"{twin}://{rest}")
