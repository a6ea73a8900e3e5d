"""The knowledge base by its API: the team reads, administrators write, gaps are closed."""

import pytest

from tests.factories import CustomerFactory
from tickets.models import AssistantTurn, KnowledgeArticle, KnowledgeGap, SimilarQuestion

pytestmark = pytest.mark.django_db
ARTICLES = "/api/ai/knowledge/articles"


def wrong(answer):
    assert answer.status_code == 400, answer.content
    return {error["attr"] for error in answer.json()["errors"]}


def test_an_article_is_written_changed_and_found(api, admin, lisi):
    boss = api(admin)
    body = {
        "title": "怎么注销账号",
        "body": "在账号设置里注销。",
        "questions": ["怎么销号", "怎么销号", " "],
        "keywords": ["注销"],
        "status": "published",
    }
    assert wrong(boss.post(ARTICLES, body, "json")) == {"questions.2"}
    made = boss.post(ARTICLES, {**body, "questions": ["怎么销号", "怎么销号"]}, "json")
    assert made.status_code == 201
    assert (made.json()["questions"], made.json()["updated_by"]) == (["怎么销号"], "管理员")
    found = api(lisi).get("/api/ai/knowledge/search?q=请问怎么销号呢").json()
    assert [(one["id"], one["score"]) for one in found] == [(made.json()["id"], 1.0)]
    one = f"{ARTICLES}/{made.json()['id']}"
    edited = boss.patch(one, {"questions": ["永久删除账号"], "isPublic": False}, "json").json()
    assert (edited["questions"], edited["is_public"]) == (["永久删除账号"], False)
    assert api(lisi).get(one).json()["keywords"] == ["注销"]
    assert boss.delete(one).status_code == 204
    assert api(lisi).get(one).status_code == 404


def test_a_title_is_taken_once(api, admin, write):
    write("怎么注销账号")
    again = api(admin).post(ARTICLES, {"title": "怎么注销账号", "body": "…"}, "json")
    assert (again.status_code, again.json()["errors"][0]["attr"]) == (409, "title")


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"body": "x"}, "title"),
        ({"title": "x", "body": " "}, "body"),
        ({"title": "x", "body": "x", "status": "gone"}, "status"),
        ({"title": "x", "body": "x", "keywords": "注销"}, "keywords"),
        ({"title": "x", "body": "x", "keywords": ["k"] * 21}, "keywords"),
        ({"title": "x", "body": "x", "questions": ["q" * 201]}, "questions.0"),
    ],
)
def test_what_is_wrong_is_named(api, admin, body, attr):
    assert wrong(api(admin).post(ARTICLES, body, "json")) == {attr}


def test_lists_are_filtered_and_cost_the_same_however_long(
    api, lisi, shelf, settings_read_once, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        listed = api(lisi).get(f"{ARTICLES}?size=100").json()
    assert listed["total"] == KnowledgeArticle.objects.count()
    assert api(lisi).get(f"{ARTICLES}?category=费用&q=发票").json()["total"] == 2
    assert api(lisi).get(f"{ARTICLES}?status=draft").json()["total"] == 0


def test_a_colleagues_use_counts_and_can_be_judged(api, lisi, wangwu, write):
    article = write("怎么注销账号")
    used = api(lisi).post(f"{ARTICLES}/{article.pk}/use", {"score": 0.7}, "json")
    assert (used.status_code, used.json()["title"]) == (201, "怎么注销账号")
    feedback = f"/api/ai/knowledge/hits/{used.json()['id']}/feedback"
    assert api(wangwu).post(feedback, {"was_helpful": True}, "json").status_code == 404
    assert api(lisi).post(feedback, {"was_helpful": True}, "json").json()["was_helpful"] is True
    article.refresh_from_db()
    assert (article.hit_count, article.helpful_count) == (1, 1)


def gap(question="能做网站备案吗", **fields):
    return KnowledgeGap.objects.create(
        key=question, question=question, last_asked_at="2026-11-27T08:00:00+08:00", **fields
    )


def test_a_gap_becomes_an_article_that_answers_it(api, admin):
    asked = gap(count=7)
    listed = api(admin).get("/api/ai/knowledge/gaps").json()["list"]
    assert [(one["question"], one["count"]) for one in listed] == [("能做网站备案吗", 7)]
    done = (
        api(admin)
        .post(
            f"/api/ai/knowledge/gaps/{asked.pk}/answer",
            {"title": "网站备案", "body": "可以，免费协助备案。"},
            "json",
        )
        .json()
    )
    assert done["status"] == "resolved"
    found = api(admin).get("/api/ai/knowledge/search?q=能做网站备案吗").json()
    assert (found[0]["id"], found[0]["score"]) == (done["article_id"], 1.0)
    again = f"/api/ai/knowledge/gaps/{asked.pk}/answer"
    assert api(admin).post(again, {"body": "x"}, "json").status_code == 409
    assert api(admin).get("/api/ai/knowledge/gaps").json()["total"] == 0


def test_a_gap_becomes_another_way_to_ask_for_an_article(api, admin, write):
    article, asked = write("网站备案"), gap()
    path = f"/api/ai/knowledge/gaps/{asked.pk}/answer"
    assert wrong(api(admin).post(path, {}, "json")) == {"article_id"}
    assert wrong(api(admin).post(path, {"article_id": article.pk, "body": "x"}, "json")) == {
        "article_id"
    }
    assert api(admin).post(path, {"article_id": 10**9}, "json").status_code == 404
    assert api(admin).post(path, {"article_id": article.pk}, "json").status_code == 200
    assert SimilarQuestion.objects.get(article=article).text == "能做网站备案吗"


def test_a_gap_is_put_aside(api, admin):
    path = f"/api/ai/knowledge/gaps/{gap().pk}/ignore"
    assert api(admin).post(path).json()["status"] == "ignored"
    assert api(admin).get("/api/ai/knowledge/gaps?status=ignored").json()["total"] == 1


@pytest.fixture
def turn(lisi, now):
    def made(**fields):
        return AssistantTurn.objects.create(
            **{"entry": "kf", "text": "连不上", "intent": "presale", "created_at": now} | fields
        )

    return made


def test_turns_are_seen_with_their_customers(api, lisi, wangwu, admin, turn):
    own = turn(customer=CustomerFactory(follow_user=lisi))
    turn(customer=CustomerFactory(follow_user=wangwu))
    turn(customer=None)
    listed = api(lisi).get("/api/ai/turns").json()["list"]
    assert [(one["id"], one["intent_label"]) for one in listed] == [(own.pk, "售前咨询")]
    assert api(admin).get("/api/ai/turns?entry=kf&intent=presale").json()["total"] == 3
    assert api(admin).get("/api/ai/turns?corrected=true").json()["total"] == 0
    assert wrong(api(admin).get("/api/ai/turns?intent=x")) == {"intent"}
