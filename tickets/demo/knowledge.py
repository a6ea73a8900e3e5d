"""The demo's knowledge base, and what it lacks."""

from datetime import timedelta

from django.utils import timezone

from customers.actors import system_actor
from tickets.assistant.knowledge.articles import article_create
from tickets.assistant.knowledge.gaps import gap_note
from tickets.demo.knowledge_stock import ARTICLES, GAPS
from tickets.models import ArticleStatus, KnowledgeArticle, KnowledgeGap


def load() -> None:
    """Articles that are not there; the gaps once."""
    there = set(KnowledgeArticle.objects.values_list("title", flat=True))
    for article in ARTICLES:
        if article.title not in there:
            article_create(
                changes={
                    "title": article.title,
                    "body": article.body,
                    "category": article.category,
                    "product": article.product,
                    "keywords": list(article.keywords),
                    "questions": list(article.questions),
                    "is_public": article.is_public,
                    "status": ArticleStatus.PUBLISHED,
                },
                actor=system_actor(),
            )
    if KnowledgeGap.objects.exists():
        return
    asked_at = timezone.now() - timedelta(hours=3)
    for question, count in GAPS:
        gap = gap_note(question)
        if gap is not None:
            KnowledgeGap.objects.filter(pk=gap.pk).update(count=count, last_asked_at=asked_at)
