"""Answers out of the knowledge base: an article's own words with its title, or none."""

from collections.abc import Sequence

from tickets.assistant.knowledge.gaps import gap_note
from tickets.assistant.knowledge.search import answers, articles_for
from tickets.assistant.talk import wording
from tickets.assistant.talk.turn import Outcome, Source, Talk
from tickets.models import Action, ArticleStatus, Intent, KnowledgeArticle


def is_known(text: str) -> bool:
    """Whether an article surely answers it."""
    found = articles_for(text, public_only=True, limit=1)
    return bool(found) and answers(found[0])


def from_knowledge(talk: Talk, intent: Intent | None) -> Outcome | None:
    """The article that surely answers; None without one."""
    found = articles_for(talk.text, public_only=True, limit=1)
    if not found or not answers(found[0]):
        return None
    return _told(found[0].article, found[0].score, intent)


def from_chosen(talk: Talk, article_ids: Sequence[int], intent: Intent) -> Outcome | None:
    """The first of these that may still be said: a model names articles, it never words an answer."""
    articles = KnowledgeArticle.objects.filter(
        status=ArticleStatus.PUBLISHED, is_public=True
    ).in_bulk(article_ids)
    for pk in article_ids:
        if pk in articles:
            return _told(articles[pk], 0.0, intent)
    return None


def note_gap(talk: Talk) -> None:
    """A question that nobody has written an answer to."""
    gap_note(talk.text)


def _told(article: KnowledgeArticle, score: float, intent: Intent | None) -> Outcome:
    reply = wording.from_article(article.title, article.body)
    return Outcome(Action.REPLY, reply, intent, sources=[Source(article, score)])
