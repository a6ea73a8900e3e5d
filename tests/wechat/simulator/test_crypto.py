"""The simulator's own cryptography against public test vectors."""

import json
from pathlib import Path

import pytest

from wechat.simulator import crypto

VECTORS = {
    vector["id"]: vector
    for vector in json.loads((Path(__file__).parents[2] / "vectors" / "wechat.json").read_text())[
        "vectors"
    ]
}
SEALED = [
    vector
    for vector in VECTORS.values()
    if "ciphertext" in vector and "expected_plain" in vector and not vector.get("negative")
]
FIXED = [vector for vector in VECTORS.values() if "random16" in vector]
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def by_id(vector):
    return vector["id"]


def signed(vector):
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["ciphertext"])
    return crypto.sign(*parts)


@pytest.mark.parametrize("vector", SEALED, ids=by_id)
def test_what_others_sealed_is_opened(vector):
    assert signed(vector) == vector["signature"]
    opened = crypto.decrypt(vector["encoding_aes_key"], vector["ciphertext"], vector["receive_id"])
    assert opened == vector["expected_plain"]


@pytest.mark.parametrize("vector", FIXED, ids=by_id)
def test_what_is_sealed_is_sealed_to_the_byte(vector):
    sealed = crypto.encrypt(
        vector["encoding_aes_key"],
        vector["plain"],
        vector["receive_id"],
        vector["random16"].encode(),
    )
    assert sealed == vector["ciphertext"]
    assert signed(vector) == vector["signature"]


def test_another_nonce_has_another_signature():
    vector = VECTORS["wechatpy-url-bad-nonce"]
    assert signed(vector) != vector["signature"]


def test_another_receiver_is_refused():
    sealed = crypto.encrypt(KEY, "你好", "wwcorp")
    assert crypto.decrypt(KEY, sealed, "wwcorp") == "你好"
    with pytest.raises(ValueError, match="receive id"):
        crypto.decrypt(KEY, sealed, "wwcorp2")


@pytest.mark.parametrize("spoilt", ["", "AAAA", "not base64!", "A" * 44, "A" * 64])
def test_garbage_is_refused(spoilt):
    with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
        crypto.decrypt(KEY, spoilt, "")


@pytest.mark.parametrize("length", range(30, 64))
def test_every_length_survives_the_padding(length):
    text = "x" * length
    assert crypto.decrypt(KEY, crypto.encrypt(KEY, text, ""), "") == text
