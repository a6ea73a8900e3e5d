"""Are our callback addresses heard from outside, and has the platform ever called?

The doctor calls them as the platform does: with a signed, sealed echo that must come back in plain
text within a second. So it also finds a process that runs with other keys than these.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests
from django.conf import settings
from django.utils import timezone

from config.diagnosis import Finding, good, odd, register, wrong
from wechat.callbacks import crypto
from wechat.callbacks.crypto import CallbackKeys
from wechat.diagnosis import app, asking, official, robot
from wechat.models import Callback, CallbackSource

SECONDS = 5
# What the platform waits at most when a URL is saved (wechat-protocol.md §0.5).
VERIFIED_WITHIN = 1.0


@dataclass(frozen=True)
class Address:
    step: int
    name: str
    path: str
    source: CallbackSource
    settings: tuple[str, ...]
    keys: Callable[[], CallbackKeys]
    is_sealed: bool = True

    @property
    def url(self) -> str:
        return f"{settings.APP_DOMAIN}{self.path}"


ADDRESSES = (
    Address(
        1,
        "企业微信应用",
        "/api/wechat/work-message",
        CallbackSource.WECOM_APP,
        app.SETTINGS,
        crypto.app_keys,
    ),
    Address(
        2,
        "智能机器人",
        "/api/wechat/aibot",
        CallbackSource.AIBOT,
        robot.SETTINGS,
        crypto.aibot_keys,
    ),
    Address(
        7,
        "公众号",
        "/api/wechat/mp-message",
        CallbackSource.OFFICIAL,
        official.SETTINGS,
        crypto.official_keys,
        is_sealed=False,
    ),
)


@register
def receiving() -> Iterator[Finding]:
    for address in ADDRESSES:
        # A key that is none is said by the settings' own check.
        if not asking.missing(address.settings) and _is_whole(address.keys()):
            yield _heard(address)
            yield _called(address)


def _is_whole(keys: CallbackKeys) -> bool:
    return len(keys.encoding_aes_key) == crypto.KEY_CHARACTERS


def _heard(address: Address) -> Finding:
    where = f"第 {address.step} 步：{address.name}的回调地址 {address.url}"
    echo, query = _question(address)
    began = time.monotonic()
    try:
        answer = requests.get(address.url, params=query, timeout=SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError:
        return wrong(f"{where} 的 https 证书不被信任，平台也不会接受")
    except requests.RequestException:
        return odd(f"{where} 从本机连不上；请确认服务已启动、域名已解析")
    took = time.monotonic() - began
    if answer.status_code == requests.codes.forbidden:
        return wrong(f"{where} 拒绝了签名：正在运行的服务用的是另一套 Token 或 EncodingAESKey")
    if answer.status_code != requests.codes.ok or answer.text != echo:
        return wrong(f"{where} 没有原样返回验证串（HTTP {answer.status_code}），请检查反向代理")
    if took > VERIFIED_WITHIN:
        return odd(f"{where} 用了 {took:.1f} 秒才应答，平台只等 1 秒")
    return good(f"{where} 可用")


def _question(address: Address) -> tuple[str, dict[str, str]]:
    """What the platform would ask, and what has to come back."""
    keys, echo = address.keys(), secrets.token_hex(8)
    stamp, nonce = str(int(time.time())), secrets.token_hex(5)
    if not address.is_sealed:
        signature = crypto.signature(keys.token, stamp, nonce)
        return echo, {
            "signature": signature,
            "timestamp": stamp,
            "nonce": nonce,
            "echostr": echo,
        }
    sealed, signature = crypto.seal(keys, echo, timestamp=stamp, nonce=nonce)
    return echo, {
        "msg_signature": signature,
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": sealed,
    }


def _called(address: Address) -> Finding:
    latest = (
        Callback.objects.filter(source=address.source)
        .order_by("-pk")
        .values_list("received_at", flat=True)
        .first()
    )
    if latest is None:
        return odd(
            f"第 {address.step} 步：{address.name}还没有来过回调；请在平台保存回调地址后发一条消息"
        )
    return good(f"{address.name}最近一次回调：{timezone.localtime(latest):%m-%d %H:%M}")
