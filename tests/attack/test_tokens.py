"""Tokens and keys: nobody is let in by one that was not made for that, or holds no longer."""

import base64
import json
import time
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone
from rest_framework.test import APIClient

from config.api.keys import ApiKey
from config.sockets import standing
from config.sockets.consumer import NOT_LOGGED_IN
from messaging.door import callers
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

SECRET = django_settings.SECRET_KEY


def pair(username="admin", password=PASSWORD):
    answer = APIClient().post("/api/auth/token", {"username": username, "password": password})
    assert answer.status_code == 200, answer.content
    return answer.json()


def seen(authorization):
    """The status that a caller with this header gets."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=authorization)
    return client.get("/api/tickets").status_code


def is_known_at_the_fast_door(authorization):
    callers.forget()
    return callers.caller_of(authorization) is not None


def refreshed(token):
    return APIClient().post("/api/auth/token/refresh", {"refresh": token})


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(lisi, admin):
    """Tokens that look right, by what is wrong with them."""
    good = pair()["access"]
    body = claims(good)
    head, middle, proof = good.split(".")
    other = {**body, "user_id": str(lisi.pk)}
    past = int(time.time()) - 10
    rs = jwt.get_unverified_header(good)
    return {
        "no algorithm": jwt.encode(body, "", algorithm="none"),
        "no algorithm, oddly written": f"{part({'alg': 'nOnE', 'typ': 'JWT'})}.{middle}.",
        "no algorithm, with the proof of another": f"{part({'alg': 'none'})}.{middle}.{proof}",
        "no proof": f"{head}.{middle}.",
        "half a proof": f"{head}.{middle}.{proof[: len(proof) // 2]}",
        "another algorithm of the family": jwt.encode(body, SECRET, algorithm="HS512"),
        "said to be of a key pair": f"{part({**rs, 'alg': 'RS256'})}.{middle}.{proof}",
        "a foreign key": jwt.encode(body, "x" * 50, algorithm="HS256"),
        "hardly a key": jwt.encode(body, "0", algorithm="HS256"),
        "another user": f"{head}.{part(other)}.{proof}",
        "a key to be read from a file": jwt.encode(
            body, "0", algorithm="HS256", headers={"kid": "../../../../dev/null"}
        ),
        "a key to be fetched": jwt.encode(
            body, "x" * 50, headers={"jku": "https://evil.example/", "x5u": "https://evil.example/"}
        ),
        "a key of its own": jwt.encode(
            body, "x" * 50, headers={"jwk": {"kty": "oct", "k": part("x" * 50)}}
        ),
        "expired": jwt.encode({**body, "exp": past}, SECRET, algorithm="HS256"),
        "without an end": jwt.encode(
            {name: value for name, value in body.items() if name != "exp"}, SECRET
        ),
        "without a type": jwt.encode(
            {name: value for name, value in body.items() if name != "token_type"}, SECRET
        ),
        "not yet valid": jwt.encode({**body, "nbf": past + 10_000}, SECRET),
        "a refresh token": pair()["refresh"],
        "of nobody": jwt.encode({**body, "user_id": "0"}, SECRET),
        "of a word": jwt.encode({**body, "user_id": "admin"}, SECRET),
        "of a large number": jwt.encode({**body, "user_id": "9" * 40}, SECRET),
        "of a list": jwt.encode({**body, "user_id": [admin.pk]}, SECRET),
        "of a lookup": jwt.encode({**body, "user_id": {"pk__gte": 0}}, SECRET),
        "of another with one's own password": jwt.encode(other, SECRET),
        "nothing": "",
        "dots": "..",
        "deep": f"{part({'alg': 'HS256'})}.{'W' * 5000}.{proof}",
    }


KINDS = (
    "no algorithm", "no algorithm, oddly written", "no algorithm, with the proof of another", "no proof",
    "half a proof", "another algorithm of the family", "said to be of a key pair", "a foreign key",
    "hardly a key", "another user", "a key to be read from a file", "a key to be fetched",
    "a key of its own", "expired", "without an end", "without a type", "not yet valid",
    "a refresh token", "of nobody", "of a word", "of a large number", "of a list", "of a lookup",
    "of another with one's own password", "nothing", "dots", "deep",
)  # fmt: skip


def test_every_forgery_is_in_the_list(lisi, admin):
    assert set(forged(lisi, admin)) == set(KINDS)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_token_opens_no_door(lisi, admin, kind):
    token = forged(lisi, admin)[kind]
    assert seen(f"Bearer {token}") == 401
    assert not is_known_at_the_fast_door(f"Bearer {token}")
    if kind != "a refresh token":
        assert refreshed(token).status_code in (400, 401)


def test_an_access_token_renews_nothing(admin):
    assert refreshed(pair()["access"]).status_code == 401


def test_tokens_end_in_time(admin):
    tokens = pair()
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1)):
        assert seen(f"Bearer {tokens['access']}") == 401
        assert refreshed(tokens["refresh"]).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert refreshed(tokens["refresh"]).status_code == 401


@pytest.fixture
def tokens(admin):
    found = pair()
    assert seen(f"Bearer {found['access']}") == 200
    assert is_known_at_the_fast_door(f"Bearer {found['access']}")
    return found


def is_ended(tokens):
    bearer = f"Bearer {tokens['access']}"
    return (
        seen(bearer) == 401
        and not is_known_at_the_fast_door(bearer)
        and refreshed(tokens["refresh"]).status_code == 401
    )


def test_a_new_password_ends_every_token(admin, tokens):
    admin.set_password("another-long-password-1")
    admin.save()
    assert is_ended(tokens)
    assert seen(f"Bearer {pair(password='another-long-password-1')['access']}") == 200


def test_who_was_switched_off_has_no_tokens(admin, tokens):
    admin.is_active = False
    admin.save()
    assert is_ended(tokens)


def test_who_was_removed_has_no_tokens(admin, tokens):
    admin.delete()
    assert is_ended(tokens)


def test_a_new_password_closes_the_sockets_that_a_token_opened(admin):
    opened_by = {"user": admin, "token_ends": time.time() + 60}
    login = standing.login_of(opened_by, {"admin"})
    assert standing.fallen([login]) == {}
    admin.set_password("another-long-password-1")
    admin.save()
    assert standing.fallen([login]) == {login: NOT_LOGGED_IN}


def test_a_token_says_what_one_may_by_the_role_of_now(admin, tokens):
    """The role is no claim: what the database says today counts."""
    assert "role" not in claims(tokens["access"])
    admin.role, admin.is_superuser, admin.is_staff = "customer", False, False
    admin.save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    assert client.get("/api/channels").status_code == 403


def test_a_token_tells_no_password(admin):
    for token in pair().values():
        assert admin.password not in json.dumps(claims(token))


# --- API keys -------------------------------------------------------------------------------------


@pytest.fixture
def key(db):
    return ApiKey.objects.create_key(name="对接方", scopes=["tickets:read", "messages:send"])[1]


def test_only_the_whole_key_opens(key):
    prefix, secret = key.split(".")
    assert seen(f"Api-Key {key}") == 200
    other = ApiKey.objects.create_key(name="另一个", scopes=["tickets:read"])[1].split(".")[1]
    for wrong in (
        prefix, f"{prefix}.", f".{secret}", secret, f"{prefix}.{secret[:-1]}", f"{prefix}.{secret}x",
        f"{prefix}.{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}", f"{prefix}.{other}",
        f"{prefix}.{secret.swapcase()}", f"{prefix.swapcase()}.{secret}", f"{prefix} .{secret}",
        f"{prefix}.{secret} x", f"%.{secret}", f"*.{secret}", f"{key},{key}", f"{prefix}.%", "",
    ):  # fmt: skip
        assert seen(f"Api-Key {wrong}") == 401, wrong
        assert not is_known_at_the_fast_door(f"Api-Key {wrong}"), wrong
    assert seen(key) == seen(f"Bearer {key}") == seen(f"Basic {key}") == 401


def test_what_the_database_keeps_of_a_key_opens_nothing(key):
    kept = ApiKey.objects.get()
    assert key not in (kept.pk, kept.hashed_key)
    for wrong in (kept.pk, kept.hashed_key, f"{kept.prefix}.{kept.hashed_key}"):
        assert seen(f"Api-Key {wrong}") == 401


def test_blanks_around_a_key_are_no_part_of_it(key):
    assert seen(f"Api-Key  {key}  ") == seen(f"api-key {key}") == 200


@pytest.mark.parametrize(
    "change", [{"revoked": True}, {"expiry_date": timezone.now() - timedelta(seconds=1)}]
)
def test_a_key_that_holds_no_longer_opens_nothing(key, change):
    for name, value in change.items():
        kept = ApiKey.objects.get()
        setattr(kept, name, value)
        kept.save()
    assert seen(f"Api-Key {key}") == 401
    assert not is_known_at_the_fast_door(f"Api-Key {key}")


def test_guessing_a_key_tells_nothing_of_its_beginning(key):
    """A known beginning with a wrong rest and an unknown one are answered alike."""
    prefix = key.split(".")[0]
    client, said = APIClient(), []
    for wrong in (f"{prefix}.{'a' * 32}", f"{'a' * 8}.{'a' * 32}"):
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key {wrong}")
        said.append(client.get("/api/tickets").content)
    assert said[0] == said[1]
