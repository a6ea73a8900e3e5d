"""What the company knows: articles, how people ask for them, and what nobody could answer."""

from django.conf import settings
from django.db import models

from tickets.models.assistant.session import AssistantTurn


class ArticleStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    ARCHIVED = "archived", "已下线"


class KnowledgeArticle(models.Model):
    """One question and its answer. Only published ones are ever shown to a customer.

    `is_public` False: for the team's eyes alone (suggestions in the console).
    """

    title = models.CharField("标准问题", max_length=200)
    body = models.TextField("答案", max_length=5000)
    category = models.CharField("分类", max_length=50, blank=True)
    product = models.CharField("产品", max_length=100, blank=True)
    keywords = models.JSONField("关键词", default=list, blank=True)
    status = models.CharField(
        "状态", max_length=9, choices=ArticleStatus, default=ArticleStatus.DRAFT
    )
    is_public = models.BooleanField("可答复客户", default=True)
    hit_count = models.PositiveIntegerField("命中次数", default=0)
    helpful_count = models.PositiveIntegerField("有用", default=0)
    unhelpful_count = models.PositiveIntegerField("没用", default=0)
    last_hit_at = models.DateTimeField("最近命中", null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="修改人",
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "知识库文章"
        constraints = [models.UniqueConstraint(fields=["title"], name="article_title_unique")]
        indexes = [models.Index(fields=["status", "-hit_count"], name="article_by_hits")]

    def __str__(self) -> str:
        return self.title


class SimilarQuestion(models.Model):
    """Another way to ask for an article."""

    article = models.ForeignKey(
        KnowledgeArticle, models.CASCADE, related_name="questions", verbose_name="文章"
    )
    text = models.CharField("相似问法", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "相似问法"
        constraints = [
            models.UniqueConstraint(fields=["article", "text"], name="similar_question_once")
        ]

    def __str__(self) -> str:
        return self.text


class KnowledgeHit(models.Model):
    """An article that answered somebody, or was used by an agent (`user`)."""

    article = models.ForeignKey(
        KnowledgeArticle, models.CASCADE, related_name="hits", db_index=False, verbose_name="文章"
    )
    turn = models.ForeignKey(
        AssistantTurn, models.SET_NULL, null=True, blank=True, related_name="hits"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    score = models.FloatField("相似度", default=0)
    was_helpful = models.BooleanField("有用", null=True, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "知识命中"
        indexes = [models.Index(fields=["article", "-id"], name="knowledge_hit_by_article")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.pk}"


class GapStatus(models.TextChoices):
    OPEN = "open", "待补充"
    RESOLVED = "resolved", "已补充"
    IGNORED = "ignored", "不需要"


class KnowledgeGap(models.Model):
    """A question without an answer, and how often it came; `key` is its normalised form."""

    key = models.CharField("归一问法", max_length=200, unique=True)
    question = models.CharField("问题", max_length=200)
    count = models.PositiveIntegerField("次数", default=1)
    status = models.CharField("状态", max_length=8, choices=GapStatus, default=GapStatus.OPEN)
    article = models.ForeignKey(
        KnowledgeArticle,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="gaps",
        verbose_name="文章",
    )
    first_asked_at = models.DateTimeField("首次出现", auto_now_add=True)
    last_asked_at = models.DateTimeField("最近出现")

    class Meta:
        verbose_name = verbose_name_plural = "知识缺口"
        indexes = [models.Index(fields=["status", "-count"], name="knowledge_gap_by_count")]

    def __str__(self) -> str:
        return self.question
