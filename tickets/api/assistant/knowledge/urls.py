"""The assistant's knowledge; no trailing slashes."""

from typing import Any

from django.urls import path

from tickets.api.assistant.knowledge import articles, gaps, suggestions, turns

MANY: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
LIST: dict[str, Any] = {"get": "list"}
ANSWER: dict[str, Any] = {"post": "answer"}
IGNORE: dict[str, Any] = {"post": "ignore"}

urlpatterns = [
    path("ai/knowledge/search", articles.KnowledgeSearchView.as_view()),
    path("ai/knowledge/articles", articles.ArticleViewSet.as_view(MANY)),
    path("ai/knowledge/articles/<id:pk>", articles.ArticleViewSet.as_view(ONE)),
    path("ai/knowledge/articles/<id:pk>/use", articles.ArticleUseView.as_view()),
    path("ai/knowledge/hits/<id:pk>/feedback", articles.HitFeedbackView.as_view()),
    path("ai/knowledge/gaps", gaps.GapViewSet.as_view(LIST)),
    path("ai/knowledge/gaps/<id:pk>/answer", gaps.GapViewSet.as_view(ANSWER)),
    path("ai/knowledge/gaps/<id:pk>/ignore", gaps.GapViewSet.as_view(IGNORE)),
    path("ai/turns", turns.TurnsView.as_view()),
    path("customer-service/chats/<id:pk>/suggestions", suggestions.SuggestionsView.as_view()),
]
