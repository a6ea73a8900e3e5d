"""An article's uses are counted, and whether they helped."""

import pytest

from config.errors import NotFoundError
from tests.factories import actor
from tickets.assistant.knowledge.hits import hit_judge, hit_note
from tickets.models import KnowledgeArticle

pytestmark = pytest.mark.django_db


def test_a_use_is_counted_and_changes_nothing_else(write, lisi):
    article = write("怎么注销账号")
    hit_note(article, None, lisi, 0.8)
    hit_note(article)
    found = KnowledgeArticle.objects.get(pk=article.pk)
    assert (found.hit_count, found.updated_at) == (2, article.updated_at)
    assert found.last_hit_at is not None


def test_who_thinks_again_is_counted_once(write, lisi):
    article = write("怎么注销账号")
    hit = hit_note(article, user=lisi)
    for was_helpful in (True, True, False):
        hit_judge(hit_id=hit.pk, was_helpful=was_helpful, actor=actor(lisi))
    article.refresh_from_db()
    assert (article.helpful_count, article.unhelpful_count) == (0, 1)


def test_what_never_was_or_is_a_colleagues_cannot_be_judged(write, lisi, wangwu):
    colleagues = hit_note(write("怎么注销账号"), user=wangwu)
    for hit_id in (10**6, colleagues.pk):
        with pytest.raises(NotFoundError):
            hit_judge(hit_id=hit_id, was_helpful=True, actor=actor(lisi))
