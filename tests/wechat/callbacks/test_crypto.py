"""Public vectors of the platform's cryptography, ours and the simulator's (tests/vectors)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.callbacks import crypto
from wechat.callbacks.crypto import CallbackKeys, Envelope, ForgedCallbackError
from wechat.simulator import crypto as simulator

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "wechat.json").read_text())["vectors"]


def of_kind(*kinds, negative=False):
    chosen = [v for v in VECTORS if v["kind"] in kinds and v.get("negative", False) == negative]
    assert chosen
    return pytest.mark.parametrize("vector", chosen, ids=[v["id"] for v in chosen])


def keys(vector):
    return CallbackKeys(vector["token"], vector["encoding_aes_key"], vector["receive_id"])


def envelope(vector):
    return Envelope(vector["signature"], vector["timestamp"], vector["nonce"])


@pytest.fixture(autouse=True)
def no_age_check(settings):
    settings.CALLBACK_MAX_AGE_SECONDS = 0


@of_kind("wecom_url_verify", "wecom_message_xml", "mp_message_json")
def test_a_sealed_vector_opens(vector):
    opened = crypto.open_sealed(keys(vector), envelope(vector), vector["ciphertext"])
    assert opened == vector["expected_plain"]
    again = simulator.decrypt(
        vector["encoding_aes_key"], vector["ciphertext"], vector["receive_id"]
    )
    assert again == vector["expected_plain"]


@of_kind("wecom_url_verify", negative=True)
def test_a_vector_with_a_changed_nonce_is_refused(vector):
    with pytest.raises(ForgedCallbackError):
        crypto.open_sealed(keys(vector), envelope(vector), vector["ciphertext"])


@of_kind("wecom_encrypt_deterministic", "mp_encrypt_deterministic")
def test_sealing_is_exact_to_the_byte(vector):
    encrypted, signature = crypto.seal(
        keys(vector),
        vector["plain"],
        timestamp=vector["timestamp"],
        nonce=vector["nonce"],
        random16=vector["random16"],
    )
    assert (encrypted, signature) == (vector["ciphertext"], vector["signature"])
    assert vector["ciphertext"] == simulator.encrypt(
        vector["encoding_aes_key"],
        vector["plain"],
        vector["receive_id"],
        vector["random16"].encode(),
    )
    assert vector["signature"] == simulator.sign(
        vector["token"], vector["timestamp"], vector["nonce"], vector["ciphertext"]
    )


KEYS = CallbackKeys("token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wwcorp")


@given(st.text())
def test_what_is_sealed_opens_again(text):
    plain = text.encode(errors="ignore").decode()
    encrypted, signature = crypto.seal(KEYS, plain, timestamp="1", nonce="n")
    assert simulator.decrypt(KEYS.encoding_aes_key, encrypted, "wwcorp") == plain
    assert simulator.sign("token", "1", "n", encrypted) == signature


@given(st.text(max_size=200))
def test_any_ciphertext_with_a_right_signature_is_opened_or_refused_alike(text):
    signature = simulator.sign("token", "1", "n", text.encode(errors="ignore").decode())
    with pytest.raises(ForgedCallbackError):
        crypto.open_sealed(
            KEYS, Envelope(signature, "1", "n"), text.encode(errors="ignore").decode()
        )


def test_another_receiver_is_refused():
    encrypted = simulator.encrypt(KEYS.encoding_aes_key, "hello", "wwother")
    signature = simulator.sign("token", "1", "n", encrypted)
    with pytest.raises(ForgedCallbackError):
        crypto.open_sealed(KEYS, Envelope(signature, "1", "n"), encrypted)


@pytest.mark.parametrize("timestamp", ["1500000000", "99999999999", "abc", "", "-5", "１"])
def test_an_old_or_odd_time_is_refused(settings, timestamp):
    settings.CALLBACK_MAX_AGE_SECONDS = 600
    encrypted = simulator.encrypt(KEYS.encoding_aes_key, "hello", "wwcorp")
    signature = simulator.sign("token", timestamp, "n", encrypted)
    with pytest.raises(ForgedCallbackError):
        crypto.open_sealed(KEYS, Envelope(signature, timestamp, "n"), encrypted)


def test_without_configured_keys_nothing_opens():
    with pytest.raises(ForgedCallbackError):
        crypto.open_sealed(CallbackKeys("", "", ""), Envelope("", "", ""), "")
