"""A version's weights: fitted outside any transaction, written once."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.actors import system_actor
from tickets.assistant.learning.classifier import Classifier
from tickets.assistant.learning.evaluation import evaluate
from tickets.assistant.learning.examples import examples_load, examples_of
from tickets.assistant.learning.fitting import DEFAULT_PARAMS, TooFewExamplesError, fit
from tickets.assistant.learning.guesses import best
from tickets.assistant.learning.versions import model_activate, new_version
from tickets.models import ExampleSplit, IntentModel, ModelStatus

OUGHT_TO_BE_DONE = timedelta(minutes=15)

log = logging.getLogger(__name__)


def model_fit(model_id: int) -> None:
    """Once more is nothing twice: only a version without weights gets some."""
    waiting = IntentModel.objects.filter(
        pk=model_id, status=ModelStatus.CANDIDATE, accuracy__isnull=True
    )
    if not waiting.exists():
        return
    examples_load()
    examples = examples_of(ExampleSplit.TRAIN)
    try:
        classifier = fit(examples)
    except TooFewExamplesError as error:
        waiting.update(status=ModelStatus.FAILED, note=str(error)[:200])
        return
    found = _result(classifier)
    waiting.update(
        **found, params=DEFAULT_PARAMS, example_count=len(examples), trained_at=timezone.now()
    )
    log.info("intent model %s trained from %s examples", model_id, len(examples))


def keep_learning() -> None:
    """A new installation's first model; versions whose worker went away in the middle."""
    start()
    lost = IntentModel.objects.filter(
        status=ModelStatus.CANDIDATE,
        accuracy__isnull=True,
        trained_at__lt=timezone.now() - OUGHT_TO_BE_DONE,
    )
    for pk in list(lost.values_list("pk", flat=True)):
        model_fit(pk)


def start() -> None:
    """The first model, trained and put to use; nothing where there is any."""
    if IntentModel.objects.exists():
        return
    with transaction.atomic():
        model = new_version(note="内置例句")
    model_fit(model.pk)
    model.refresh_from_db()
    # Of two processes that both began, the first one's is used.
    if model.accuracy is not None and not IntentModel.objects.filter(status="active").exists():
        model_activate(model_id=model.pk, actor=system_actor())


def _result(classifier: Classifier) -> dict[str, Any]:
    report = evaluate(lambda text: best(classifier, text), examples_of(ExampleSplit.HELD))
    return {
        "weights": classifier.to_bytes(),
        "accuracy": report["accuracy"],
        "report": dict(report),
    }
