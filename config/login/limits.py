"""How often a password may be tried: by address, and by account.

An account's tries are counted whatever address they come from. Else many addresses could guess at
one account; but then anybody could keep its owner out by failing all day. So an address from which
the owner got in lately has a count of its own, which nobody else uses up.
"""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from config import counting
from config.api.client_address import client_address
from config.errors import TooOftenError

# An address is the owner's for so long after they got in from there.
KNOWN = timedelta(days=30)
# A whole office may come from one address.
OFFICE = 3
REFUSAL = "登录过于频繁，请稍后再试"


def check(request: HttpRequest | None, username: str) -> None:
    """Counts a try before its password is looked at; raises `TooOftenError` beyond `LOGIN_RATE`.

    An address has as much for all its accounts together as `OFFICE` of them.
    """
    address = client_address(request) if request is not None else ""
    account = username.lower()
    most, seconds = settings.LOGIN_RATE["count"], settings.LOGIN_RATE["seconds"]
    owner = f"{account} {address}" if _is_known(account, address) else account
    tries = [("account", owner, most)]
    if address:
        tries.insert(0, ("address", address, OFFICE * most))
    for what, who, count in tries:
        wait = counting.take(f"login.{what}", who, count=count, seconds=seconds)
        if wait:
            raise TooOftenError(REFUSAL, wait)


def remember(request: HttpRequest | None, username: str) -> None:
    """The owner got in from here."""
    if request is not None:
        key = _known_key(username.lower(), client_address(request))
        cache.set(key, 1, int(KNOWN.total_seconds()))


def _is_known(account: str, address: str) -> bool:
    return bool(address) and cache.get(_known_key(account, address)) is not None


def _known_key(account: str, address: str) -> str:
    """The cache tells nobody who logs in from where."""
    said = salted_hmac("config.login.known", f"{account} {address}", algorithm="sha256")
    return f"login.known:{said.hexdigest()}"
