"""Forms of the admin's ticket pages."""

from datetime import datetime
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from config.errors import AppError
from customers.actors import Actor
from customers.models import User
from customers.queries.staff import team_members
from tickets.actions.trail import lock_ticket
from tickets.models import Priority, Ticket
from tickets.queries.changes import values_at

EDITABLE = ["title", "description", "product", "priority", "deadline", "progress"]


class TicketForm(forms.ModelForm):
    """What a PATCH may change too. A page that somebody's change made old is shown again.

    Then it says what changed, keeps what the operator typed, and takes over what they left alone;
    saved once more, it counts. The admin's own transaction holds the ticket until then.
    """

    seen_version = forms.IntegerField(label="版本", widget=forms.HiddenInput, min_value=0)
    # Who edits: set by the admin for each request.
    actor: Actor

    class Meta:
        model = Ticket
        fields = EDITABLE

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        seen = given.get("seen_version")
        if seen is None:
            return given
        then = values_at(Ticket.objects.get(pk=self.instance.pk), seen)
        self.untouched = {name for name in then if _same(given.get(name), then[name])}
        try:
            held = lock_ticket(self.instance.pk, self.actor, version=seen)
        except AppError as error:
            again = "您的修改已保留，未改动的内容已更新；再次保存即生效"
            self.add_error(None, f"{error.detail}。{again}")
            self._take_over(Ticket.objects.get(pk=self.instance.pk))
        else:
            self._mark_unchanged(held)
        return given

    def changes(self) -> dict[str, Any]:
        """What the operator changed, by field."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name in EDITABLE and name not in self.untouched
        }

    def _take_over(self, present: Ticket) -> None:
        """The page's next try starts from the ticket as it is now."""
        data: dict[str, Any] = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[self.add_prefix("seen_version")] = str(present.version)
        for name in self.untouched & set(EDITABLE):
            fresh, widget = getattr(present, name), self.fields[name].widget
            if isinstance(widget, forms.MultiWidget):  # date and time
                for index, part in enumerate(widget.decompress(fresh) or ()):
                    data[f"{self.add_prefix(name)}_{index}"] = str(part).partition(".")[0]
            else:
                data[self.add_prefix(name)] = str(fresh)
        self.data = data

    def _mark_unchanged(self, held: Ticket) -> None:
        """The form's instance must not carry old values back over fresh ones."""
        for name in self.untouched & set(EDITABLE):
            self.cleaned_data[name] = getattr(held, name)


def _same(given: Any, old: Any) -> bool:
    """Inputs of the admin know no fractions of a second."""
    if isinstance(given, datetime) and isinstance(old, datetime):
        return given.replace(microsecond=0) == old.replace(microsecond=0)
    return bool(given == old)


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(
        label="负责人", queryset=User.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = team_members().order_by("name")


class PriorityForm(forms.Form):
    priority = forms.ChoiceField(
        label="优先级", choices=Priority.choices, widget=UnfoldAdminSelectWidget
    )
