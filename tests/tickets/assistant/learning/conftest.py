"""A trained model, fitted once for all tests."""

from functools import cache

import pytest
from django.utils import timezone

from tickets.assistant.learning.examples import built_in
from tickets.assistant.learning.fitting import fit
from tickets.models import IntentModel, ModelStatus


@cache
def fitted():
    return fit([(row.text, row.intent) for row in built_in() if row.split == "train"])


@pytest.fixture
def make_model(db):
    """`make_model("active")`: a version that can be asked."""
    archive = fitted().to_bytes()

    def make(status=ModelStatus.CANDIDATE, **fields):
        version = IntentModel.objects.count() + 1
        if status in (ModelStatus.ACTIVE, ModelStatus.RETIRED):
            fields.setdefault("activated_at", timezone.now())
        return IntentModel.objects.create(
            version=version, status=status, weights=archive, accuracy=0.92, **fields
        )

    return make
