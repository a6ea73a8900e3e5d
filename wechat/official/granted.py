"""What a person lets us know of them when they log in (`sns/userinfo`, scope snsapi_userinfo).

Nickname and picture fill in what nobody knows yet; the UnionID counts as it does for followers.
"""

from dataclasses import dataclass

import requests
from django.conf import settings
from django.db import transaction

from config.errors import AppError
from config.logs import get_logger
from customers.actions.edit import customer_edit
from customers.actions.fields import CustomerFields
from customers.actors import system_actor
from customers.models import Customer
from customers.names import seen
from tickets.chat.entries.people import NAME_LENGTH
from wechat.official.chat_entry import ENTRY

logger = get_logger(__name__)

SCOPE = "snsapi_userinfo"
AVATAR_LENGTH = 500


@dataclass(frozen=True)
class Granted:
    nickname: str = ""
    avatar: str = ""
    unionid: str = ""


def read(*, access_token: str, openid: str, seconds: float) -> Granted:
    """The platform is asked once; what it refuses is nothing granted, and the login goes on."""
    try:
        answer = requests.get(
            f"{settings.MP_API_BASE}/sns/userinfo",
            params={"access_token": access_token, "openid": openid, "lang": "zh_CN"},
            timeout=seconds,
            allow_redirects=False,
        )
        answer.encoding = "utf-8"
        body = answer.json()
    except (requests.RequestException, ValueError) as error:
        logger.warning("wechat_userinfo_failed", error=type(error).__name__)
        return Granted()
    if not isinstance(body, dict) or body.get("openid") != openid:
        logger.warning("wechat_userinfo_refused", code=_word(body, "errcode"))
        return Granted()
    avatar, unionid = _word(body, "headimgurl"), _word(body, "unionid")
    is_address = avatar.startswith(("http://", "https://")) and len(avatar) <= AVATAR_LENGTH
    return Granted(
        nickname=seen(_word(body, "nickname"))[:NAME_LENGTH],
        avatar=avatar if is_address else "",
        unionid=unionid if len(unionid) <= 64 else "",
    )


def learn(customer: Customer, openid: str, granted: Granted) -> None:
    """What somebody wrote here stays; a fault of theirs costs nobody the login."""
    changes: CustomerFields = {}
    if granted.nickname and customer.name == ENTRY.name_for(openid):
        changes["name"] = granted.nickname
    if granted.avatar and not customer.avatar:
        changes["avatar"] = granted.avatar
    if not changes:
        return
    try:
        with transaction.atomic():
            customer_edit(customer_id=customer.pk, changes=changes, actor=system_actor(ENTRY.door))
    except AppError as error:
        logger.warning("wechat_userinfo_not_kept", customer=customer.pk, code=error.code)


def _word(body: object, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    return str(value) if isinstance(value, (str, int)) else ""
