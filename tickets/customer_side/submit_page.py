"""`/submit/`: a customer reports a problem: the phone first, then the words (contract.md §9).

A plain form; the page's script asks for JSON at the same address, to show progress and to keep what
was chosen. Whether anybody knows the phone is never told.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views import View

from config.api.client_address import client_address
from config.errors import AppError, InvalidInputError
from customers import phones
from messaging.phone_codes.actions import code_check, code_request
from tickets.customer_side import limits, pictures, proof
from tickets.customer_side.answers import say_when, sealed, see_other, status_of, wants_json
from tickets.customer_side.forms import (
    OTHER,
    TRAP,
    WORDS,
    CodeForm,
    PhoneForm,
    ProblemForm,
    known_products,
    with_product,
)
from tickets.customer_side.links import Audience, token_of
from tickets.customer_side.once import new_token, once
from tickets.customer_side.submission import problem_submit
from tickets.models import Ticket

SENT = "验证码已发送，请查看短信；5 分钟内有效"
RESEND_SECONDS = 60
PROVE_AGAIN = "请先验证手机号；您填写的内容已保留，图片需要重新选择"


@dataclass
class Shown:
    """What the page says beside the form itself."""

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""
    notice: str = ""
    status: int = 200


class SubmitPage(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        begun = with_product(request.GET.get("product", ""))
        return _page(request, Shown(typed=begun), phone=proof.proved_phone(request))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        acts = {"code": _send, "confirm": _confirm, "report": _report, "change": _change}
        act = acts.get(request.POST.get("act", ""), _confirm)
        try:
            return act(request)
        except AppError as error:
            return _refused(request, error)


def _send(request: HttpRequest) -> HttpResponseBase:
    """Sends a code to the phone."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _wrong(request, form)
    code_request(
        phone=form.cleaned_data["phone"], purpose=proof.PURPOSE, address=client_address(request)
    )
    if wants_json(request):
        return JsonResponse({"detail": SENT, "wait": RESEND_SECONDS})
    return _page(request, Shown(typed=_typed(request), notice=SENT), phone="")


def _confirm(request: HttpRequest) -> HttpResponseBase:
    """The code is right: the second step, with the words that were typed before, if any."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _wrong(request, form)
    limits.take_try(client_address(request))
    phone = phones.normalize(form.cleaned_data["phone"])
    code_check(phone=phone, purpose=proof.PURPOSE, code=form.cleaned_data["code"])
    response: HttpResponse
    if any(request.POST.get(name) for name in WORDS):
        response = _page(request, Shown(typed=_typed(request)), phone=phone)
    else:
        response = see_other(request.get_full_path())
    proof.remember(response, phone)
    return response


def _report(request: HttpRequest) -> HttpResponseBase:
    """The ticket, and its page; the same form again leads to the same ticket."""
    phone = proof.proved_phone(request)
    if not phone:
        if wants_json(request):
            return JsonResponse({"error": PROVE_AGAIN, "again": True}, status=401)
        return _page(request, Shown(typed=_typed(request), error=PROVE_AGAIN, status=401), phone="")
    form = ProblemForm(request.POST)
    if not form.is_valid():
        return _wrong(request, form)
    if request.POST.get(TRAP):
        raise InvalidInputError("提交失败，请刷新页面后重试")
    chosen = [item for item in request.FILES.getlist("pictures") if isinstance(item, UploadedFile)]
    pictures.check(chosen)
    problem = form.problem

    def make() -> int:
        limits.take_submission(client_address(request))
        return problem_submit(phone=phone, problem=problem, pictures=chosen).pk

    ticket_id, _ = once([request.POST.get("token", ""), phone, *problem.words], make)
    url = f"/t/{token_of(Ticket.objects.get(pk=ticket_id), Audience.CUSTOMER)}?new=1"
    return JsonResponse({"url": url}) if wants_json(request) else see_other(url)


def _change(request: HttpRequest) -> HttpResponseBase:
    """Another phone."""
    response = see_other(request.get_full_path())
    proof.forget(response)
    return response


def _wrong(request: HttpRequest, form: Any) -> HttpResponseBase:
    """Each wrong field with its reason."""
    errors = {name: str(messages[0]) for name, messages in form.errors.items()}
    return _answer(request, Shown(_typed(request), errors=errors, status=400))


def _refused(request: HttpRequest, error: AppError) -> HttpResponseBase:
    """What an act refused, beside its field or above the form."""
    name = {"customer_name": "name"}.get(error.attr or "", error.attr or "")
    shown = Shown(_typed(request), status=status_of(error))
    if name in (*WORDS, "phone", "code", "pictures"):
        shown.errors[name] = error.detail
    else:
        shown.error = error.detail
    response = _answer(request, shown, wait=getattr(error, "wait_seconds", 0))
    say_when(response, error)
    return response


def _answer(request: HttpRequest, shown: Shown, *, wait: int = 0) -> HttpResponseBase:
    if wants_json(request):
        body = {"errors": shown.errors, "error": shown.error, "wait": wait}
        return JsonResponse(body, status=shown.status)
    is_second = request.POST.get("act") == "report"
    return _page(request, shown, phone=proof.proved_phone(request) if is_second else "")


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: request.POST[name] for name in ("phone", *WORDS) if request.POST.get(name)}


def _page(request: HttpRequest, shown: Shown, *, phone: str) -> HttpResponse:
    """The second step for a proved phone, else the first."""
    context = {
        "shown": shown,
        "typed": shown.typed,
        "errors": shown.errors,
        "products": known_products(),
        "other": OTHER,
        "trap": TRAP,
        "resend_seconds": RESEND_SECONDS,
        "pictures": pictures.LIMITS,
    }
    if phone:
        token = request.POST.get("token") or new_token()
        context |= {"phone": phones.mask(phone), "token": token}
        name = "tickets/submit_problem.html"
    else:
        context["kept"] = {key: value for key, value in shown.typed.items() if key in WORDS}
        name = "tickets/submit_phone.html"
    return sealed(render(request, name, context, status=shown.status))
