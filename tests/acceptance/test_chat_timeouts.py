"""A running system warns and ends a chat whose customer is silent, on time; never one who waits."""

from datetime import datetime

import pytest
import requests

from tests.live import run

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

TEAM = "/api/customer-service"
OWN = "/api/user/customer-service"
# The defaults, a tenth of them.
WARN, END = 6, 12
# What is promised: nobody is warned or ended later than this.
LATE_SECONDS = 5
SHORTER = f"""
from config.runtime import store
store.change(key="chat.idle_warn_seconds", value={WARN}, actor=None)
store.change(key="chat.idle_end_seconds", value={END}, actor=None)
"""


class Side:
    """One of those who talk: what they do at their own door of the API."""

    def __init__(self, system, http, door):
        self.system, self.http, self.door = system, http, door

    def post(self, path, **body):
        answer = self.http.post(self.system.url(f"{self.door}/{path}"), json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def get(self, path):
        answer = self.http.get(self.system.url(f"{self.door}/{path}"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def say(self, chat, content):
        """When it was said, by the server's clock."""
        said = self.post(f"chats/{chat}/messages", content=content)
        return moment(said["created_at"])

    def notices(self, chat):
        """`[(what the system said, when)]`."""
        listed = self.get(f"chats/{chat}/messages")["list"]
        return [
            (one["content"], moment(one["created_at"]))
            for one in listed
            if one["sender"] == "system"
        ]

    def warnings(self, chat):
        return [when for words, when in self.notices(chat) if "您还在吗" in words]


@pytest.fixture
def lisi(live_system):
    run(live_system, "manage.py", "shell", "-c", SHORTER)
    agent = Side(live_system, live_system.as_user("lisi"), TEAM)
    agent.post("status", status="online", hold_minutes=60)
    return agent


def customer(system):
    return Side(system, system.as_user("zhangsan"), OWN)


def guest(system):
    """Somebody without a login, on the page."""
    http = requests.Session()
    http.headers["Connection"] = "close"
    http.get(system.url("/chat/"))
    http.headers.update({"X-CSRFToken": http.cookies["csrftoken"], "Accept": "application/json"})
    started = http.post(system.url("/chat/start"), data={"name": "陈女士"})
    assert started.status_code < 300, started.text
    return Side(system, http, OWN)


def moment(told):
    return datetime.fromisoformat(told)


def seconds(since, until):
    return (until - since).total_seconds()


def ask(side):
    return side.post("assign")["chat_id"]


def test_the_silent_are_warned_and_ended_on_time_and_who_waits_is_left_alone(live_system, lisi):
    waiting, silent = guest(live_system), customer(live_system)
    theirs, chat = ask(waiting), ask(silent)
    waiting.say(theirs, "我的发票开错了")
    silent.say(chat, "服务器连不上了")
    answered = lisi.say(chat, "请问是哪一台？")

    (warned,) = live_system.until(lambda: silent.warnings(chat), WARN + 2 * LATE_SECONDS)
    assert WARN <= seconds(answered, warned) <= WARN + LATE_SECONDS
    ended = live_system.until(lambda: _end_of(lisi, chat), END + 2 * LATE_SECONDS)
    assert END <= seconds(answered, moment(ended["ended_at"])) <= END + LATE_SECONDS
    assert ended["ended_by"] == "idle"
    assert len(silent.warnings(chat)) == 1

    # They wrote before the other one was answered, and have waited for longer than any rule.
    assert lisi.get(f"chats/{theirs}")["status"] == "active"
    assert waiting.warnings(theirs) == []

    answered = lisi.say(theirs, "已经为您重开")
    (warned,) = live_system.until(lambda: waiting.warnings(theirs), WARN + 2 * LATE_SECONDS)
    assert WARN <= seconds(answered, warned) <= WARN + LATE_SECONDS


def _end_of(agent, chat):
    found = agent.get(f"chats/{chat}")
    return found if found["status"] == "ended" else None
