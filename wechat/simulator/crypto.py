"""Callback cryptography, written from the protocol alone (wechat-protocol.md §§1.1–1.4)."""

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def sign(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    parts = sorted([token, timestamp, nonce, encrypted])
    return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - the platform's choice


def encrypt(aes_key: str, plain: str, receive_id: str, random16: bytes | None = None) -> str:
    """Base64 of AES-256-CBC over random + length + text + receive id, padded to 32."""
    text = plain.encode()
    framed = (random16 or os.urandom(16)) + struct.pack(">I", len(text)) + text
    framed += receive_id.encode()
    pad = BLOCK - len(framed) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    sealed = encryptor.update(framed + bytes([pad]) * pad) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def decrypt(aes_key: str, encrypted: str, receive_id: str) -> str:
    """The text; raises ValueError when anything does not fit."""
    decryptor = _cipher(aes_key).decryptor()
    framed = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
    framed = framed[: -framed[-1]]
    (length,) = struct.unpack(">I", framed[16:20])
    if framed[20 + length :].decode() != receive_id:
        raise ValueError("receive id")
    return framed[20 : 20 + length].decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
