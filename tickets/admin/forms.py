"""Forms of the admin's ticket pages."""

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from customers.models import User
from customers.queries.staff import team_members
from tickets.models import Ticket


class TicketForm(forms.ModelForm):
    """What a PATCH may change too; `seen_version` refuses a page that somebody's change made old."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Ticket
        fields = ["title", "description", "product", "priority", "deadline", "progress"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["seen_version"].initial = self.instance.version


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(
        label="负责人", queryset=User.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = team_members().order_by("name")
