"""Who may push: the signed token of RFC 8292."""

import json
import time
from base64 import urlsafe_b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

LONGEST_SECONDS = 24 * 3600


class Unauthorised(Exception):
    """401: there is no token. 403: there is one, and it is not good."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def require_token(authorization: str, origin: str) -> None:
    """Raises `Unauthorised` unless `vapid t=…,k=…` was signed for `origin` and is in time."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "vapid":
        raise Unauthorised(401, "vapid authorization required")
    named = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    try:
        signed, _, signature = named["t"].rpartition(".")
        header, _, claims = signed.partition(".")
        point, raw = _decoded(named["k"]), _decoded(signature)
        kind, given = json.loads(_decoded(header)), json.loads(_decoded(claims))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).verify(
            encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
            signed.encode(),
            ec.ECDSA(hashes.SHA256()),
        )
        algorithm, audience = kind["alg"], given["aud"]
        left = int(given["exp"]) - time.time()
        subject = str(given["sub"])
    except InvalidSignature:
        raise Unauthorised(403, "signature does not match k") from None
    except (ValueError, KeyError, TypeError):
        raise Unauthorised(403, "token is malformed") from None
    if algorithm != "ES256" or len(raw) != 64:
        raise Unauthorised(403, "token must be signed with ES256")
    if audience != origin:
        raise Unauthorised(403, "aud is another origin")
    if not 0 < left <= LONGEST_SECONDS:
        raise Unauthorised(403, "exp is over, or more than a day away")
    if not subject.startswith(("mailto:", "https:")):
        raise Unauthorised(403, "sub must be mailto: or https:")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
