"""Questions are customers' words; who asked them is not kept, but may stand in them."""

from typing import Any

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import naming
from customers.personal_data.subject import Subject
from tickets.assistant.knowledge.words import cleaned
from tickets.models import KnowledgeGap, SimilarQuestion


def register() -> None:
    tables = {KnowledgeGap, SimilarQuestion}
    personal_data.register("knowledge", _collect, _erase, tables=tables)


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Nothing tells whose a question was."""
    return {}


def _erase(customer: Customer, subject: Subject) -> None:
    words = tuple({*subject.words, *filter(None, map(cleaned, subject.words))})
    if words:
        naming(KnowledgeGap.objects.all(), words, "key", "question").delete()
        naming(SimilarQuestion.objects.all(), words, "text").delete()
