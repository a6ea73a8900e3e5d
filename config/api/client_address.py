"""Whose address a request comes from, behind as many proxies as `NUM_PROXIES` says."""

from ipaddress import IPv4Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# What one IPv6 customer is given at the least: its addresses are as many as they like.
OWN_BITS = 64


def client_address(request: HttpRequest) -> str:
    """The address that our outermost own proxy saw; what the client itself claims is not believed.

    For counting: of an IPv6 address the network that it stands for.
    """
    proxies: int = settings.REST_FRAMEWORK["NUM_PROXIES"]
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and forwarded[0]:
        return _counted(forwarded[-min(proxies, len(forwarded))])
    return _counted(str(request.META.get("REMOTE_ADDR") or "0.0.0.0"))  # noqa: S104 - not a bind address


def _counted(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), OWN_BITS), strict=False).network_address)
