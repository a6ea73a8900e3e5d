"""An evaluation as rows for the page, with the intents' Chinese names."""

from dataclasses import dataclass
from typing import Any

from tickets.assistant.learning.evaluation import NOTHING
from tickets.models import Intent

LABELS = {**dict(Intent.choices), NOTHING: "未识别"}


@dataclass(frozen=True)
class Cell:
    """`depth` is the share of its row, in percent."""

    count: int
    depth: int
    is_right: bool


@dataclass(frozen=True)
class Matrix:
    heads: list[str]
    rows: list[tuple[str, list[Cell]]]


@dataclass(frozen=True)
class Shares:
    intent: str
    precision: float
    recall: float
    count: int


def matrix_of(report: dict[str, Any]) -> Matrix | None:
    if not report.get("confusion"):
        return None
    labels = [str(label) for label in report["labels"]]
    rows = []
    for place, counts in enumerate(report["confusion"]):
        whole = sum(counts) or 1
        cells = [
            Cell(count, round(count * 100 / whole), at == place) for at, count in enumerate(counts)
        ]
        rows.append((name_of(labels[place]), cells))
    return Matrix([name_of(label) for label in labels], rows)


def shares_of(report: dict[str, Any]) -> list[Shares]:
    return [
        Shares(name_of(row["intent"]), row["precision"] * 100, row["recall"] * 100, row["count"])
        for row in report.get("per_intent", [])
    ]


def wrong_of(report: dict[str, Any]) -> list[tuple[str, str, str, float]]:
    """Text, what it means, what it was taken for, how surely in percent."""
    return [
        (row["text"], name_of(row["intent"]), name_of(row["guess"]), row["confidence"] * 100)
        for row in report.get("wrong", [])
    ]


def name_of(label: str) -> str:
    return LABELS.get(label, label)
