"""The model in use: which intent a text has, as it learned from the examples.

Each process keeps the classifiers in memory and looks once a second whether others are in use now;
weights are read from the database only when a version changes.
"""

import logging
import threading
import time
from dataclasses import dataclass

from tickets.assistant.learning.classifier import Classifier, UnreadableModelError, read
from tickets.assistant.learning.guesses import best
from tickets.assistant.strategies.base import Guess
from tickets.models import IntentModel, ModelStatus

LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """`classifier` is None where the weights could not be read: it is not tried again."""

    pk: int
    version: int
    classifier: Classifier | None


_lock = threading.Lock()
_loaded: dict[str, Loaded] = {}
_looked_at: float | None = None


def classify(text: str) -> Guess | None:
    """None while there is no model, or nothing in `text` that it knows. `detail["version"]` names it."""
    return _asked(ModelStatus.ACTIVE, text)


def classify_in_shadow(text: str) -> Guess | None:
    """What the shadow would say; None where there is none."""
    return _asked(ModelStatus.SHADOW, text)


def version_in_use() -> int | None:
    found = _present().get(ModelStatus.ACTIVE)
    return found.version if found else None


def forget() -> None:
    """The next question looks into the database."""
    global _looked_at
    with _lock:
        _looked_at = None


def _asked(status: ModelStatus, text: str) -> Guess | None:
    found = _present().get(status)
    if found is None or found.classifier is None:
        return None
    return best(found.classifier, text, version=found.version)


def _present() -> dict[str, Loaded]:
    global _loaded, _looked_at
    with _lock:
        now = time.monotonic()
        if _looked_at is None or now - _looked_at >= LOOK_SECONDS:
            _loaded = _look()
            _looked_at = now
        return _loaded


def _look() -> dict[str, Loaded]:
    rows = IntentModel.objects.filter(status__in=(ModelStatus.ACTIVE, ModelStatus.SHADOW))
    known = {(found.pk, found.version): found for found in _loaded.values()}
    return {
        status: known.get((pk, version)) or _load(pk, version)
        for pk, version, status in rows.values_list("pk", "version", "status")
    }


def _load(pk: int, version: int) -> Loaded:
    weights = IntentModel.objects.filter(pk=pk).values_list("weights", flat=True).first()
    try:
        return Loaded(pk, version, read(bytes(weights or b"")))
    except UnreadableModelError:
        log.exception("intent model v%s cannot be read", version)
        return Loaded(pk, version, None)
