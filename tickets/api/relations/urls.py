"""Merges, links, watchers, ratings, attachments (contract.md §4)."""

from django.urls import path

from tickets.api.relations import views
from tickets.api.relations.attachments import AttachmentsView, AttachmentView

urlpatterns = [
    path("tickets/<id:pk>/merge", views.MergeView.as_view()),
    path("tickets/<id:pk>/links", views.LinksView.as_view()),
    path("tickets/<id:pk>/watch", views.WatchView.as_view()),
    path("tickets/<id:pk>/watchers", views.WatchersView.as_view()),
    path("tickets/<id:pk>/rate", views.RateView.as_view()),
    path("tickets/<id:pk>/ratings", views.RatingsView.as_view()),
    path("tickets/<id:pk>/attachments", AttachmentsView.as_view()),
    path("tickets/<id:pk>/attachments/<id:attachment_id>", AttachmentView.as_view()),
]
