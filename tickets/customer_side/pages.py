"""The page behind a secure link: one ticket, without a login (contract.md §4).

Whoever has the customer's link reads, answers, rates and reopens; the group card's link only reads,
so that nobody rates their own work. The token in the address is the whole proof and no cookie adds
to it: there is nothing that another site could borrow, and no CSRF token to check.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from config.api.client_address import client_address
from config.errors import AppError, ConflictError, InvalidInputError, NotFoundError
from customers.actors import Actor, Entry, customer_actor
from customers.models import CustomerStatus
from tickets import actions
from tickets.actions.reply import CONTENT_LENGTH
from tickets.customer_side import limits, pictures, timeline
from tickets.customer_side.actions import is_reopenable, ticket_reopen_by_customer
from tickets.customer_side.answers import (
    link_gone,
    say_when,
    sealed,
    see_other,
    status_of,
    wants_json,
)
from tickets.customer_side.links import Audience, opened, token_of
from tickets.customer_side.once import new_token, once
from tickets.models import Ticket, TicketRating
from tickets.relations.attachments import attachment_response, find_attachment
from tickets.states import TicketStatus

RATED = (TicketStatus.RESOLVED, TicketStatus.CLOSED)


@dataclass(frozen=True)
class Visit:
    """An opened link: which ticket, and whether it is the customer who looks."""

    token: str
    ticket: Ticket
    audience: Audience

    @property
    def is_customer(self) -> bool:
        return self.audience is Audience.CUSTOMER

    @property
    def actor(self) -> Actor:
        return customer_actor(self.ticket.customer, Entry.WEB)


@dataclass
class Refusal:
    """What was typed, and why it was not taken."""

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    error: AppError | None = None


class LinkedView(View):
    """A view behind a link; whoever has none that is good gets the page that says so."""

    for_customers_only = False

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        visit = _visit(kwargs.pop("token"))
        if visit is None or (self.for_customers_only and not visit.is_customer):
            return link_gone(request)
        return super().dispatch(request, *args, visit=visit, **kwargs)


class TicketPage(LinkedView):
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, visit: Visit) -> HttpResponse:
        return _page(request, visit, Refusal())


class FilePage(LinkedView):
    """A public file of the ticket."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, visit: Visit, file_id: int) -> HttpResponseBase:
        try:
            found = find_attachment(visit.ticket, file_id, visit.actor)
            response = attachment_response(found, inline=True)
        except NotFoundError:
            return link_gone(request)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response


@method_decorator(csrf_exempt, name="dispatch")
class ActPage(LinkedView):
    """An act of the customer's: done once for each form, then the page again."""

    http_method_names = ["get", "head", "post"]
    for_customers_only = True
    act_name = ""

    def get(self, request: HttpRequest, visit: Visit) -> HttpResponse:
        """A refusal is shown at this address: loaded again, it is the page."""
        return see_other(f"/t/{visit.token}")

    def post(self, request: HttpRequest, visit: Visit) -> HttpResponseBase:
        try:
            limits.take_word(visit.ticket.pk, client_address(request))
            self.act(request, visit)
        except AppError as error:
            return _refused(request, visit, error)
        url = f"/t/{visit.token}?done={self.act_name}"
        return JsonResponse({"url": url}) if wants_json(request) else see_other(url)

    def act(self, request: HttpRequest, visit: Visit) -> None:
        raise NotImplementedError

    def once(self, request: HttpRequest, visit: Visit, act: Callable[[], object]) -> None:
        words = [request.POST.get(name, "") for name in ("token", "content", "reason")]

        def acted() -> int:
            act()
            return visit.ticket.pk

        once([self.act_name, str(visit.ticket.pk), *words], acted)


class ReplyPage(ActPage):
    """Words, pictures, or both."""

    act_name = "reply"

    def act(self, request: HttpRequest, visit: Visit) -> None:
        content = request.POST.get("content", "")
        chosen = _uploads(request)
        pictures.check(chosen)
        self.once(request, visit, partial(_reply, visit, content, chosen))


class RatePage(ActPage):
    act_name = "rate"

    def act(self, request: HttpRequest, visit: Visit) -> None:
        score = request.POST.get("score", "")
        if score not in ("1", "2", "3", "4", "5"):
            raise InvalidInputError("请选择 1 到 5 星", attr="score")
        actions.ticket_rate(
            ticket_id=visit.ticket.pk,
            score=int(score),
            comment=_text(request, "comment"),
            actor=visit.actor,
        )


class ReopenPage(ActPage):
    act_name = "reopen"

    def act(self, request: HttpRequest, visit: Visit) -> None:
        reason = _text(request, "reason")
        self.once(
            request,
            visit,
            partial(
                ticket_reopen_by_customer,
                ticket_id=visit.ticket.pk,
                reason=reason,
                actor=visit.actor,
            ),
        )


def _visit(token: str) -> Visit | None:
    link = opened(token)
    if link is None:
        return None
    tickets = Ticket.objects.select_related("customer", "assignee", "merged_into")
    ticket = tickets.filter(pk=link.ticket_id, link_epoch=link.epoch).first()
    if ticket is None:
        return None
    gone = ticket.customer.status == CustomerStatus.DELETED
    if gone and link.audience is Audience.CUSTOMER:
        return None
    return Visit(token, ticket, link.audience)


@transaction.atomic
def _reply(visit: Visit, content: str, chosen: list["UploadedFile[Any]"]) -> None:
    if not takes_words(visit.ticket):
        raise ConflictError("工单已结束，不能再回复；如需继续请提交新的问题")
    content = content.replace("\x00", "").strip()
    if content or not chosen:
        actions.ticket_reply(ticket_id=visit.ticket.pk, content=content, actor=visit.actor)
    pictures.pictures_add(visit.ticket, chosen, visit.actor)


def takes_words(ticket: Ticket) -> bool:
    """Whether the customer may still say something to it."""
    return ticket.is_open or ticket.status == TicketStatus.RESOLVED


def _uploads(request: HttpRequest) -> list["UploadedFile[Any]"]:
    return [item for item in request.FILES.getlist("pictures") if isinstance(item, UploadedFile)]


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()


def _refused(request: HttpRequest, visit: Visit, error: AppError) -> HttpResponseBase:
    names = ("content", "pictures", "score", "comment", "reason")
    at_a_field = error.attr in names
    refusal = Refusal(
        typed={name: request.POST.get(name, "") for name in names},
        errors={error.attr: error.detail} if at_a_field and error.attr else {},
        error=None if at_a_field else error,
    )
    response: HttpResponse
    if wants_json(request):
        body = {"errors": refusal.errors, "error": "" if at_a_field else error.detail}
        response = JsonResponse(body)
    else:
        visit.ticket.refresh_from_db()
        response = _page(request, visit, refusal)
    response.status_code = status_of(error)
    say_when(response, error)
    return response


def _page(request: HttpRequest, visit: Visit, refusal: Refusal) -> HttpResponse:
    ticket = visit.ticket
    customers_own = _for_customers(ticket) if visit.is_customer else {}
    context = {
        "visit": visit,
        "ticket": ticket,
        "steps": timeline.steps(ticket),
        "saying": timeline.saying(ticket, is_rated=customers_own.get("rating") is not None),
        "lines": timeline.entries(ticket),
        "merged_token": _merged_token(visit),
        "refusal": refusal,
        "typed": refusal.typed,
        "errors": refusal.errors,
        "is_new": "new" in request.GET,
        "done": request.GET.get("done", ""),
        **customers_own,
    }
    return sealed(render(request, "tickets/ticket.html", context), referrer="no-referrer")


def _for_customers(ticket: Ticket) -> dict[str, object]:
    is_merged = ticket.merged_into_id is not None
    is_rateable = ticket.status in RATED and not is_merged
    rating: TicketRating | None = None
    if is_rateable:
        rating = ticket.ratings.filter(cycle=ticket.cycle).first()
    return {
        "form_token": new_token(),
        "takes_words": takes_words(ticket) and not is_merged,
        "is_rateable": is_rateable,
        "rating": rating,
        "is_reopenable": is_reopenable(ticket) and not is_merged,
        "content_length": CONTENT_LENGTH,
        "pictures": pictures.LIMITS,
        "stars": [(5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意")],
    }


def _merged_token(visit: Visit) -> str:
    """Where it goes on, for whoever looks; only within the same customer."""
    other = visit.ticket.merged_into
    if other is None or other.customer_id != visit.ticket.customer_id:
        return ""
    return token_of(other, visit.audience)
