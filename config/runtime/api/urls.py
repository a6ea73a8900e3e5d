"""Runtime configuration (contract.md §8)."""

from django.urls import path

from config.runtime.api import entries, processes, whole

urlpatterns = [
    path("config/configs", entries.EntryListView.as_view()),
    path("config/configs/<id:pk>", entries.EntryView.as_view()),
    path("config/configs/<id:pk>/history", entries.HistoryView.as_view()),
    path("config/configs/<id:pk>/rollback", entries.RollbackView.as_view()),
    path("config/configs/<id:pk>/diff", entries.DiffView.as_view()),
    path("config/export", whole.ExportView.as_view()),
    path("config/import", whole.ImportView.as_view()),
    path("config/processes", processes.ProcessesView.as_view()),
    path("admin/config", whole.MappingView.as_view()),
]
