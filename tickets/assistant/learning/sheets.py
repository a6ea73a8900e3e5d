"""Examples as a table: text, intent, split; in and out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import transaction

from config.errors import InvalidInputError
from config.sheets import as_typed, table_of_file
from customers.actors import Actor
from tickets.assistant.learning.examples import check_example, require_admin
from tickets.models import ExampleSource, ExampleSplit, Intent, IntentExample

HEADER = ("text", "intent", "split")
MOST_ROWS = 20_000
_INTENTS = {**{label: value for value, label in Intent.choices}, **{v: v for v in Intent.values}}
_SPLITS = {
    "": ExampleSplit.TRAIN.value,
    **{label: value for value, label in ExampleSplit.choices},
    **{value: value for value in ExampleSplit.values},
}


@dataclass
class Imported:
    """`refused` are lines as people count them, and why."""

    created: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic
def examples_import(*, file: BinaryIO, name: str, actor: Actor) -> Imported:
    """Adds what is not there yet; a text that is there stays as it is.

    Intents and splits are read by value or by Chinese name. Raises `NotAllowedError`,
    `InvalidInputError` for what is no such table.
    """
    require_admin(actor)
    table = table_of_file(file, name)
    if not {"text", "intent"} <= set(table.header):
        raise InvalidInputError("表头要有 text 和 intent 两列，可加 split", attr="file")
    done, wanted = Imported(), dict[str, IntentExample]()
    for line, cells in table.rows:
        if len(wanted) >= MOST_ROWS:
            raise InvalidInputError(f"一次最多导入 {MOST_ROWS} 行", attr="file")
        row = dict(zip(table.header, cells, strict=False))
        try:
            example = _example(row, actor)
        except InvalidInputError as error:
            done.refused.append((line, error.detail))
            continue
        wanted.setdefault(example.text, example)
    known = _known(list(wanted))
    new = [example for text, example in wanted.items() if text not in known]
    IntentExample.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    done.created, done.known = len(new), len(known)
    return done


def examples_exported() -> Iterator[tuple[str, str, str]]:
    """Those in use, as `examples_import` takes them."""
    rows = IntentExample.objects.filter(is_active=True).order_by("intent", "pk")
    yield from rows.values_list(*HEADER).iterator(chunk_size=1000)


def _example(row: dict[str, str], actor: Actor) -> IntentExample:
    text = as_typed(row.get("text", "")).strip()
    intent, split = row.get("intent", "").strip(), row.get("split", "").strip()
    intent, split = _INTENTS.get(intent, intent), _SPLITS.get(split, split)
    check_example(text, intent, split)
    return IntentExample(
        text=text, intent=intent, split=split, source=ExampleSource.MANUAL, created_by=actor.user
    )


def _known(texts: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(texts), 500):
        rows = IntentExample.objects.filter(text__in=texts[start : start + 500])
        found.update(rows.values_list("text", flat=True))
    return found
