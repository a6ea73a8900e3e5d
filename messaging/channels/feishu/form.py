"""What a Feishu custom robot is made of."""

from django import forms

from messaging.channels.account_form import AccountForm, ProviderURLField


class FeishuForm(AccountForm):
    """`secret` is the signing key of the robot's 签名校验; empty where that is switched off."""

    secret_names = frozenset({"webhook_url", "secret"})
    group_id = forms.CharField(label="群编号", max_length=64, required=False)
    keyword = forms.CharField(
        label="自定义关键词",
        max_length=50,
        required=False,
        help_text="机器人启用关键词校验时填写；不含关键词的消息不会发出",
    )
    webhook_url = ProviderURLField(label="Webhook 地址", max_length=500)
    secret = forms.CharField(label="签名密钥", max_length=200, required=False)
