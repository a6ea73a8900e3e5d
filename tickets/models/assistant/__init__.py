"""The assistant's tables: who is talked with, what was decided, what is known, what was learned."""

from tickets.models.assistant.knowledge import (
    ArticleStatus,
    GapStatus,
    KnowledgeArticle,
    KnowledgeGap,
    KnowledgeHit,
    SimilarQuestion,
)
from tickets.models.assistant.learning import (
    ExampleSource,
    ExampleSplit,
    IntentExample,
    IntentModel,
    ModelStatus,
)
from tickets.models.assistant.session import (
    Action,
    AssistantSession,
    AssistantTurn,
    Intent,
    TurnStatus,
)

__all__ = [
    "Action",
    "ArticleStatus",
    "AssistantSession",
    "AssistantTurn",
    "ExampleSource",
    "ExampleSplit",
    "GapStatus",
    "Intent",
    "IntentExample",
    "IntentModel",
    "KnowledgeArticle",
    "KnowledgeGap",
    "KnowledgeHit",
    "ModelStatus",
    "SimilarQuestion",
    "TurnStatus",
]
