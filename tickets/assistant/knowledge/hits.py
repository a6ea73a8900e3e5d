"""Articles that were used, by the assistant or by an agent, and whether they helped."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.errors import NotFoundError
from customers.actors import Actor
from customers.models import User
from tickets.assistant.visibility import turns_visible_to
from tickets.models import AssistantTurn, KnowledgeArticle, KnowledgeHit

_COUNTS = {True: "helpful_count", False: "unhelpful_count"}


@transaction.atomic
def hit_note(
    article: KnowledgeArticle,
    turn: AssistantTurn | None = None,
    user: User | None = None,
    score: float = 0.0,
) -> KnowledgeHit:
    """`article` was said in `turn`, or used by `user`."""
    hit = KnowledgeHit.objects.create(article=article, turn=turn, user=user, score=score)
    # Beside the model's own save: a use is no change of the article.
    KnowledgeArticle.objects.filter(pk=article.pk).update(
        hit_count=F("hit_count") + 1, last_hit_at=timezone.now()
    )
    return hit


@transaction.atomic
def hit_judge(*, hit_id: int, was_helpful: bool, actor: Actor) -> KnowledgeHit:
    """One's own use, or what the assistant told a customer whom the actor sees, did help or not.

    Who thinks again is counted once. Raises `NotFoundError`.
    """
    hits = KnowledgeHit.objects.select_related("article").select_for_update(of=("self",))
    hit = hits.filter(pk=hit_id).first()
    if hit is None or not _may_judge(hit, actor):
        raise NotFoundError("找不到这次使用")
    if hit.was_helpful == was_helpful:
        return hit
    counts = {_COUNTS[was_helpful]: F(_COUNTS[was_helpful]) + 1}
    if hit.was_helpful is not None:
        counts[_COUNTS[hit.was_helpful]] = F(_COUNTS[hit.was_helpful]) - 1
    KnowledgeArticle.objects.filter(pk=hit.article_id).update(**counts)
    hit.was_helpful = was_helpful
    hit.save(update_fields=["was_helpful"])
    return hit


def _may_judge(hit: KnowledgeHit, actor: Actor) -> bool:
    if actor.sees_all or (actor.user is not None and hit.user_id == actor.user.pk):
        return True
    if hit.turn_id is None:
        return False
    return turns_visible_to(actor).filter(pk=hit.turn_id).exists()
