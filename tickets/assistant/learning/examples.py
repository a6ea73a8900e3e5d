"""The examples: those that come with the product, colleagues' own, and corrections."""

import csv
from pathlib import Path
from typing import TypedDict

from django.db import transaction

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from customers.actors import Actor
from tickets.assistant.learning.fitting import Example
from tickets.models import ExampleSource, ExampleSplit, Intent, IntentExample

BUILT_IN = Path(__file__).with_name("examples.csv")
TEXT_LENGTH = 500


class ExampleChanges(TypedDict, total=False):
    text: str
    intent: str
    split: str
    is_active: bool


def built_in() -> list[IntentExample]:
    """Not saved."""
    with BUILT_IN.open(encoding="utf-8", newline="") as file:
        return [IntentExample(source=ExampleSource.BUILT_IN, **row) for row in csv.DictReader(file)]


def examples_load() -> None:
    """Those of the product that are not there yet; what was changed here stays changed."""
    IntentExample.objects.bulk_create(built_in(), ignore_conflicts=True)


def examples_of(split: str) -> list[Example]:
    """Those in use, in a fixed order."""
    rows = IntentExample.objects.filter(split=split, is_active=True).order_by("pk")
    return list(rows.values_list("text", "intent"))


@transaction.atomic
def example_create(
    *, text: str, intent: str, actor: Actor, split: str = ExampleSplit.TRAIN
) -> IntentExample:
    """Raises `NotAllowedError`, `InvalidInputError`, `ConflictError` for a text that is there."""
    require_admin(actor)
    example = IntentExample(
        text=text, intent=intent, split=split, source=ExampleSource.MANUAL, created_by=actor.user
    )
    return _save(example)


@transaction.atomic
def example_edit(*, example_id: int, changes: ExampleChanges, actor: Actor) -> IntentExample:
    """A product's own text stays as it is, or it would come back. Raises also `NotFoundError`."""
    example = _locked(example_id, actor)
    is_other = changes.get("text", example.text).strip() != example.text
    if is_other and example.source == ExampleSource.BUILT_IN:
        raise ConflictError("内置例句的文字不能修改，可以停用", attr="text")
    for name, value in changes.items():
        setattr(example, name, value)
    return _save(example)


@transaction.atomic
def example_delete(*, example_id: int, actor: Actor) -> None:
    """Raises `NotFoundError`, `NotAllowedError`, `ConflictError` for a product's own."""
    example = _locked(example_id, actor)
    if example.source == ExampleSource.BUILT_IN:
        raise ConflictError("内置例句不能删除，可以停用")
    example.delete()


def require_admin(actor: Actor) -> None:
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以管理智能助手的学习")


def check_example(text: str, intent: str, split: str) -> None:
    """Raises `InvalidInputError` naming the field."""
    if not 0 < len(text) <= TEXT_LENGTH:
        raise InvalidInputError(f"例句必须是 1 到 {TEXT_LENGTH} 个字", attr="text")
    if intent not in Intent.values:
        raise InvalidInputError(f"没有这个意图：{intent[:50]}", attr="intent")
    if split not in ExampleSplit.values:
        raise InvalidInputError(f"没有这个用途：{split[:50]}", attr="split")


def _locked(example_id: int, actor: Actor) -> IntentExample:
    require_admin(actor)
    rows = IntentExample.objects.select_for_update(no_key=True)
    example = rows.filter(pk=example_id).first()
    if example is None:
        raise NotFoundError("找不到这条例句")
    return example


def _save(example: IntentExample) -> IntentExample:
    example.text = example.text.strip()
    check_example(example.text, example.intent, example.split)
    if IntentExample.objects.filter(text=example.text).exclude(pk=example.pk).exists():
        raise ConflictError("已有相同的例句", attr="text")
    example.save()
    return example
