"""The form of a policy: conditions to tick, and a ladder of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectMultipleWidget,
)

from config.errors import InvalidInputError
from config.runtime import store
from config.whole_number import whole_number
from customers.models import Tag
from tickets.models import Clock, Priority, SlaPolicy, Ticket
from tickets.sla.rules import LADDER_SETTING, MAX_RUNGS, TELL, Rules, checked_rules

SHOWN_PRODUCTS = 60
# Blank rows behind those that are filled in.
SPARE_RUNGS = 2
FIELDS = {
    "name",
    "rank",
    "is_active",
    "priorities",
    "products",
    "tags",
    "response_minutes",
    "resolution_minutes",
    "clock",
    "ladder",
}


class FromOurTemplates:
    """Django's own renderer looks for a widget's template in apps alone."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> str:
        return render_to_string(template_name, context)


class LadderWidget(FromOurTemplates, forms.Widget):
    """A row for each rung: a percentage, and whom to tell, to be ticked."""

    template_name = "admin/tickets/sla/ladder.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given: Sequence[Mapping[str, Any]] = value if isinstance(value, list) else []
        count = max(min(len(given) + SPARE_RUNGS, MAX_RUNGS), len(given))
        rows = [given[number] if number < len(given) else {} for number in range(count)]
        context["rows"] = [
            {
                "number": number,
                "percent": row.get("percent", ""),
                "tell": [(who, label, who in row.get("tell", ())) for who, label in TELL.items()],
            }
            for number, row in enumerate(rows)
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for number in range(MAX_RUNGS):
            percent = str(data.get(f"{name}-{number}-percent", "")).strip()
            tell = [who for who in TELL if data.get(f"{name}-{number}-{who}")]
            if percent or tell:
                rows.append({"percent": percent, "tell": tell})
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class LadderField(forms.Field):
    """`[{percent, tell}]`; what is wrong in it the rules say."""

    widget = LadderWidget

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = value or []
        for row in rows:
            percent = whole_number(str(row["percent"]), longest=5)
            if percent is None:
                raise forms.ValidationError("每一级都要填进度（%，整数）")
            row["percent"] = percent
        return rows


class ProductsWidget(FromOurTemplates, UnfoldAdminCheckboxSelectMultipleWidget):
    """Products of tickets to tick, and lines for others."""

    template_name = "admin/tickets/sla/products.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        ticked = super().value_from_datadict(data, files, name) or []
        return [*ticked, *str(data.get(f"{name}-more", "")).splitlines()]


class ProductsField(forms.MultipleChoiceField):
    widget = ProductsWidget

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(line.strip() for line in value or [] if line.strip()))

    def validate(self, value: list[str]) -> None:
        """A product that no ticket has yet is allowed."""


class PolicyForm(forms.ModelForm):
    """`rules` after a valid form; `seen_version` refuses a page that somebody's change made old."""

    priorities = forms.MultipleChoiceField(
        label="优先级",
        choices=Priority.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="不选表示所有优先级",
    )
    products = ProductsField(label="产品", required=False, help_text="不选表示所有产品")
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.select_related("group").order_by("group__order", "group_id", "order"),
        label="客户标签",
        required=False,
        widget=UnfoldAdminSelectMultipleWidget,
        help_text="客户有其中任一标签即可；不选表示所有客户。按住 Ctrl 可多选或取消",
    )
    clock = forms.ChoiceField(
        label="计时方式",
        choices=Clock.choices,
        initial=Clock.WORKING.value,
        widget=UnfoldAdminRadioSelectWidget,
        help_text="工作时间按运行时配置 ticket.working_hours 与国家节假日安排（含调休）计算",
    )
    ladder = LadderField(
        label="预警阶梯",
        required=False,
        help_text="用去多少时间时通知谁；没有负责人时改为通知群。清空一行即删除这一级",
    )
    seen_version = forms.IntegerField(label="版本", widget=forms.HiddenInput, required=False)

    rules: Rules

    class Meta:
        model = SlaPolicy
        fields = ["name", "rank", "is_active", "response_minutes", "resolution_minutes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "products" not in self.fields:
            return  # a reader's page has no fields
        policy: SlaPolicy = self.instance
        own: list[str] = policy.products if policy.pk else []
        products = self.fields["products"]
        assert isinstance(products, ProductsField)
        products.choices = [(product, product) for product in _known_products(own)]
        initial: dict[str, Any] = {"ladder": store.get(LADDER_SETTING)}
        if policy.pk:
            initial = {
                "priorities": policy.priorities,
                "products": own,
                "tags": list(policy.tags.all()),
                "clock": policy.clock,
                "ladder": policy.ladder,
                "seen_version": policy.version,
            }
        for name, value in initial.items():
            self.fields[name].initial = value

    def is_valid(self) -> bool:
        """Back from the preview it is shown again, as it was."""
        return super().is_valid() and "_edit" not in self.data

    def _post_clean(self) -> None:
        """The rules speak of fields; the model would speak of constraints."""
        if not self.errors:
            try:
                self.rules = checked_rules(self.given_rules())
            except InvalidInputError as error:
                field = (error.attr or "").partition(".")[0].replace("tag_ids", "tags")
                self.add_error(field if field in self.fields else None, error.detail)
        super()._post_clean()  # type: ignore[misc]

    def given_rules(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name in FIELDS}
        return {**given, "tags": [tag.pk for tag in given["tags"]]}


def _known_products(own: Sequence[str]) -> list[str]:
    """The policy's own first, then those of tickets."""
    found = Ticket.objects.exclude(product="").order_by("product").values_list("product", flat=True)
    return list(dict.fromkeys([*own, *found.distinct()[:SHOWN_PRODUCTS]]))
