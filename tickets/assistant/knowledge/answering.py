"""A gap is closed: by a new article, by one that only was not found, or for good."""

from django.db import transaction

from config.errors import ConflictError, InvalidInputError, NotFoundError
from customers.actors import Actor
from tickets.assistant.knowledge.articles import (
    ArticleChanges,
    article_create,
    question_add,
    require_writer,
)
from tickets.models import ArticleStatus, GapStatus, KnowledgeArticle, KnowledgeGap


@transaction.atomic
def gap_answer(
    *,
    gap_id: int,
    actor: Actor,
    article_id: int | None = None,
    changes: ArticleChanges | None = None,
) -> KnowledgeGap:
    """The gap's question becomes one of `article_id`'s, or of a new published article of `changes`.

    Without a title there the question is it. Raises as `article_edit`, and `ConflictError` for a gap
    that somebody has answered meanwhile.
    """
    require_writer(actor)
    if (article_id is None) == (changes is None):
        raise InvalidInputError("请选择已有文章，或填写新文章的答案", attr="article_id")
    gap = _locked(gap_id)
    if gap.status == GapStatus.RESOLVED:
        raise ConflictError("这个问题已补充到知识库")
    if article_id is not None:
        article = question_add(article_id=article_id, text=gap.question, actor=actor)
    else:
        article = _article_of(gap, changes or {}, actor)
    return _moved(gap, GapStatus.RESOLVED, article)


@transaction.atomic
def gap_ignore(*, gap_id: int, actor: Actor) -> KnowledgeGap:
    """Nothing that we answer; it is counted on. Raises `NotAllowedError`, `NotFoundError`."""
    require_writer(actor)
    return _moved(_locked(gap_id), GapStatus.IGNORED, None)


@transaction.atomic
def gap_reopen(*, gap_id: int, actor: Actor) -> KnowledgeGap:
    """Raises as `gap_ignore`."""
    require_writer(actor)
    return _moved(_locked(gap_id), GapStatus.OPEN, None)


def _article_of(gap: KnowledgeGap, changes: ArticleChanges, actor: Actor) -> KnowledgeArticle:
    given: ArticleChanges = {"status": ArticleStatus.PUBLISHED, "title": gap.question, **changes}
    if given["title"] != gap.question:
        given["questions"] = [*given.get("questions", []), gap.question]
    return article_create(changes=given, actor=actor)


def _locked(gap_id: int) -> KnowledgeGap:
    gap = KnowledgeGap.objects.select_for_update(of=("self",)).filter(pk=gap_id).first()
    if gap is None:
        raise NotFoundError("找不到这个问题")
    return gap


def _moved(gap: KnowledgeGap, status: GapStatus, article: KnowledgeArticle | None) -> KnowledgeGap:
    gap.status, gap.article = status, article
    gap.save(update_fields=["status", "article"])
    return gap
