"""A question finds its article, whatever words people have for it."""

import pytest

from config.runtime import store
from tests.factories import actor
from tickets.assistant.knowledge import index
from tickets.assistant.knowledge.articles import article_delete, article_edit
from tickets.assistant.knowledge.search import answers, articles_for
from tickets.models import KnowledgeArticle

pytestmark = pytest.mark.django_db

# None of these stands among the articles' own questions.
ASKED = [
    ("你好，我想问一下发票怎么开啊", "怎么开具发票"),
    ("可以开增值税专用发票吗", "怎么开具发票"),
    ("我的密码忘记了，进不去系统", "忘记登录密码怎么办"),
    ("如何重设密码", "忘记登录密码怎么办"),
    ("换了手机号咋改绑定", "怎么修改绑定的手机号"),
    ("怎么给新来的同事加个账号呀", "怎么添加团队成员和设置权限"),
    ("验证码一直收不到咋回事", "收不到短信验证码怎么办"),
    ("税号写错了发票能重开不", "发票抬头或税号填错了怎么改"),
    ("我买错了，可以退钱吗", "怎么申请退款"),
    ("云服务器一个月多少钱", "云服务器怎么收费"),
    ("能给个试用账号吗", "可以免费试用吗"),
    ("可以装在我们自己机房吗，私有化那种", "支持私有化部署吗"),
    ("我的服务器连不上了,很急", "服务器连不上怎么排查"),
    ("ssh 连接超时连不上", "服务器连不上怎么排查"),
    ("公司网站突然打不开了", "网站打不开怎么办"),
    ("服务器卡死了慢得要命", "服务器很慢怎么办"),
    ("磁盘空间不够了想加一点", "磁盘满了怎么扩容"),
    ("ＨＴＴＰＳ证书怎么申请", "怎么申请和安装 SSL 证书"),
    ("数据误删了还能恢复吗", "怎么备份和恢复数据"),
    ("服务器快到期了在哪里续费", "怎么续费"),
    ("8080端口怎么开", "安全组和端口怎么开放"),
    ("你们周末上班吗", "客服的工作时间"),
    ("有没有开放的api", "有没有 API 接口"),
]
UNKNOWN = [
    "今天天气不错", "你是机器人吗", "能帮忙做网站备案吗", "支持海外节点吗", "我要投诉你们的销售",
    "收到谢谢", "给我讲个笑话", "数据库主从同步延迟很大", "怎么注销账号", "合同什么时候寄给我",
    "电话打不通", "域名备案要多久", "可以改成英文界面吗", "哈哈哈好的", "中午吃什么",
]  # fmt: skip


@pytest.mark.parametrize(("asked", "title"), ASKED)
def test_a_question_finds_its_article(asked, title, shelf):
    found = articles_for(asked, public_only=True, limit=3)
    assert found[0].article.title == title
    assert [match.score for match in found] == sorted((m.score for m in found), reverse=True)


@pytest.mark.parametrize("asked", UNKNOWN)
def test_what_nobody_wrote_down_is_not_answered(asked, shelf):
    assert [m.article.title for m in articles_for(asked, public_only=True) if answers(m)] == []


def test_the_words_of_an_article_itself_are_sure(shelf):
    assert articles_for("怎么续费？", public_only=True)[0].score == 1.0
    assert articles_for("您好，请问自动续费在哪里设置呢", public_only=True)[0].score == 1.0


@pytest.mark.parametrize(
    "asked", ["", "  ", "？？？", "\x00", "😀", "吗", "a" * 20_000, "发票" * 9000]
)
def test_nothing_breaks_on_what_is_no_question(asked, shelf):
    for match in articles_for(asked, public_only=True):
        assert 0 <= match.score <= 1


def test_what_is_for_the_team_alone_is_not_said_to_customers(shelf):
    asked = "买多点能便宜吗"
    titles = [m.article.title for m in articles_for(asked, public_only=False)]
    assert titles[0] == "内部：大客户折扣怎么报"
    assert titles[0] not in [m.article.title for m in articles_for(asked, public_only=True)]


def test_drafts_and_archived_ones_are_not_found(write, admin):
    article = write("怎么注销账号", status="draft")
    assert articles_for("怎么注销账号", public_only=False) == []
    article_edit(article_id=article.pk, changes={"status": "published"}, actor=actor(admin))
    index.forget()
    assert articles_for("怎么注销账号", public_only=False)[0].article == article
    article_edit(article_id=article.pk, changes={"status": "archived"}, actor=actor(admin))
    # Even before this process has looked again.
    assert articles_for("怎么注销账号", public_only=False) == []


@pytest.mark.django_db(transaction=True)
def test_a_change_is_found_at_once_where_it_was_made(write, admin):
    article = write("怎么注销账号", questions=["怎么销号"])
    assert articles_for("怎么销号", public_only=True)[0].score == 1.0
    article_edit(article_id=article.pk, changes={"questions": ["永久删除帐户"]}, actor=actor(admin))
    assert articles_for("永久删除帐户", public_only=True)[0].score == 1.0
    article_delete(article_id=article.pk, actor=actor(admin))
    assert articles_for("永久删除帐户", public_only=True) == []


def test_the_thresholds_are_settings(shelf):
    asked = "如何重设密码"
    assert answers(articles_for(asked, public_only=True)[0])
    store.change(
        key="assistant.knowledge", value={"answer_score": 0.9, "suggest_score": 0.2}, actor=None
    )
    store.forget_snapshot()
    assert not answers(articles_for(asked, public_only=True)[0])
    store.change(key="assistant.knowledge", value={"suggest_score": 0.95}, actor=None)
    store.forget_snapshot()
    assert articles_for(asked, public_only=True) == []


def test_a_search_is_one_query_however_many_articles(
    shelf, settings_read_once, django_assert_num_queries
):
    KnowledgeArticle.objects.bulk_create(
        KnowledgeArticle(
            title=f"第{n}种报错怎么处理", body=f"按第{n}条说明处理。", status="published"
        )
        for n in range(300)
    )
    index.forget()
    articles_for("报错怎么处理", public_only=True, limit=10)
    with django_assert_num_queries(1):
        assert len(articles_for("报错怎么处理", public_only=True, limit=10)) == 10
