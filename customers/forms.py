"""Forms of the admin: numbers are stored in E.164 however they were typed."""

from django import forms

from config.errors import InvalidInputError
from customers import phones
from customers.models import Customer


class CustomerForm(forms.ModelForm):
    avatar = forms.URLField(label="头像", required=False, assume_scheme="https", max_length=500)

    class Meta:
        model = Customer
        fields = "__all__"

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if not phone:
            return ""
        try:
            return phones.normalize(phone)
        except InvalidInputError as error:
            raise forms.ValidationError(error.detail) from error

    def clean_external_userid(self) -> str | None:
        return self.cleaned_data["external_userid"] or None
