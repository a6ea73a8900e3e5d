"""The account's menu: kept as the runtime setting `wechat.menu`, published when it differs.

Pages of our own are written as `/chat/`: a tap opens them through the login of WeChat's browser.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache

from config.errors import InvalidInputError
from config.runtime import store
from wechat.client.blocking import BlockingOfficialClient, PlatformRefusal
from wechat.client.official import configured_account

SETTING = "wechat.menu"
NO_MENU = 46003
# How the last publication ended, for whoever asked in the admin.
OUTCOME = "wechat.menu.outcome"
OUTCOME_SECONDS = 7 * 86_400
NAME_BYTES, NAME_UNDER_BYTES = 16, 60
_LEAF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "name"],
    "properties": {
        "type": {"enum": ["click", "view"]},
        "name": {"type": "string", "minLength": 1},
        "key": {"type": "string", "minLength": 1, "maxLength": 128},
        "url": {"type": "string", "pattern": r"^(https?://|/)\S*$", "maxLength": 700},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["button"],
    "properties": {
        "button": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "anyOf": [
                    _LEAF,
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["name", "sub_button"],
                        "properties": {
                            "name": {"type": "string", "minLength": 1},
                            "sub_button": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 5,
                                "items": _LEAF,
                            },
                        },
                    },
                ]
            },
        }
    },
}
DEFAULT: dict[str, Any] = {
    "button": [
        {
            "name": "我的服务",
            "sub_button": [
                {"type": "click", "name": "进度查询", "key": "progress"},
                {"type": "click", "name": "提交问题", "key": "submit"},
                {"type": "click", "name": "绑定手机", "key": "bind"},
            ],
        },
        {"type": "click", "name": "人工客服", "key": "human"},
        {"type": "view", "name": "网页会话", "url": "/chat/"},
    ]
}


@dataclass(frozen=True)
class Published:
    is_changed: bool
    buttons: int


def check(value: Any) -> None:
    """What JSON Schema cannot say: lengths in bytes, and that a button has what its kind needs."""
    for place, button in enumerate(value["button"]):
        under = button.get("sub_button")
        _check(button, NAME_BYTES, f"value.button.{place}", is_leaf=under is None)
        for number, leaf in enumerate(under or []):
            _check(leaf, NAME_UNDER_BYTES, f"value.button.{place}.sub_button.{number}")


def menu_publish() -> Published:
    """Publishes the menu unless it stands there already. Raises `PlatformRefusal`; calls the platform."""
    wanted = {"button": [_written(button) for button in store.get(SETTING)["button"]]}
    with BlockingOfficialClient(configured_account()) as client:
        is_changed = _standing(client) != _compared(wanted)
        if is_changed:
            client.post("menu/create", wanted)
    return Published(is_changed, len(wanted["button"]))


def publish_and_remember() -> str:
    """`menu_publish` for those who ask later; in words."""
    try:
        published = menu_publish()
        words = "菜单已发布" if published.is_changed else "公众号上的菜单已是最新，无需发布"
    except PlatformRefusal as refusal:
        words = f"菜单发布失败：{refusal}"
    cache.set(OUTCOME, words, OUTCOME_SECONDS)
    return words


def _standing(client: BlockingOfficialClient) -> Any:
    try:
        answer = client.get("menu/get")
    except PlatformRefusal as refusal:
        if refusal.errcode == NO_MENU:
            return None
        raise
    return _compared(answer.get("menu"))


def _compared(menu: Any) -> Any:
    """Both ways of writing one menu as the same: the platform adds empty `sub_button`s."""
    if isinstance(menu, dict):
        kept = {key: _compared(value) for key, value in menu.items() if key != "menuid"}
        return {key: value for key, value in kept.items() if value != []}
    return [_compared(one) for one in menu] if isinstance(menu, list) else menu


def _written(button: dict[str, Any]) -> dict[str, Any]:
    if "sub_button" in button:
        return {**button, "sub_button": [_written(leaf) for leaf in button["sub_button"]]}
    url = str(button.get("url", ""))
    return {**button, "url": page_address(url)} if url.startswith("/") else dict(button)


def page_address(path: str) -> str:
    """A page of ours as WeChat opens it: whoever taps is known there."""
    return f"{settings.APP_DOMAIN}/wechat/oauth/start?{urlencode({'next': path})}"


def _check(button: dict[str, Any], most: int, attr: str, *, is_leaf: bool = True) -> None:
    if len(button["name"].encode()) > most:
        raise InvalidInputError(f"名称最多 {most} 字节（汉字每个 3 字节）", attr=f"{attr}.name")
    if not is_leaf:
        return
    needed = "url" if button["type"] == "view" else "key"
    if needed not in button:
        raise InvalidInputError(f"{button['type']} 按钮需要 {needed}", attr=f"{attr}.{needed}")
