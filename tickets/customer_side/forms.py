"""What the form takes, step by step: shapes only, the acts decide the rest."""

from typing import Any

from django import forms

from config.runtime import store
from tickets.actions.reply import CONTENT_LENGTH
from tickets.customer_side.submission import Problem

OTHER = "__other__"
# Bots fill in every field; people do not see this one.
TRAP = "homepage_address"
REQUIRED = {"required": "请填写这一项", "max_length": "最多 %(limit_value)d 个字"}


class PhoneForm(forms.Form):
    phone = forms.CharField(max_length=30, error_messages={**REQUIRED, "required": "请填写手机号"})


class CodeForm(PhoneForm):
    code = forms.CharField(max_length=20, error_messages={**REQUIRED, "required": "请填写验证码"})


class ProblemForm(forms.Form):
    """`product` is one of the operators' list, or `OTHER` with `other_product` in free words."""

    name = forms.CharField(max_length=100, error_messages=REQUIRED)
    company = forms.CharField(max_length=200, required=False, error_messages=REQUIRED)
    title = forms.CharField(max_length=200, required=False, error_messages=REQUIRED)
    product = forms.CharField(max_length=100, required=False, error_messages=REQUIRED)
    other_product = forms.CharField(max_length=100, required=False, error_messages=REQUIRED)
    description = forms.CharField(
        max_length=CONTENT_LENGTH, error_messages={**REQUIRED, "required": "请描述您遇到的问题"}
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen, other = cleaned.get("product", ""), cleaned.get("other_product", "")
        cleaned["product"] = other if chosen == OTHER or not chosen else chosen
        return cleaned

    @property
    def problem(self) -> Problem:
        """Of a valid form."""
        words = self.cleaned_data
        return Problem(
            name=words["name"],
            company=words["company"],
            title=words["title"],
            product=words["product"],
            description=words["description"],
        )


WORDS = tuple(ProblemForm.base_fields)


def known_products() -> list[str]:
    """What the operators let customers choose from."""
    return list(store.get("ticket.submit_products"))


def with_product(product: str) -> dict[str, str]:
    """The form's beginning for `?product=`: the one of the list, else in free words."""
    product = product.strip()[:100]
    if not product:
        return {}
    if product in known_products():
        return {"product": product}
    return {"product": OTHER, "other_product": product}
