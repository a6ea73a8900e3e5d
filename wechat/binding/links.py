"""Signed addresses of `/bind/`: whose phone it is to be, at which entry, for a while."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import QueryDict

from config.runtime import store

OFFICIAL, WECOM_APP, KF = "official_account", "wecom_app", "kf"
MINUTES = "binding.link_minutes"
_SALT = "wechat.binding"


@dataclass(frozen=True)
class Place:
    """Where somebody is to be found: a chat entry's code, and who they are there."""

    entry: str
    address: str


def bind_url(openid: str, entry: str = OFFICIAL) -> str:
    """An absolute address of the page for whoever is `openid` at `entry`."""
    query = QueryDict(mutable=True)
    query["t"] = token_of(Place(entry, openid))
    return f"{settings.APP_DOMAIN}/bind/?{query.urlencode()}"


def token_of(place: Place) -> str:
    return signing.dumps([place.entry, place.address], salt=_SALT)


def opened(token: str) -> Place | None:
    """None for what is forged, altered or too old."""
    age = timedelta(minutes=store.get_int(MINUTES))
    try:
        entry, address = signing.loads(token, salt=_SALT, max_age=age)
    except (signing.BadSignature, ValueError):
        return None
    return Place(entry, address)
