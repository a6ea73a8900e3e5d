"""Opening what was sealed for a browser (RFC 8291 over RFC 8188, `aes128gcm`)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wechat.simulator.push.subscriptions import auth_secret, private_key, public_point

_SALT, _RECORD_SIZE, _KEY_LENGTH = slice(0, 16), slice(16, 20), 20


class Unreadable(Exception):
    """Not sealed for this browser, or not well."""


def open_sealed(token: str, body: bytes) -> bytes:
    """The one record's content without its padding; raises `Unreadable`."""
    key = private_key(token)
    try:
        end = _KEY_LENGTH + 1 + body[_KEY_LENGTH]
        sender = body[_KEY_LENGTH + 1 : end]
        record_size = int.from_bytes(body[_RECORD_SIZE], "big")
        shared = key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
    except (ValueError, IndexError):
        raise Unreadable from None
    if len(body) - end > record_size:
        raise Unreadable
    info = b"WebPush: info\x00" + public_point(key.public_key()) + sender
    material = _derived(auth_secret(token), shared, info, 32)
    cipher = AESGCM(_derived(body[_SALT], material, b"Content-Encoding: aes128gcm\x00", 16))
    nonce = _derived(body[_SALT], material, b"Content-Encoding: nonce\x00", 12)
    try:
        record = cipher.decrypt(nonce, body[end:], None)
    except (InvalidTag, ValueError):
        raise Unreadable from None
    content, mark, padding = record.rpartition(b"\x02")
    if not mark or padding.strip(b"\x00"):
        raise Unreadable
    return content


def _derived(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
