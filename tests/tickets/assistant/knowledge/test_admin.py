"""Operators write articles, take in tables, and answer what was asked in vain."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tickets.assistant.knowledge.gaps import gap_note
from tickets.models import KnowledgeArticle, KnowledgeGap

pytestmark = pytest.mark.django_db
LIST = "/admin/tickets/knowledgearticle/"
GAPS = "/admin/tickets/knowledgegap/"
TABLE = (
    "标准问题,答案,分类,关键词,相似问法,可答复客户,状态\n"
    "怎么注销账号,在账号设置里注销。,账号,注销|销号,怎么销号|永久删除账号,是,已发布\n"
    "内部报价,找主管。,,,,否,\n"
    ",没有问题,,,,,\n"
    "状态写错,答案,,,,,上线\n"
)


def written(**changes):
    return {
        "title": "怎么注销账号",
        "body": "在账号设置里注销。",
        "questions": "怎么销号\n永久删除账号\n\n怎么销号",
        "keywords": "注销",
        "category": "账号",
        "product": "",
        "status": "published",
        "is_public": "on",
    } | changes


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def test_an_article_is_written_and_changed(desk):
    assert desk.post(f"{LIST}add/", written()).status_code == 302
    article = KnowledgeArticle.objects.get()
    assert list(article.questions.values_list("text", flat=True)) == ["怎么销号", "永久删除账号"]
    assert (article.keywords, article.updated_by.username) == (["注销"], "admin")
    page = f"{LIST}{article.pk}/change/"
    assert "永久删除账号" in desk.get(page).content.decode()
    assert desk.post(page, written(questions="销户", body="请联系客服。")).status_code == 302
    article.refresh_from_db()
    assert list(article.questions.values_list("text", flat=True)) == ["销户"]
    assert article.body == "请联系客服。"
    assert "怎么注销账号" in desk.get(f"{LIST}?q=销户").content.decode()


def test_too_long_a_question_is_said(desk):
    page = desk.post(f"{LIST}add/", written(questions="长" * 201))
    assert "每行最多 200 个字" in page.content.decode()
    assert not KnowledgeArticle.objects.exists()


def test_articles_are_published_and_taken_down_together(desk, write):
    articles = [write(f"问题{n}", status="draft") for n in range(3)]
    for act, status in (("publish", "published"), ("archive", "archived")):
        chosen = [str(article.pk) for article in articles]
        desk.post(LIST, {"action": act, "_selected_action": chosen, "confirmed": "1"})
        assert set(KnowledgeArticle.objects.values_list("status", flat=True)) == {status}


def test_a_table_is_taken_in_and_its_wrong_rows_are_told(desk, write):
    write("内部报价", body="旧的", category="内部")
    page = desk.post(
        f"{LIST}import/", {"file": SimpleUploadedFile("知识.csv", TABLE.encode("gb18030"))}
    ).content.decode()
    assert "新增 1 篇，更新 1 篇，2 行有错" in page
    assert "第 4 行：标准问题必须是" in page
    assert "第 5 行：状态须为" in page
    made = KnowledgeArticle.objects.get(title="怎么注销账号")
    assert (made.status, made.keywords, made.questions.count()) == (
        "published",
        ["注销", "销号"],
        2,
    )
    known = KnowledgeArticle.objects.get(title="内部报价")
    # What a cell does not say stays.
    assert (known.body, known.category, known.is_public) == ("找主管。", "内部", False)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"PK\x03\x04broken"])
def test_what_is_no_table_is_refused(desk, content):
    page = desk.post(f"{LIST}import/", {"file": SimpleUploadedFile("x.csv", content)})
    assert page.status_code == 200
    assert not KnowledgeArticle.objects.exists()


def test_a_gap_is_answered_on_its_page(desk):
    gap = gap_note("能做网站备案吗")
    page = f"{GAPS}{gap.pk}/change/"
    empty = desk.post(page, {"article": "", "title": "", "body": ""})
    assert "二者选一" in empty.content.decode()
    assert desk.post(page, {"article": "", "title": "", "body": "可以协助。"}).status_code == 302
    gap.refresh_from_db()
    assert (gap.status, gap.article.title, gap.article.status) == (
        "resolved",
        "能做网站备案吗",
        "published",
    )


def test_gaps_are_put_aside_and_opened_again(desk):
    gap = gap_note("陪我聊天好吗")
    for act, status in (("ignore", "ignored"), ("reopen", "open")):
        desk.post(GAPS, {"action": act, "_selected_action": [str(gap.pk)], "confirmed": "1"})
        assert KnowledgeGap.objects.get().status == status
    assert "陪我聊天好吗" in desk.get(GAPS).content.decode()


def test_colleagues_read_and_change_nothing(client, lisi, write):
    article, gap = write("怎么注销账号"), gap_note("能做网站备案吗")
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi)
    assert client.get(LIST).status_code == 200
    assert client.get(f"{LIST}{article.pk}/change/").status_code == 200
    assert client.get(f"{GAPS}{gap.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{article.pk}/change/", written(body="改")).status_code == 403
    assert client.post(f"{GAPS}{gap.pk}/change/", {"body": "x"}).status_code == 403
    assert client.get(f"{LIST}import/").status_code == 403
