"""Guessing: passwords at every login, whoever asks, from wherever, through whichever process."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from config import counting
from config.login.limits import OFFICE
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settings_read_once")]

TRIES = 3
# What one address may try at all accounts together.
OF_AN_ADDRESS = OFFICE * TRIES
WRONG = "wrong-password-1"


@pytest.fixture(autouse=True)
def rate(settings):
    settings.LOGIN_RATE = {"count": TRIES, "seconds": 60}


def at_api(username, password, **where):
    return APIClient().post(
        "/api/auth/token", {"username": username, "password": password}, **where
    )


def at_console(username, password, **where):
    return Client().post("/console/login/", {"username": username, "password": password}, **where)


def at_admin(username, password, **where):
    return Client().post("/admin/login/", {"username": username, "password": password}, **where)


DOORS = [at_api, at_console, at_admin]
every_door = pytest.mark.parametrize("door", DOORS)


def is_in(answer):
    return answer.status_code == 302 or (
        answer.status_code == 200 and b'"access"' in answer.content
    )


@every_door
def test_a_try_too_many_says_nothing_of_the_password(door, admin):
    """Not even by other words: a right and a wrong one are answered alike, byte by byte."""
    for _ in range(TRIES):
        assert door("admin", WRONG).status_code in (200, 401)
    refused = [door("admin", password) for password in (WRONG, PASSWORD)]
    for answer in refused:
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 61
        assert "登录过于频繁" in answer.content.decode()
        assert "密码不正确" not in answer.content.decode()
        assert not is_in(answer)
        assert "sessionid" not in answer.cookies


@pytest.mark.parametrize("last", DOORS)
def test_the_doors_share_one_count(last, admin):
    for door in DOORS:
        assert not is_in(door("admin", WRONG))
    assert last("admin", PASSWORD).status_code == 429


@every_door
def test_an_account_is_guarded_against_many_addresses(door, admin):
    for n in range(TRIES):
        door("admin", WRONG, REMOTE_ADDR=f"203.0.113.{n}")
    assert door("admin", PASSWORD, REMOTE_ADDR="203.0.113.200").status_code == 429


@every_door
@pytest.mark.parametrize("written", [" admin", "admin\t", "ADMIN", "ａｄｍｉｎ", "\u3000admin "])
def test_other_ways_of_writing_a_name_are_no_further_tries(door, admin, written):
    """Whatever a door makes of it, it lets nobody in beyond the count."""
    for _ in range(TRIES):
        door("admin", WRONG, REMOTE_ADDR="203.0.113.1")
    assert not is_in(door(written, PASSWORD, REMOTE_ADDR="203.0.113.2"))


@every_door
def test_an_address_is_guarded_against_many_accounts(door, admin):
    for n in range(OF_AN_ADDRESS):
        door(f"somebody-{n}", WRONG)
    assert door("admin", PASSWORD).status_code == 429
    assert is_in(door("admin", PASSWORD, REMOTE_ADDR="203.0.113.9"))


@every_door
def test_an_ipv6_network_is_one_address(door, admin):
    for n in range(OF_AN_ADDRESS):
        door(f"somebody-{n}", WRONG, REMOTE_ADDR=f"2001:db8::{n + 1}")
    assert door("admin", PASSWORD, REMOTE_ADDR="2001:db8::ffff").status_code == 429


@every_door
def test_nobody_keeps_an_owner_out(door, admin):
    """Failing all day from elsewhere does not close the address from which the owner comes."""
    home, away = "198.51.100.7", "203.0.113.{}"
    assert is_in(door("admin", PASSWORD, REMOTE_ADDR=home))
    for n in range(10 * TRIES):
        door("admin", WRONG, REMOTE_ADDR=away.format(n))
    assert door("admin", PASSWORD, REMOTE_ADDR=away.format(99)).status_code == 429
    assert is_in(door("admin", PASSWORD, REMOTE_ADDR=home))


def test_a_known_address_is_no_way_around_the_count(admin):
    assert is_in(at_admin("admin", PASSWORD))
    for _ in range(TRIES):
        at_admin("admin", WRONG)
    assert at_admin("admin", PASSWORD).status_code == 429


@every_door
@pytest.mark.parametrize("address", ["", "unix", "fe80::1%eth0", "1.2.3.4, 5.6.7.8", "\x00"])
def test_an_address_that_is_none_is_counted_too(door, admin, address):
    for _ in range(TRIES):
        assert door("admin", WRONG, REMOTE_ADDR=address).status_code in (200, 401)
    assert door("admin", PASSWORD, REMOTE_ADDR=address).status_code == 429


@every_door
def test_a_made_up_way_here_is_not_believed(door, admin, settings):
    """`X-Forwarded-For` is the caller's own word, but for what our own proxies put at its end."""
    for n in range(OF_AN_ADDRESS):
        door(f"somebody-{n}", WRONG, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}")
    assert door("admin", PASSWORD, HTTP_X_FORWARDED_FOR="10.0.0.9").status_code == 429
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for n in range(OF_AN_ADDRESS):
        door(f"x-{n}", WRONG, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 192.0.2.1")
    assert door("admin", PASSWORD, HTTP_X_FORWARDED_FOR="10.0.0.9, 192.0.2.1").status_code == 429
    assert is_in(door("admin", PASSWORD, HTTP_X_FORWARDED_FOR="10.0.0.9, 192.0.2.2"))


@every_door
def test_a_name_that_exists_and_one_that_does_not_sound_the_same(door, admin, lisi):
    lisi.is_active = False
    lisi.save()
    said = {
        name: door(name, password, REMOTE_ADDR=f"203.0.113.{n}")
        for n, (name, password) in enumerate(
            [("admin", WRONG), ("nobody", WRONG), ("lisi", WRONG), ("lisi", PASSWORD)]
        )
    }
    texts = {
        answer.content.decode().replace(f'value="{name}"', "").split("csrfmiddlewaretoken")[-1]
        .partition(">")[2] if door is not at_api else answer.content.decode()
        for name, answer in said.items()
    }  # fmt: skip
    assert len(texts) == 1
    assert len({answer.status_code for answer in said.values()}) == 1


@every_door
def test_a_name_that_exists_takes_no_longer_than_one_that_does_not(door, admin, monkeypatch):
    """As many passwords are hashed: that is where the time goes."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    door("admin", WRONG)
    of_one = len(hashed)
    door("nobody", WRONG)
    assert of_one == len(hashed) - of_one == 1


@pytest.mark.services_only
@every_door
def test_the_count_is_one_for_all_processes(door, admin):
    """Each process has a memory of its own; the count is not there."""
    for _ in range(TRIES):
        counting.forget()
        door("admin", WRONG)
    counting.forget()
    assert door("admin", PASSWORD).status_code == 429


@every_door
def test_without_redis_each_process_counts_for_itself(door, admin, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": settings.REDIS_URL,
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1},
        }
    }
    for _ in range(TRIES):
        door("admin", WRONG)
    assert door("admin", PASSWORD).status_code == 429
