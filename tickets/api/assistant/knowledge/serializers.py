"""The knowledge base as JSON."""

from typing import Any

from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from tickets.api.history.serializers import SimilarTicketSerializer
from tickets.assistant.knowledge import articles as rules
from tickets.models import (
    ArticleStatus,
    AssistantTurn,
    GapStatus,
    Intent,
    KnowledgeArticle,
    KnowledgeGap,
    KnowledgeHit,
)

MAX_ID = 2**63 - 1


class ArticleSerializer(serializers.ModelSerializer[KnowledgeArticle]):
    """Read it with its questions prefetched."""

    keywords = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=ArticleStatus.choices)
    questions = serializers.SerializerMethodField(help_text="相似问法")
    updated_by = serializers.CharField(source="updated_by.display_name", default="")

    class Meta:
        model = KnowledgeArticle
        fields = [
            *("id", "title", "body", "category", "product", "keywords", "questions", "status"),
            *("is_public", "hit_count", "helpful_count", "unhelpful_count", "last_hit_at"),
            *("updated_by", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    def get_questions(self, article: KnowledgeArticle) -> list[str]:
        return [question.text for question in article.questions.all()]


def _texts(longest: int, most: int) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=longest), max_length=most, required=False
    )


class ArticleWriteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """`questions` are all other ways to ask; without `status` it stays a draft."""

    title = serializers.CharField(max_length=rules.TITLE_LENGTH)
    body = serializers.CharField(max_length=rules.BODY_LENGTH)
    category = serializers.CharField(max_length=50, required=False, allow_blank=True)
    product = serializers.CharField(max_length=100, required=False, allow_blank=True)
    keywords = _texts(rules.KEYWORD_LENGTH, rules.MOST_KEYWORDS)
    questions = _texts(rules.QUESTION_LENGTH, rules.MOST_QUESTIONS)
    is_public = serializers.BooleanField(required=False, help_text="可答复客户")
    status = serializers.ChoiceField(choices=ArticleStatus.choices, required=False)


class ArticleQuerySerializer(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default="", help_text="标题或答案"
    )
    status = serializers.ChoiceField(choices=ArticleStatus.choices, required=False)
    category = serializers.CharField(max_length=50, required=False)


class KnowledgeQuerySerializer(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=500, help_text="客户的问题")
    public = serializers.BooleanField(required=False, default=False, help_text="只找可答复客户的")
    limit = serializers.IntegerField(required=False, default=5, min_value=1, max_value=20)


class MatchSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="article.pk")
    title = serializers.CharField(source="article.title")
    body = serializers.CharField(source="article.body")
    is_public = serializers.BooleanField(source="article.is_public")
    score = serializers.FloatField(help_text="0–1")


class UseSerializer(CamelCaseInput, serializers.Serializer[Any]):
    score = serializers.FloatField(required=False, default=0, min_value=0, max_value=1)


class KnowledgeHitSerializer(serializers.ModelSerializer[KnowledgeHit]):
    title = serializers.CharField(source="article.title")

    class Meta:
        model = KnowledgeHit
        fields = ["id", "article_id", "title", "score", "was_helpful", "created_at"]
        read_only_fields = fields


class FeedbackSerializer(CamelCaseInput, serializers.Serializer[Any]):
    was_helpful = serializers.BooleanField()


class GapSerializer(serializers.ModelSerializer[KnowledgeGap]):
    status = serializers.ChoiceField(choices=GapStatus.choices)

    class Meta:
        model = KnowledgeGap
        fields = [
            *("id", "question", "count", "status", "article_id"),
            *("first_asked_at", "last_asked_at"),
        ]
        read_only_fields = fields


class GapQuerySerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(
        choices=GapStatus.choices, required=False, default=GapStatus.OPEN
    )


class GapAnswerSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """An article that is there (`article_id`), or a new one's `body`; its title is the question."""

    article_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    title = serializers.CharField(max_length=rules.TITLE_LENGTH, required=False)
    body = serializers.CharField(max_length=rules.BODY_LENGTH, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("article_id" in attrs) == ("body" in attrs):
            raise serializers.ValidationError({"article_id": "请给出 article_id 或 body 其中之一"})
        return attrs


class TurnSerializer(serializers.ModelSerializer[AssistantTurn]):
    """Read it with customer, who corrected it, and hits with their articles."""

    customer = serializers.CharField(source="customer.name", default="")
    hits = KnowledgeHitSerializer(many=True, help_text="答复依据的文章")
    intent_label = serializers.CharField(source="get_intent_display")
    corrected_by = serializers.CharField(source="corrected_by.display_name", default="")
    tried = serializers.ListField(child=serializers.DictField(), help_text="各策略的判断")

    class Meta:
        model = AssistantTurn
        fields = [
            *("id", "entry", "customer_id", "customer", "chat_id", "ticket_id", "text", "reply"),
            *("intent", "intent_label", "confidence", "strategy", "action", "status", "hits"),
            *("tried", "corrected_intent", "corrected_by", "corrected_at", "created_at"),
        ]
        read_only_fields = fields


class TurnQuerySerializer(serializers.Serializer[Any]):
    chat = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, help_text="转入这个会话的"
    )
    customer = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    entry = serializers.CharField(max_length=20, required=False)
    intent = serializers.ChoiceField(choices=Intent.choices, required=False)
    corrected = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="是否更正过"
    )


class CorrectSerializer(serializers.Serializer[Any]):
    intent = serializers.ChoiceField(choices=Intent.choices)


class SuggestedReplySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    shortcut = serializers.CharField()
    title = serializers.CharField()
    content = serializers.CharField()


class SuggestionsSerializer(serializers.Serializer[Any]):
    about = serializers.CharField(help_text="客户最近的话")
    articles = MatchSerializer(many=True)
    tickets = SimilarTicketSerializer(many=True)
    replies = SuggestedReplySerializer(many=True)
