"""`/bind/`: a customer of an entry proves a phone by a code (contract.md §9).

The signed link says whom it is about; what is typed never does. The same words whether anybody
knows the number or not.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views import View

from config.api.client_address import client_address
from config.errors import AppError
from customers import phones
from messaging.phone_codes.actions import code_check, code_request
from tickets.chat.entries.binding import address_bind
from tickets.customer_side.answers import say_when, sealed, see_other, status_of, wants_json
from tickets.customer_side.limits import take_try
from wechat.binding.links import OFFICIAL, Place, opened
from wechat.binding.present import phone_at
from wechat.official.oauth import openid_of

PURPOSE = "bind"
RESEND_SECONDS = 60
SENT = "验证码已发送，请查看短信；5 分钟内有效"
_WORDS = {"max_length": "最多 %(limit_value)d 个字"}


class PhoneForm(forms.Form):
    phone = forms.CharField(max_length=30, error_messages={**_WORDS, "required": "请填写手机号"})


class CodeForm(PhoneForm):
    code = forms.CharField(max_length=20, error_messages={**_WORDS, "required": "请填写验证码"})


class BindPage(View):
    """`act=code` sends a code; `act=bind` binds with it, and shows that it is done."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        place = _place(request)
        if place is None:
            return sealed(render(request, "wechat/bind_gone.html", status=404))
        return super().dispatch(request, place, *args, **kwargs)

    def get(self, request: HttpRequest, place: Place) -> HttpResponse:
        if phone := phone_at(place):
            shown = {"phone": phones.mask(phone), "is_new": "done" in request.GET}
            return sealed(render(request, "wechat/bind_done.html", shown))
        return _form(request)

    def post(self, request: HttpRequest, place: Place) -> HttpResponseBase:
        is_code = request.POST.get("act") == "code"
        form = (PhoneForm if is_code else CodeForm)(request.POST)
        if not form.is_valid():
            errors = {name: str(messages[0]) for name, messages in form.errors.items()}
            return _refused(request, errors=errors)
        words = form.cleaned_data
        try:
            if is_code:
                return _send_code(request, words["phone"])
            _bind(request, place, words["phone"], words["code"])
        except AppError as error:
            return _refused(request, error=error)
        query = request.GET.copy()
        query["done"] = "1"
        return see_other(f"{request.path}?{query.urlencode()}")


def _place(request: HttpRequest) -> Place | None:
    """By the signed link, else by the openid that this browser has proved.

    Where both are known they must be one: a link that was passed on binds nobody else's phone.
    """
    proved = openid_of(request)
    if "t" not in request.GET:
        return Place(OFFICIAL, proved) if proved else None
    place = opened(request.GET["t"])
    if place is not None and place.entry == OFFICIAL and proved not in ("", place.address):
        return None
    return place


def _send_code(request: HttpRequest, phone: str) -> HttpResponseBase:
    code_request(phone=phone, purpose=PURPOSE, address=client_address(request))
    if wants_json(request):
        return JsonResponse({"detail": SENT, "wait": RESEND_SECONDS})
    return _form(request, notice=SENT)


def _bind(request: HttpRequest, place: Place, phone: str, code: str) -> None:
    take_try(client_address(request))
    number = phones.normalize(phone)
    # By itself: a wrong try counts even when nothing comes of the rest.
    code_check(phone=number, purpose=PURPOSE, code=code)
    address_bind(entry=place.entry, address=place.address, phone=number)


def _refused(
    request: HttpRequest, *, errors: dict[str, str] | None = None, error: AppError | None = None
) -> HttpResponseBase:
    shown, banner, status = errors or {}, "", 400
    if error is not None:
        field = error.attr if error.attr in ("phone", "code") else ""
        shown = {field: error.detail} if field else {}
        banner, status = ("" if field else error.detail), status_of(error)
    response: HttpResponse
    if wants_json(request):
        wait = getattr(error, "wait_seconds", 0)
        response = JsonResponse({"errors": shown, "error": banner, "wait": wait}, status=status)
    else:
        response = _form(request, errors=shown, error=banner, status=status)
    say_when(response, error)
    return response


def _form(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "typed": request.POST.dict(),
        "errors": {},
        "error": "",
        "notice": "",
        "resend_seconds": RESEND_SECONDS,
        **shown,
    }
    return sealed(render(request, "wechat/bind.html", context, status=status))
