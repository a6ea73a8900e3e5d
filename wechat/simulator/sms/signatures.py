"""Whether a call is signed by the one customer: ACS3-HMAC-SHA256 and TC3-HMAC-SHA256.

https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
https://cloud.tencent.com/document/api/382/52072
"""

import hashlib
import hmac
import re
import time
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from django.http import HttpRequest

from wechat.simulator.sms.keys import KEY_ID, KEY_SECRET

ACS3 = "ACS3-HMAC-SHA256"
TC3 = "TC3-HMAC-SHA256"
ALIYUN_SECONDS, TENCENT_SECONDS = 900, 300
_ACS3 = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]*),SignedHeaders=([^,]*),Signature=(\w*)")
_TC3 = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/,]*)/([\d-]{10})/sms/tc3_request, "
    r"SignedHeaders=([^,]*), Signature=(\w*)"
)


def aliyun_fault(request: HttpRequest) -> str:
    """The error code of a wrongly signed call; empty when it is in order."""
    found = _ACS3.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        return "IncompleteSignature"
    key_id, signed, signature = found.groups()
    if key_id != KEY_ID:
        return "InvalidAccessKeyId.NotFound"
    try:
        sent = datetime.strptime(request.headers.get("x-acs-date", ""), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return "InvalidTimeStamp.Format"
    if abs(time.time() - sent.timestamp()) > ALIYUN_SECONDS:
        return "InvalidTimeStamp.Expired"
    payload = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-acs-content-sha256") != payload:
        return "SignatureDoesNotMatch"
    names = signed.split(";")
    canonical = "\n".join(
        [
            str(request.method),
            request.path,
            _canonical_query(request.META.get("QUERY_STRING", "")),
            _canonical_headers(request, names),
            signed,
            payload,
        ]
    )
    expected = _hmac(KEY_SECRET.encode(), f"{ACS3}\n{_sha256(canonical)}").hex()
    return "" if _same(signature, expected) else "SignatureDoesNotMatch"


def tencent_fault(request: HttpRequest) -> str:
    """The error code of a wrongly signed call; empty when it is in order."""
    found = _TC3.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        return "AuthFailure.InvalidAuthorization"
    key_id, date, signed, signature = found.groups()
    if key_id != KEY_ID:
        return "AuthFailure.SecretIdNotFound"
    timestamp = request.headers.get("X-TC-Timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return "AuthFailure.SignatureExpire"
    moment = int(timestamp)
    is_old = abs(time.time() - moment) > TENCENT_SECONDS
    if is_old or datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d") != date:
        return "AuthFailure.SignatureExpire"
    names = signed.split(";")
    if not {"content-type", "host"} <= set(names):
        return "AuthFailure.SignatureFailure"
    canonical = "\n".join(
        [
            str(request.method),
            request.path,
            request.META.get("QUERY_STRING", ""),
            _canonical_headers(request, names),
            signed,
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    key = ("TC3" + KEY_SECRET).encode()
    for part in (date, "sms", "tc3_request"):
        key = _hmac(key, part)
    scope = f"{date}/sms/tc3_request"
    expected = _hmac(key, f"{TC3}\n{timestamp}\n{scope}\n{_sha256(canonical)}").hex()
    return "" if _same(signature, expected) else "AuthFailure.SignatureFailure"


def _canonical_query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def _canonical_headers(request: HttpRequest, names: list[str]) -> str:
    """A line for each header, and the empty line that ends them."""
    return "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in names)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
