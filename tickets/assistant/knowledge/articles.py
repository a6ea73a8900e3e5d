"""Writing the knowledge base. Writers stand in one line, so that every process sees each change."""

from typing import TypedDict

from django.db import transaction

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from customers.actors import Actor
from tickets.assistant.knowledge import index
from tickets.models import ArticleStatus, KnowledgeArticle, SimilarQuestion

TITLE_LENGTH, BODY_LENGTH, QUESTION_LENGTH, KEYWORD_LENGTH = 200, 5000, 200, 50
MOST_QUESTIONS, MOST_KEYWORDS = 50, 20
_LINE = "tickets.assistant.knowledge"


class ArticleChanges(TypedDict, total=False):
    title: str
    body: str
    category: str
    product: str
    keywords: list[str]
    questions: list[str]
    is_public: bool
    status: str


def require_writer(actor: Actor) -> None:
    """Raises `NotAllowedError`: administrators write what the company says."""
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以修改知识库")


@transaction.atomic
def article_create(*, changes: ArticleChanges, actor: Actor) -> KnowledgeArticle:
    """A draft unless told otherwise. Raises `NotAllowedError`, `InvalidInputError`, `ConflictError`."""
    require_writer(actor)
    return _save(KnowledgeArticle(), changes, actor)


@transaction.atomic
def article_edit(*, article_id: int, changes: ArticleChanges, actor: Actor) -> KnowledgeArticle:
    """`questions` are all of them. Raises `NotFoundError`, and as `article_create`."""
    require_writer(actor)
    return _save(_locked(article_id), changes, actor)


@transaction.atomic
def article_delete(*, article_id: int, actor: Actor) -> None:
    """With its hits; whoever wants to keep them archives it. Raises as `article_edit`."""
    require_writer(actor)
    _locked(article_id).delete()
    transaction.on_commit(index.forget)


@transaction.atomic
def question_add(*, article_id: int, text: str, actor: Actor) -> KnowledgeArticle:
    """One more way to ask, from a gap; one that it has already adds nothing. Raises as `article_edit`."""
    require_writer(actor)
    article = _locked(article_id)
    questions = list(article.questions.order_by("pk").values_list("text", flat=True))
    return _save(article, {"questions": [*questions, text[:QUESTION_LENGTH]]}, actor)


def _locked(article_id: int) -> KnowledgeArticle:
    transaction_lock(_LINE)
    article = KnowledgeArticle.objects.filter(pk=article_id).first()
    if article is None:
        raise NotFoundError("找不到这篇文章")
    return article


def _save(article: KnowledgeArticle, changes: ArticleChanges, actor: Actor) -> KnowledgeArticle:
    transaction_lock(_LINE)
    given = dict(changes)
    questions = given.pop("questions", None)
    for name, value in given.items():
        setattr(article, name, value.strip() if isinstance(value, str) else value)
    article.keywords = _lines(article.keywords, MOST_KEYWORDS, KEYWORD_LENGTH, "keywords")
    _check(article)
    same = KnowledgeArticle.objects.filter(title=article.title).exclude(pk=article.pk)
    if same.exists():
        raise ConflictError(f"已有标题为「{article.title}」的文章", attr="title")
    article.updated_by = actor.user
    if article.pk is None:
        article.save()
    else:
        # What is counted meanwhile stays.
        article.save(update_fields=[*given, "keywords", "updated_by", "updated_at"])
    if isinstance(questions, list):
        _set_questions(article, questions)
    transaction.on_commit(index.forget)
    return article


def _set_questions(article: KnowledgeArticle, given: list[str]) -> None:
    wanted = _lines(given, MOST_QUESTIONS, QUESTION_LENGTH, "questions")
    article.questions.exclude(text__in=wanted).delete()
    SimilarQuestion.objects.bulk_create(
        [SimilarQuestion(article=article, text=text) for text in wanted], ignore_conflicts=True
    )


def _lines(given: object, most: int, longest: int, attr: str) -> list[str]:
    """Texts without empty ones and doubles; raises `InvalidInputError`."""
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise InvalidInputError("必须是文字的列表", attr=attr)
    texts = list(dict.fromkeys(" ".join(text.split()) for text in given if text.strip()))
    if len(texts) > most:
        raise InvalidInputError(f"最多 {most} 条", attr=attr)
    if any(len(text) > longest for text in texts):
        raise InvalidInputError(f"每条最多 {longest} 个字", attr=attr)
    return texts


def _check(article: KnowledgeArticle) -> None:
    if not 0 < len(article.title) <= TITLE_LENGTH:
        raise InvalidInputError(f"标准问题必须是 1 到 {TITLE_LENGTH} 个字", attr="title")
    if not 0 < len(article.body) <= BODY_LENGTH:
        raise InvalidInputError(f"答案必须是 1 到 {BODY_LENGTH} 个字", attr="body")
    if article.status not in ArticleStatus.values:
        raise InvalidInputError(f"没有状态「{article.status}」", attr="status")
