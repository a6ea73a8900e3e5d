"""The push services, spoken to by other code than the product's."""

import json
import time
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "http://testserver"


@pytest.fixture
def key():
    return ec.generate_private_key(ec.SECP256R1())


def text(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(value):
    return urlsafe_b64decode(value + "=" * (-len(value) % 4))


def token_of(key, **changes):
    claims = {"aud": ORIGIN, "exp": int(time.time()) + 3600, "sub": "mailto:a@example.com"}
    return jwt.encode({**claims, **changes}, key, algorithm="ES256")


def sealed(client, token, content):
    keys = client.get(f"/sandbox/api/push/{token}").json()["keys"]
    return http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=raw(keys["p256dh"]),
        auth_secret=raw(keys["auth"]),
        version="aes128gcm",
    )


def push(client, key, body, token="phone", signed=None, **headers):
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return client.post(
        f"/sandbox/push/{token}",
        body,
        content_type="application/octet-stream",
        headers={
            "Authorization": f"vapid t={signed or token_of(key)},k={text(point)}",
            "Content-Encoding": "aes128gcm",
            "TTL": "60",
            **headers,
        },
    )


def outbox(client):
    return client.get("/sandbox/api/outbox", {"channel": "APP"}).json()["list"]


def test_a_sealed_push_is_opened(db, client, key):
    response = push(client, key, sealed(client, "phone", '{"title": "标题"}'.encode()))
    assert response.status_code == 201
    assert response.headers["Location"].startswith(f"{ORIGIN}/sandbox/push/message/")
    (row,) = outbox(client)
    assert (row["to"], row["payload"]) == ("phone", {"notification": {"title": "标题"}, "ttl": 60})


def test_each_browser_has_its_own_keys_and_keeps_them(client):
    first, again, other = (
        client.get(f"/sandbox/api/push/{token}").json() for token in ("a", "a", "b")
    )
    assert first == again
    assert first["keys"]["p256dh"] != other["keys"]["p256dh"]
    assert first["keys"]["auth"] != other["keys"]["auth"]


def test_what_was_sealed_for_another_browser_stays_closed(db, client, key):
    assert push(client, key, sealed(client, "other", b"x")).status_code == 400
    assert push(client, key, b"").status_code == 400
    assert push(client, key, b"\x00" * 200).status_code == 400
    assert outbox(client) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://push.example.com"},
        {"exp": 1},
        {"exp": int(time.time()) + 200_000},
        {"exp": "soon"},
        {"sub": "me"},
    ],
)
def test_a_token_must_be_ours_and_in_time(db, client, key, changes):
    body = sealed(client, "phone", b"x")
    assert push(client, key, body, signed=token_of(key, **changes)).status_code == 403


def test_a_token_must_be_signed_by_k(db, client, key):
    other = ec.generate_private_key(ec.SECP256R1())
    body = sealed(client, "phone", b"x")
    assert push(client, key, body, signed=token_of(other)).status_code == 403
    assert push(client, key, body, signed="a.b").status_code == 403
    assert push(client, key, body, Authorization="").status_code == 401
    assert push(client, key, body, Authorization="vapid t=x").status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"TTL": ""}, 400),
        ({"TTL": "-1"}, 400),
        ({"Content-Encoding": "aesgcm"}, 400),
        ({"Urgency": "now"}, 400),
        ({"Topic": "x" * 33}, 400),
        ({"Urgency": "high", "Topic": "x" * 32}, 201),
    ],
)
def test_headers_are_checked(db, client, key, headers, status):
    assert push(client, key, sealed(client, "phone", b"x"), **headers).status_code == status


def test_a_browser_that_left_is_gone_and_too_much_is_too_much(db, client, key):
    assert push(client, key, b"x", token="gone-7").status_code == 410
    assert push(client, key, b"x" * 4097).status_code == 413


def login(secret="sandbox-master-secret"):
    return {"Authorization": "Basic " + b64encode(f"sandbox-app-key:{secret}".encode()).decode()}


def jpush(client, body, path="push", headers=None):
    content = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(
        f"/sandbox/jpush/v3/{path}",
        content,
        content_type="application/json",
        headers=login() if headers is None else headers,
    )


GOOD = {
    "platform": "all",
    "audience": {"registration_id": ["a", "b"]},
    "notification": {"alert": "x"},
}


def test_jpush_delivers_to_each_device_once_for_a_cid(db, client):
    first, again = (jpush(client, {**GOOD, "cid": "c1"}).json() for _ in range(2))
    assert first == again
    assert first["msg_id"].isdigit()
    assert [row["to"] for row in outbox(client)] == ["jpush:a", "jpush:b"]
    assert jpush(client, {**GOOD, "cid": "c2"}).json() != first


def test_jpush_validates_without_pushing(db, client):
    assert jpush(client, GOOD, "push/validate").status_code == 200
    assert outbox(client) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, 1003),
        ("[]", 400, 1003),
        ({}, 400, 1002),
        ({**GOOD, "notification": None}, 400, 1002),
        ({**GOOD, "notification": {"alert": "x" * 4001}}, 400, 1005),
        ({**GOOD, "audience": {}}, 400, 1003),
        ({**GOOD, "audience": {"registration_id": "a"}}, 400, 1003),
        ({**GOOD, "audience": {"alias": ["x"] * 1001}}, 400, 1003),
        ({**GOOD, "audience": {"alias": ["nobody"]}}, 400, 1011),
        ({**GOOD, "cid": "x" * 65}, 400, 1003),
        ({**GOOD, "cid": 5}, 400, 1003),
    ],
)
def test_jpush_names_what_is_wrong(db, client, body, status, code):
    response = jpush(client, body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert outbox(client) == []


@pytest.mark.parametrize("headers", [{}, login("wrong"), {"Authorization": "Basic ?"}])
def test_jpush_asks_for_the_secret(db, client, headers):
    response = jpush(client, GOOD, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (401, 1004)


def test_jpush_takes_posts_only(db, client):
    response = client.get("/sandbox/jpush/v3/push", headers=login())
    assert (response.status_code, response.json()["error"]["code"]) == (405, 1001)


def test_jpush_tells_when_its_limit_begins_anew(db, client):
    order = {"channel": "APP", "mode": "rate_limited"}
    client.post("/sandbox/api/faults", order, content_type="application/json")
    response = jpush(client, GOOD)
    assert (response.status_code, response.json()["error"]["code"]) == (429, 2002)
    assert response.headers["X-Rate-Limit-Reset"] == "30"
