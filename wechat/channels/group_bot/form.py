"""What a group robot's account is made of."""

from django import forms

from messaging.channels.account_form import AccountForm, ProviderURLField


class GroupBotForm(AccountForm):
    secret_names = frozenset({"webhook_url"})
    group_id = forms.CharField(label="群编号", max_length=64, required=False)
    webhook_url = ProviderURLField(label="Webhook 地址", max_length=500)
