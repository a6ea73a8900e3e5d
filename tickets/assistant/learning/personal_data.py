"""What corrections hold of a person: what they had written. A model's weights hold no words."""

from typing import Any

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import naming, scrub
from customers.personal_data.subject import Subject
from tickets.models import ExampleSource, IntentExample, IntentModel


def register() -> None:
    personal_data.register("intent_examples", _collect, _erase, tables={IntentExample, IntentModel})


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    rows = IntentExample.objects.filter(turn__customer=customer).order_by("pk")
    return {"intent_examples": list(rows.values("text", "intent", "created_at"))}


def _erase(customer: Customer, subject: Subject) -> None:
    IntentExample.objects.filter(turn__customer=customer).delete()
    # What others wrote of them, or colleagues typed in.
    others = IntentExample.objects.exclude(source=ExampleSource.BUILT_IN)
    naming(others, subject.words, "text").delete()
    # Evaluations quote what was misunderstood.
    models = IntentModel.objects.defer("weights")
    scrub(models, subject, subject.words, "report", "note")
