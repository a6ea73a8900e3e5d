"""What the acts on many customers ask for first."""

from django import forms
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminTextInputWidget

from customers.admin.profile_acts import AssignForm
from customers.models import Tag

__all__ = ["AssignForm", "ReasonForm", "TagsForm"]


class TagsForm(forms.Form):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.select_related("group").order_by("group__order", "group_id", "order"),
        label="标签",
        widget=UnfoldAdminSelectMultipleWidget,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="原因", max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )
