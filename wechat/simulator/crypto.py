"""Callback cryptography, written from the protocol alone (wechat-protocol.md §§1.1–1.4)."""

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
RANDOM_BYTES = 16


def sign(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """sha1 over the sorted parts, hexadecimal."""
    parts = sorted([token, timestamp, nonce, encrypted])
    return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - the platform's choice


def encrypt(aes_key: str, plain: str, receive_id: str, random16: bytes | None = None) -> str:
    """Base64 of AES-256-CBC over random + length + text + receive id, padded to 32."""
    text = plain.encode()
    framed = (random16 or os.urandom(RANDOM_BYTES)) + struct.pack(">I", len(text)) + text
    framed += receive_id.encode()
    pad = BLOCK - len(framed) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    sealed = encryptor.update(framed + bytes([pad]) * pad) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def decrypt(aes_key: str, encrypted: str, receive_id: str) -> str:
    """The text; raises ValueError when padding, length or receive id do not fit."""
    decryptor = _cipher(aes_key).decryptor()
    raw = base64.b64decode(encrypted, validate=True)
    framed = decryptor.update(raw) + decryptor.finalize()
    pad = framed[-1] if framed else 0
    if not 1 <= pad <= BLOCK or framed[-pad:] != bytes([pad]) * pad:
        raise ValueError("padding")
    content = framed[RANDOM_BYTES:-pad]
    length = int.from_bytes(content[:4], "big")
    text, receiver = content[4 : 4 + length], content[4 + length :]
    if len(text) != length or receiver != receive_id.encode():
        raise ValueError("receive id")
    return text.decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
