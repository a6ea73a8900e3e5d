"""Lists that answer whatever their address asks for."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from config.errors import InvalidInputError

# The largest key that a table may have; SQLite cannot even be asked for more.
MOST = 2**63 - 1


class SafeLists:
    """What no database can be asked for leads back to the whole list, as Django's refusals do.

    Put under every admin by the site, so that no list can forget it.
    """

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if ERROR_FLAG in request.GET and len(request.GET) > 1:
            # Django shows a bare error page for these; the flag alone shows the list.
            request.GET = QueryDict(f"{ERROR_FLAG}=1")
        page: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return page

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        if any("\x00" in value for _, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        try:
            page = super().get_changelist_instance(request)  # type: ignore[misc]
            # Asked now: in the template it would be too late to refuse.
            len(page.result_list)
        except (ValueError, OverflowError, ValidationError, DataError, InvalidInputError) as error:
            raise IncorrectLookupParameters(error) from error
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """A key that no database can be asked for is nobody's."""
        if "\x00" in object_id:
            return None
        return super().get_object(request, object_id, from_field)  # type: ignore[misc]

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Ticked rows that cannot be keys of this table are no rows."""
        to_python = queryset.model._meta.pk.to_python  # noqa: SLF001  (documented)
        for value in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                key = to_python(value)
                if isinstance(key, int) and abs(key) > MOST:
                    raise OverflowError(key)
            except (ValidationError, ValueError, OverflowError):
                messages.error(request, "所选的行不存在，请刷新后重试")
                return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)  # type: ignore[misc]
