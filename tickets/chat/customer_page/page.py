"""`/chat/`: a customer talks to somebody (contract.md §9).

Who they are is what the API will find (`customers.api.customer_side`): a customer's session, else
the visitor's cookie. Nobody is nobody until they start; the page's script asks for JSON.
"""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views import View

from config.api.client_address import client_address
from config.api.roles import Role
from config.errors import AppError, ConflictError, InvalidInputError
from customers import phones
from customers.models import Customer, User
from customers.visitors.cookie import (
    forget_visitor,
    logged_in_customer,
    remember_visitor,
    visitor_of,
)
from messaging.phone_codes.actions import code_check, code_request
from tickets.chat.customer_page import guests
from tickets.chat.customer_page.forms import TRAP, CodeAskedForm, PhoneForm, StartForm
from tickets.chat.customer_page.settings import page_words
from tickets.customer_side.answers import (
    link_gone,
    say_when,
    sealed,
    see_other,
    status_of,
    wants_json,
)
from tickets.customer_side.limits import take_try
from tickets.customer_side.links import Audience, token_of
from tickets.models import Ticket

PURPOSE = "chat"
HOME = "/chat/"
SENT = "验证码已发送，请查看短信；5 分钟内有效"
RESEND_SECONDS = 60


def customer_at(request: HttpRequest) -> Customer | None:
    """Who this browser is at the API's customer side."""
    return logged_in_customer(request.user) or visitor_of(request.COOKIES)


class ChatPage(View):
    """The chat of whoever is known, else the short form to start."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request)


class FormPage(View):
    """A form of the page: refused in JSON for its script, on the page for a plain form."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return see_other(HOME)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.act(request)
        except AppError as error:
            return _refused(request, error)

    def act(self, request: HttpRequest) -> HttpResponseBase:
        raise NotImplementedError


class StartPage(FormPage):
    """`act=code` sends a code; `act=start` begins, with the code where a phone is given."""

    def act(self, request: HttpRequest) -> HttpResponseBase:
        if request.POST.get("act") == "code":
            return _send_code(request)
        known = customer_at(request)
        if known is not None:
            # A second press of the button is no second guest. A login is not made a cookie of:
            # that would outlive the logout.
            return _answered(request, see_other(HOME))
        words = _valid(StartForm(request.POST))
        if request.POST.get(TRAP):
            raise InvalidInputError("提交失败，请刷新页面后重试")
        if not words["phone"]:
            customer = guests.guest_start(name=words["name"], address=client_address(request))
        else:
            phone = _proved(request, words["phone"], words["code"])
            customer = guests.known_start(name=words["name"], phone=phone)
        return _begun(request, customer)


class PhonePage(FormPage):
    """A guest says which phone is theirs: `act=code`, then `act=bind`."""

    def act(self, request: HttpRequest) -> HttpResponseBase:
        if request.POST.get("act") == "code":
            return _send_code(request)
        guest = visitor_of(request.COOKIES)
        if guest is None or logged_in_customer(request.user) is not None:
            raise ConflictError("请先开始咨询")
        words = _valid(PhoneForm(request.POST))
        phone = _proved(request, words["phone"], words["code"])
        return _begun(request, guests.phone_prove(guest=guest, phone=phone))


class TicketPage(View):
    """The secure page of one of the customer's own tickets, such as the one a chat became."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_at(request)
        ticket = Ticket.objects.filter(pk=pk, customer=customer).first() if customer else None
        if ticket is None:
            return link_gone(request)
        return see_other(f"/t/{token_of(ticket, Audience.CUSTOMER)}")


class LeavePage(FormPage):
    """This browser is nobody again; the chat itself stays as it is."""

    def act(self, request: HttpRequest) -> HttpResponseBase:
        response = _answered(request, see_other(HOME))
        forget_visitor(response)
        user = request.user
        if isinstance(user, User) and user.role == Role.CUSTOMER:
            logout(request)
        return response


def _send_code(request: HttpRequest) -> HttpResponseBase:
    words = _valid(CodeAskedForm(request.POST))
    code_request(phone=words["phone"], purpose=PURPOSE, address=client_address(request))
    if wants_json(request):
        return JsonResponse({"detail": SENT, "wait": RESEND_SECONDS})
    return _page(request, typed=request.POST.dict(), notice=SENT)


def _proved(request: HttpRequest, phone: str, code: str) -> str:
    """The phone in E.164. Raises `InvalidInputError`, `TooOftenError`."""
    if not code:
        raise InvalidInputError("请填写短信验证码；不想验证可以留空手机号", attr="code")
    take_try(client_address(request))
    number = phones.normalize(phone)
    code_check(phone=number, purpose=PURPOSE, code=code)
    return number


def _begun(request: HttpRequest, customer: Customer) -> HttpResponseBase:
    response = _answered(request, see_other(HOME))
    remember_visitor(response, customer)
    return response


def _answered(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    return JsonResponse({"url": HOME}) if wants_json(request) else page


class _Wrong(AppError):
    """Fields that the form itself refuses."""

    code = "invalid"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("请检查填写的内容")
        self.errors = errors


def _valid(form: Any) -> dict[str, str]:
    if not form.is_valid():
        raise _Wrong({name: str(messages[0]) for name, messages in form.errors.items()})
    words: dict[str, str] = form.cleaned_data
    return words


def _refused(request: HttpRequest, error: AppError) -> HttpResponseBase:
    errors = error.errors if isinstance(error, _Wrong) else {}
    if error.attr in ("name", "phone", "code"):
        errors = {error.attr: error.detail}
    banner = "" if errors else error.detail
    status = status_of(error)
    response: HttpResponse
    if wants_json(request):
        wait = getattr(error, "wait_seconds", 0)
        response = JsonResponse({"errors": errors, "error": banner, "wait": wait}, status=status)
    else:
        response = _page(
            request, typed=request.POST.dict(), errors=errors, error=banner, status=status
        )
    say_when(response, error)
    return response


def _page(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    customer = customer_at(request)
    context: dict[str, Any] = {
        "words": page_words(),
        "trap": TRAP,
        "resend_seconds": RESEND_SECONDS,
        "typed": {},
        "errors": {},
        "error": "",
        "notice": "",
        **shown,
    }
    name = "chat/start.html"
    if customer is not None:
        context |= {"customer": customer, "is_guest": not customer.phone, "boot": _boot(customer)}
        name = "chat/chat.html"
    return sealed(render(request, name, context, status=status))


def _boot(customer: Customer) -> dict[str, Any]:
    """What the script needs before it asks the API for anything."""
    return {"customer_id": customer.pk, "name": customer.name, "words": page_words()}
