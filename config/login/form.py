"""Login forms of pages: a try too many is said as any other refusal is, with 429."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse

from config.errors import TooOftenError

if TYPE_CHECKING:
    from django.contrib.auth.forms import AuthenticationForm as Base
else:
    Base = object


class CountedForm(Base):
    """For a form whose `clean` asks the authentication backends."""

    wait_seconds = 0

    def clean(self) -> Any:
        try:
            return super().clean()
        except TooOftenError as error:
            self.wait_seconds = error.wait_seconds
            raise ValidationError(error.detail, code=error.code) from None


def answered(response: HttpResponse) -> HttpResponse:
    """The login page as it was rendered, with the status that its form asks for."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    if isinstance(form, CountedForm) and form.wait_seconds:
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response["Retry-After"] = str(form.wait_seconds)
    return response
