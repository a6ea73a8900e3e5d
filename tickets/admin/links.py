"""A ticket's secure links in the admin: one for the customer, and taking all of them back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import action

from config.errors import AppError
from customers.actors import Entry, actor_for
from customers.models import User
from tickets.customer_side.actions import customer_link, links_revoke
from tickets.customer_side.links import Audience, lifetime
from tickets.queries.tickets import tickets_for


class SecureLinks(ModelAdmin):
    """For the ticket's admin to inherit from: a button, and the page behind it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.links_view)
        return [path("<int:pk>/links/", view, name="tickets_ticket_links"), *super().get_urls()]

    @action(description="安全链接与客户链接", icon="share", permissions=["change"])
    def secure_links(self, request: HttpRequest, object_id: str) -> HttpResponse:
        ticket = self.get_object(request, object_id)
        if ticket is None:
            raise Http404
        return redirect("admin:tickets_ticket_links", ticket.pk)

    def links_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows what can be given out; both acts are POSTs, since neither is harmless."""
        assert isinstance(request.user, User)
        actor = actor_for(request.user, Entry.ADMIN)
        ticket = get_object_or_404(tickets_for(actor), pk=min(pk, 2**63 - 1))
        if not self.has_change_permission(request, ticket):
            raise PermissionDenied
        context: dict[str, Any] = {
            **admin.site.each_context(request),
            "title": f"工单 #{ticket.pk} 的安全链接",
            "ticket": ticket,
            "opts": self.opts,
            "customer_hours": int(lifetime(Audience.CUSTOMER).total_seconds() // 3600),
        }
        try:
            if request.method == "POST" and "revoke" in request.POST:
                links_revoke(ticket_id=pk, actor=actor)
                messages.success(request, "此前发出的全部安全链接已失效")
                return redirect("admin:tickets_ticket_links", pk)
            if request.method == "POST":
                context["link"] = customer_link(ticket_id=pk, actor=actor)
        except AppError as error:
            messages.error(request, error.detail)
        response = render(request, "admin/tickets/links.html", context)
        response["Cache-Control"] = "no-store"
        return response
