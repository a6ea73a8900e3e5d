"""How often one may act in a chat: exactly so often, by every counter there is."""

from threading import Lock
from types import SimpleNamespace

import pytest
import time_machine
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from config import counting
from config.api.auth import principal_name
from config.runtime import store
from customers.actors import Entry, actor_for, customer_actor
from customers.visitors.authentication import Visitor
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, UserFactory
from tickets.chat import limits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settings_read_once")]


@pytest.fixture
def no_redis(settings):
    """Nobody listens there; the cache swallows that, as in production."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": settings.REDIS_URL,
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1},
        }
    }


def passed_of(count, name="send_message", principal="user:1"):
    """How many of `count` acts at the same moment were let through."""
    store.get(limits.SETTING)
    passed, lock = [], Lock()

    def act():
        wait = limits.take(name, principal)
        with lock:
            passed.append(wait == 0)

    assert all_at_once([act] * count) == []
    return sum(passed)


def test_of_forty_messages_at_once_exactly_thirty_pass():
    with time_machine.travel(1_800_000_000):
        assert passed_of(40) == 30
        assert passed_of(1) == 0
        assert passed_of(1, principal="user:2") == 1


def test_without_redis_it_really_limits(no_redis):
    assert passed_of(40) == 30
    assert 0 < limits.take("send_message", "user:1") <= 61


def test_the_numbers_of_seed_004_hold():
    with time_machine.travel(1_800_000_000):
        assert [passed_of(12, name) for name in ("end_chat", "rate_service")] == [10, 5]


def test_after_the_wait_there_is_room_again(settings, monkeypatch):
    settings.REDIS_URL = ""
    store.change(
        key=limits.SETTING,
        value={**limits.DEFAULTS, "end_chat": {"count": 1, "seconds": 30}},
        actor=None,
    )
    store.forget_snapshot()
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(counting, "time", SimpleNamespace(monotonic=lambda: clock.now))
    assert limits.take("end_chat", "user:1") == 0
    wait = limits.take("end_chat", "user:1")
    assert 0 < wait <= 31
    clock.now += wait
    assert limits.take("end_chat", "user:1") == 0


def test_what_a_process_remembers_is_bounded(settings, monkeypatch):
    settings.REDIS_URL = ""
    monkeypatch.setattr(counting, "REMEMBERED", 10)
    for number in range(50):
        assert limits.take("send_message", f"user:{number}") == 0
    assert len(counting._counted) <= 10


class Door(APIView):
    permission_classes = [AllowAny]

    @limits.limited("rate_service")
    def post(self, request):
        return Response({})


def call(user):
    request = APIRequestFactory().post("/")
    force_authenticate(request, user)
    return Door.as_view()(request)


def test_the_sixth_call_is_refused_in_the_contracts_shape_and_says_when_to_come_back():
    user = UserFactory()
    with time_machine.travel(1_800_000_000):
        assert [call(user).status_code for _ in range(5)] == [200] * 5
        refused = call(user)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 61
    assert refused.data["type"] == "client_error"
    [error] = refused.data["errors"]
    assert (error["code"], error["attr"]) == ("throttled", None)
    assert "秒后再试" in error["detail"]


def test_a_socket_and_the_api_count_one_person_once():
    customer, user = CustomerFactory(), UserFactory()
    visitor = SimpleNamespace(user=Visitor(customer))
    login = SimpleNamespace(user=user)
    assert limits.principal_of(customer_actor(customer, Entry.WEB)) == principal_name(visitor)
    assert limits.principal_of(actor_for(user, Entry.CONSOLE)) == principal_name(login)
