"""What intents are learned from, and the models that were."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.models.assistant.session import AssistantTurn, Intent


class ExampleSplit(models.TextChoices):
    """Held examples are never learned from."""

    TRAIN = "train", "训练"
    HELD = "held", "测试"


class ExampleSource(models.TextChoices):
    BUILT_IN = "built_in", "内置"
    CORRECTION = "correction", "客服更正"
    MANUAL = "manual", "人工录入"


class IntentExample(models.Model):
    """Something a customer might say, and what they want by it."""

    text = models.CharField("例句", max_length=500)
    intent = models.CharField("意图", max_length=12, choices=Intent)
    split = models.CharField("用途", max_length=5, choices=ExampleSplit, default=ExampleSplit.TRAIN)
    source = models.CharField(
        "来源", max_length=10, choices=ExampleSource, default=ExampleSource.MANUAL
    )
    is_active = models.BooleanField("启用", default=True)
    turn = models.ForeignKey(
        AssistantTurn, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "意图例句"
        constraints = [models.UniqueConstraint(fields=["text"], name="intent_example_once")]
        indexes = [models.Index(fields=["split", "intent"], name="intent_example_by_split")]

    def __str__(self) -> str:
        return self.text


class ModelStatus(models.TextChoices):
    CANDIDATE = "candidate", "候选"
    SHADOW = "shadow", "影子运行"
    ACTIVE = "active", "使用中"
    RETIRED = "retired", "已停用"
    FAILED = "failed", "训练失败"


class IntentModel(models.Model):
    """A trained classifier. `weights` is a compressed numpy archive, never a pickle.

    `report`: `accuracy` on the held examples, `labels`, `confusion` (rows are the true intents),
    `per_intent` (precision, recall, count), and of its shadow time `agreement` and `corrected`.
    """

    version = models.PositiveIntegerField("版本", unique=True)
    status = models.CharField(
        "状态", max_length=9, choices=ModelStatus, default=ModelStatus.CANDIDATE
    )
    params = models.JSONField("参数", default=dict, blank=True)
    weights = models.BinaryField("权重", null=True, blank=True)
    example_count = models.PositiveIntegerField("例句数", default=0)
    accuracy = models.FloatField("测试准确率", null=True, blank=True)
    report = models.JSONField("评估", default=dict, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    trained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    trained_at = models.DateTimeField("训练时间", auto_now_add=True)
    activated_at = models.DateTimeField("启用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "意图模型"
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status="active"),
                name="intent_model_one_active",
            ),
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status="shadow"),
                name="intent_model_one_shadow",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"
