"""The strategies beside each other on the held examples, as a page for the documentation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickets.assistant import settings
from tickets.assistant.learning import active
from tickets.assistant.learning.evaluation import NOTHING, Report, evaluate
from tickets.assistant.learning.fitting import Example
from tickets.assistant.strategies import registry
from tickets.assistant.strategies.base import Context, Guess
from tickets.assistant.strategies.chain import decide
from tickets.models import Intent

LABELS = {**dict(Intent.choices), NOTHING: "未识别"}


@dataclass(frozen=True)
class Compared:
    """`sure`: of the held examples, the share whose guess passes the strategy's threshold;
    `sure_right`: how many of those are right.
    """

    name: str
    report: Report
    threshold: float | None
    sure: float
    sure_right: float


def compare(examples: Sequence[Example]) -> list[Compared]:
    """Rules, the model in use, and both in the chain's order; no language model is asked."""
    return [
        _one(registry.RULES, examples),
        _one(registry.LOCAL, examples),
        _chain(examples),
    ]


def page_of(compared: Iterable[Compared], train: int, held: int) -> str:
    """Markdown."""
    found = list(compared)
    lines = [
        "# How well the assistant understands",
        "",
        "Written by `python manage.py evaluate_assistant`; do not edit. What the figures do not say, and",
        "what each intent means: [assistant-learning.md](assistant-learning.md).",
        "",
        f"{train} examples to learn from, {held} held back and never learned from.",
        f"The model in use is v{active.version_in_use() or '—'}; no language model was asked.",
        "",
        "| strategy | right | threshold | above it | right of those |",
        "|---|---|---|---|---|",
        *(
            f"| {one.name} | {one.report['accuracy']:.1%} |"
            f" {'—' if one.threshold is None else one.threshold} | {one.sure:.1%} |"
            f" {one.sure_right:.1%} |"
            for one in found
        ),
        "",
    ]
    for one in found:
        lines += _section(one)
    return "\n".join(lines)


def _one(name: str, examples: Sequence[Example]) -> Compared:
    strategy = registry.at_once(name)
    assert strategy is not None
    guesses = {text: strategy.classify(text, Context()) for text, _ in examples}
    threshold = settings.threshold(name)
    sure = {text for text, guess in guesses.items() if guess and guess.confidence >= threshold}
    return _compared(name, guesses, sure, examples, threshold)


def _chain(examples: Sequence[Example]) -> Compared:
    verdicts = {text: decide(text) for text, _ in examples}
    guesses = {text: verdict.guess for text, verdict in verdicts.items()}
    sure = {text for text, verdict in verdicts.items() if verdict.is_sure}
    return _compared("chain", guesses, sure, examples, None)


def _compared(
    name: str,
    guesses: dict[str, Guess | None],
    sure: set[str],
    examples: Sequence[Example],
    threshold: float | None,
) -> Compared:
    right = sum(
        1
        for text, intent in examples
        if text in sure and (guess := guesses[text]) and guess.intent == intent
    )
    return Compared(
        name=name,
        report=evaluate(lambda text: guesses[text], examples),
        threshold=threshold,
        sure=len(sure) / len(examples) if examples else 0.0,
        sure_right=right / len(sure) if sure else 0.0,
    )


def _section(one: Compared) -> list[str]:
    report = one.report
    heads = [LABELS[label] for label in report["labels"]]
    return [
        f"## {one.name}",
        "",
        "Rows are what was meant, columns what was understood.",
        "",
        "| | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 1) + "|",
        *(
            f"| **{heads[place]}** | " + " | ".join(str(count or "") for count in row) + " |"
            for place, row in enumerate(report["confusion"])
        ),
        "",
        "| intent | precision | recall | examples |",
        "|---|---|---|---|",
        *(
            f"| {LABELS[row['intent']]} | {row['precision']:.2f} | {row['recall']:.2f} |"
            f" {row['count']} |"
            for row in report["per_intent"]
        ),
        "",
        "Misunderstood: " + ("；".join(_wrong(report)) or "nothing"),
        "",
    ]


def _wrong(report: Report) -> list[str]:
    return [
        f"{row['text'].replace('|', '/')} ({LABELS[row['intent']]} → {LABELS[row['guess']]})"
        for row in report["wrong"]
    ]
