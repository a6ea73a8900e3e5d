"""Forms whose changes go through actions, which may refuse them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from config.errors import AppError


class RefusalsSaid(ModelAdmin):
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """What an action refuses is said, and nothing of it is kept."""
        try:
            page: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except AppError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(request.get_full_path())
        return page
