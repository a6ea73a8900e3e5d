"""The site itself. What must hold for every list and form is put under each as it is registered."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin as DjangoModelAdmin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from config.admin_look.navigation.serving import found_in_navigation
from config.admin_site.forms import SafeForms
from config.admin_site.labels import readable
from config.admin_site.lists import SafeLists
from config.admin_site.logged import LoggedChanges
from config.api.roles import Role
from config.login.form import CountedForm, answered

MOST_FOUND = 20


class TeamLoginForm(CountedForm, AuthenticationForm):
    """A customer's login is refused as a wrong password is, whatever is ticked on it."""

    def confirm_login_allowed(self, user: Any) -> None:
        AdminAuthenticationForm.confirm_login_allowed(self, user)
        if getattr(user, "role", None) == Role.CUSTOMER:
            raise ValidationError(
                self.error_messages["invalid_login"],
                code="invalid_login",
                params={"username": self.username_field.verbose_name},
            )


class OperatorsSite(UnfoldAdminSite):
    login_form = TeamLoginForm
    index_title = "今日"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Deleting many rows asks first, and only where deleting is our way: `config/admin_acts`.
        self.disable_action("delete_selected")

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: "type[DjangoModelAdmin[Any]] | None" = None,
        **options: Any,
    ) -> None:
        models = (
            [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        )
        for model in models:
            super().register(model, _with_house_rules(admin_class or ModelAdmin), **options)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return answered(super().login(request, extra_context))

    def has_permission(self, request: HttpRequest) -> bool:
        """Customers never get in, whatever is ticked on their login."""
        is_customer = getattr(request.user, "role", None) == Role.CUSTOMER
        return not is_customer and bool(super().has_permission(request))

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Finds pages of the navigation, among those that somebody may open."""
        words = request.GET.get("s", "").strip().lower()
        if not words:
            return HttpResponse()
        found = found_in_navigation(request, words)[:MOST_FOUND]
        return TemplateResponse(request, "admin/navigation_found.html", {"found": found})


def _with_house_rules(own: "type[DjangoModelAdmin[Any]]") -> "type[DjangoModelAdmin[Any]]":
    class Prepared(SafeLists, SafeForms, LoggedChanges, own):  # type: ignore[misc, valid-type]
        pass

    Prepared.__name__, Prepared.__qualname__ = own.__name__, own.__qualname__
    Prepared.__module__, Prepared.__doc__ = own.__module__, own.__doc__
    for name in dir(own):
        method = getattr(own, name, None)
        if callable(method) and getattr(method, "label", None):
            setattr(Prepared, name, readable(method))
    return Prepared
