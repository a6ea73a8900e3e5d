"""What the page's forms take: shapes only, the acts decide the rest."""

from django import forms

# Bots fill in every field; people do not see this one.
TRAP = "homepage_address"
WORDS = {"required": "请填写这一项", "max_length": "最多 %(limit_value)d 个字"}


class CodeAskedForm(forms.Form):
    phone = forms.CharField(max_length=30, error_messages={**WORDS, "required": "请填写手机号"})


class PhoneForm(CodeAskedForm):
    code = forms.CharField(max_length=20, error_messages={**WORDS, "required": "请填写验证码"})


class StartForm(forms.Form):
    """All may be left empty: then it is a guest."""

    name = forms.CharField(max_length=100, required=False, error_messages=WORDS)
    phone = forms.CharField(max_length=30, required=False, error_messages=WORDS)
    code = forms.CharField(max_length=20, required=False, error_messages=WORDS)
