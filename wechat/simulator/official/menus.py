"""The account's menu: `menu/create`, `menu/get`, `menu/delete`, and what a phone shows of it."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import PlatformError, ok, platform, platform_object, sandbox_api
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Menu
from wechat.simulator.official.tokens import require_token

MOST_BUTTONS, MOST_UNDER = 3, 5
NAME_BYTES, NAME_BYTES_UNDER = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
NO_MENU = 46003


@platform("POST")
def create(request: HttpRequest) -> HttpResponse:
    """`POST menu/create {button: […]}`: takes the place of the last one."""
    require_token(request)
    buttons = platform_object(request).get("button")

    def publish() -> HttpResponse:
        checked = _checked(buttons, most=MOST_BUTTONS, name_bytes=NAME_BYTES)
        with transaction.atomic():
            Menu.objects.all().delete()
            Menu.objects.create(buttons=checked)
        return ok()

    return misbehave("WECHAT", publish)


@platform("GET")
def get(request: HttpRequest) -> HttpResponse:
    """`GET menu/get`; 46003 where none was published."""
    require_token(request)

    def answer() -> HttpResponse:
        row = Menu.objects.first()
        if row is None:
            raise PlatformError(NO_MENU, "menu no exist")
        return ok(menu={"button": row.buttons})

    return misbehave("WECHAT", answer)


@platform("GET")
def delete(request: HttpRequest) -> HttpResponse:
    """`GET menu/delete`."""
    require_token(request)
    Menu.objects.all().delete()
    return ok()


@sandbox_api("GET")
def shown(request: HttpRequest) -> HttpResponse:
    """What a follower's phone shows: `{"button": […]}`."""
    row = Menu.objects.first()
    return JsonResponse({"button": row.buttons if row else []})


def _checked(buttons: Any, *, most: int, name_bytes: int) -> list[dict[str, Any]]:
    """Raises 40016 (how many), 40018 (name), 40017 (type), 40019 (key), 40020 (url)."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= most:
        raise PlatformError(40016, "invalid button size")
    return [_button(one, is_top=most == MOST_BUTTONS, name_bytes=name_bytes) for one in buttons]


def _button(one: Any, *, is_top: bool, name_bytes: int) -> dict[str, Any]:
    name = one.get("name") if isinstance(one, dict) else None
    if not isinstance(name, str) or not 0 < len(name.encode()) <= name_bytes:
        raise PlatformError(40018, "invalid button name size")
    if is_top and one.get("sub_button"):
        under = _checked(one["sub_button"], most=MOST_UNDER, name_bytes=NAME_BYTES_UNDER)
        return {"name": name, "sub_button": under}
    kind = one.get("type")
    if kind == "click":
        return {"type": kind, "name": name, "key": _text(one, "key", KEY_BYTES, 40019)}
    if kind == "view":
        return {"type": kind, "name": name, "url": _text(one, "url", URL_BYTES, 40020)}
    raise PlatformError(40017, "invalid button type")


def _text(one: dict[str, Any], name: str, most: int, errcode: int) -> str:
    value = one.get(name)
    if not isinstance(value, str) or not 0 < len(value.encode()) <= most:
        raise PlatformError(errcode, f"invalid button {name} size")
    return value
