"""Acts on a thing's page in the admin: a form each, one action behind it, and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from config.errors import AppError
from customers.actors import Actor

Thing = TypeVar("Thing")
Given = dict[str, Any]


class NothingForm(forms.Form):
    """An act that asks nothing."""


@dataclass(frozen=True)
class Act(Generic[Thing]):
    """`run(thing, given, actor)` raises `AppError`; `done` is said when it did not."""

    form: type[forms.Form]
    done: str
    run: Callable[[Thing, Given, Actor], object]


def act_on(thing: Thing, act: Act[Thing], request: HttpRequest, actor: Actor) -> object:
    """What the act gave back; None when it was refused. Either is said above the next page."""
    form = act.form(request.POST, request.FILES)
    if not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label or ''}：{errors[0]}".lstrip("："))
        return None
    try:
        given_back = act.run(thing, form.cleaned_data, actor)
    except AppError as error:
        messages.error(request, error.detail)
        return None
    messages.success(request, act.done)
    return given_back
