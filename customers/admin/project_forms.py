"""Forms of the admin's project pages."""

import re
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers.models import Project, ProjectStatus, Stage
from customers.projects import stages
from customers.projects.moves import REASON_LENGTH

MAX_PRODUCTS = 50
PRODUCT_LENGTH = 100


class ProjectForm(forms.ModelForm):
    """`seen_version` refuses a page that somebody's change made old."""

    products_text = forms.CharField(
        label="产品",
        required=False,
        help_text="用顿号或逗号分开；第一个是主要产品",
        widget=UnfoldAdminTextInputWidget,
    )
    seen_version = forms.IntegerField(label="版本", widget=forms.HiddenInput, required=False)

    class Meta:
        model = Project
        fields = [
            "customer",
            "name",
            "owner",
            "engineer",
            "progress",
            "amount",
            "description",
            "expected_at",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products_text"].initial = "、".join(self.instance.products)
        self.fields["seen_version"].initial = self.instance.version
        for name in ("owner", "engineer"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.empty_label = "—"

    def clean_products_text(self) -> list[str]:
        words = re.split(r"[、,，;；\n]", self.cleaned_data["products_text"])
        products = list(dict.fromkeys(word.strip() for word in words if word.strip()))
        if len(products) > MAX_PRODUCTS or any(len(word) > PRODUCT_LENGTH for word in products):
            raise forms.ValidationError(
                f"至多 {MAX_PRODUCTS} 个产品，每个不超过 {PRODUCT_LENGTH} 个字"
            )
        return products


class MoveForm(forms.Form):
    """Where the project may go from where it is, and why."""

    target = forms.ChoiceField(label="变更为", widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label="原因",
        required=False,
        max_length=REASON_LENGTH,
        help_text="丢单和退回上一阶段必须填写",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, project: Project, may_go_back: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _targets(project, may_go_back)


def _targets(project: Project, may_go_back: bool) -> list[tuple[str, str]]:
    if project.status != ProjectStatus.OPEN:
        return [(f"status:{ProjectStatus.OPEN}", "重新打开")]
    stage = Stage(project.stage)
    end = stages.ENDS[stage]
    following, former = stages.FORWARD[stage], stages.BACK[stage]
    targets = [(f"stage:{following}", f"进入{following.label}")] if following else []
    targets.append((f"status:{end}", str(end.label)))
    if former and may_go_back:
        targets.append((f"stage:{former}", f"退回{former.label}"))
    return targets
