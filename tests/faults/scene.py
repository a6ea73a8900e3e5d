"""Accounts, templates and members for fault tests, and what a test asks of the system in one line.

Run inside the system's environment (`python -m tests.faults.scene <provider's base>`) it makes them by
the system's own models and tells their numbers as JSON.
"""

import json
import os
import sys
import time
from functools import cache
from typing import Any

import django
import requests

from tests.faults.processes import until
from tests.faults.provider import Provider
from tests.faults.system import System

CALL_SECONDS = 60.0
# As many robots as any one test uses up: a circuit is an account's.
ROBOTS = 24
# What the address carries to which the SMS provider pushes.
RECEIPT_TOKEN = "receipts-of-the-stand-in"
MARK = "【{{mark}}】"
# A small stand-in for the platforms' own templates.
OPTIONS: dict[str, dict[str, Any]] = {
    "SMS": {"template_code": "SMS_1", "template_params": {"mark": "{{mark}}"}},
    "KF": {"open_kfid": "wkfaults"},
}
DEDUPE_SECONDS = 3600
CSRF = "f" * 32
ROBOT_PATH = "/cgi-bin/webhook/send?key="


class Scene:
    """See `scene_of`."""

    def __init__(self, system: System, base: str) -> None:
        self.system = system
        made = json.loads(system.run("-m", "tests.faults.scene", base).splitlines()[-1])
        self.templates: dict[str, int] = made["templates"]
        self.token: str = made["token"]
        self._session: str = made["session"]
        self.staff: list[str] = made["staff"]

    # Sending

    def post(self, recipient: str, mark: str, template: str, **more: Any) -> requests.Response:
        """`more` goes into the body; `headers`, `base` and `timeout` into the call."""
        headers = {**self.system.key, **more.pop("headers", {})}
        base = more.pop("base", self.system.web)
        body = {
            "template_id": self.templates[template],
            "recipient": recipient,
            "variables": {"mark": mark},
            **more,
        }
        return requests.post(
            f"{base}/api/messages/send", json=body, headers=headers, timeout=CALL_SECONDS
        )

    def send(self, recipient: str, mark: str, template: str = "WORK_WECHAT", **more: Any) -> str:
        """One message accepted; its number."""
        answer = self.post(recipient, mark, template, **more)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["message_id"])

    def send_batch(self, people: list[tuple[str, str]], template: str, **more: Any) -> str:
        """A batch for these (recipient, mark); its number."""
        recipients = [{"recipient": who, "variables": {"mark": mark}} for who, mark in people]
        answer = requests.post(
            f"{self.system.web}/api/messages/send-batch",
            json={"template_id": self.templates[template], "recipients": recipients, **more},
            headers=self.system.key,
            timeout=CALL_SECONDS,
        )
        assert answer.status_code == 202, answer.text
        assert not answer.json()["rejected"]
        return str(answer.json()["batch_id"])

    def resend(self, message_id: str) -> None:
        """An operator's click, by the API."""
        answer = requests.post(
            f"{self.system.web}/api/messages/{message_id}/retry",
            headers=self.system.key,
            timeout=CALL_SECONDS,
        )
        assert answer.status_code == 200, answer.text

    def click(self, message_id: str, act: str) -> None:
        """An operator's click on the page of messages: `settle_sent`, `settle_failed`, …"""
        ((pk,),) = self.system.query(
            "SELECT id FROM messaging_message WHERE message_id = %s", [message_id]
        )
        answer = requests.post(
            f"{self.system.web}/admin/messaging/message/",
            data={
                "action": act,
                "_selected_action": pk,
                "confirmed": "1",
                "csrfmiddlewaretoken": CSRF,
            },
            headers=self.cookies,
            allow_redirects=False,
            timeout=CALL_SECONDS,
        )
        assert answer.status_code == 302, f"{answer.text[:2000]}\n{self.system.processes.tail()}"
        assert "login" not in answer.headers["Location"]

    # Looking

    @property
    def cookies(self) -> dict[str, str]:
        """A browser in which the administrator is logged in."""
        return {"Cookie": f"sessionid={self._session}; csrftoken={CSRF}"}

    def message(self, message_id: str) -> dict[str, Any]:
        """The row's columns, and in how many seconds it is due, by the database's clock."""
        columns = ("status", "attempts", "error_code", "error_detail", "due_in")
        rows = self.system.query(
            "SELECT status, attempts, error_code, error_detail,"
            " extract(epoch FROM due_at - now())::float8"
            " FROM messaging_message WHERE message_id = %s",
            [message_id],
        )
        return dict(zip(columns, rows[0], strict=True))

    def until(self, message_id: str, *states: str, seconds: float = 60) -> dict[str, Any]:
        """The message once it is in one of these states."""

        def there() -> dict[str, Any] | None:
            found = self.message(message_id)
            return found if found["status"] in states else None

        return until(there, seconds, why=lambda: f"{self.message(message_id)}")

    def attempts(self, message_id: str) -> list[tuple[str, str]]:
        """How each attempt that did not end well went: outcome and code, oldest first."""
        return [
            (str(outcome), str(code))
            for outcome, code in self.system.query(
                "SELECT outcome, code FROM messaging_messageattempt WHERE message_id ="
                " (SELECT id FROM messaging_message WHERE message_id = %s) ORDER BY id",
                [message_id],
            )
        ]

    def close_circuits(self) -> None:
        """As an operator does; each worker looks again within a second."""
        self.system.query("UPDATE messaging_channelcircuit SET is_open = false, open_until = NULL")

    def change(self, key: str, value: Any) -> None:
        """A runtime setting, in force in every process when this returns."""
        from config.runtime.store import SNAPSHOT_SECONDS

        answer = requests.post(
            f"{self.system.web}/api/admin/config",
            json={key: value},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=CALL_SECONDS,
        )
        assert answer.status_code == 200, answer.text
        # No process goes longer by what it read before.
        time.sleep(2 * SNAPSHOT_SECONDS)


@cache
def scene_of(system: System, provider: Provider) -> Scene:
    """Made once for a system."""
    return Scene(system, provider.base)


def furnish(base: str) -> dict[str, Any]:
    from rest_framework_simplejwt.tokens import AccessToken

    from config.api.roles import Role
    from customers.models import User
    from messaging.models import ChannelAccount, MessageTemplate

    netloc = base.partition("//")[2]
    robots = [
        ("GROUP_BOT", f"r{n}", {"group_id": f"r{n}"}, {"webhook_url": f"{base}{ROBOT_PATH}r{n}"})
        for n in range(ROBOTS)
    ]
    sms = {"provider": "aliyun", "sign_name": "签名", "sdk_app_id": "", "endpoint": netloc}
    sms_keys = {"access_key_id": "id", "access_key_secret": "secret"}
    jpush = {"provider": "jpush", "app_key": "key", "api_base": base, "ttl": 86400}
    mailbox = {
        "host": "127.0.0.1",
        "port": int(os.environ.get("FAULTS_SMTP_PORT", "1")),
        "security": "none",
        "username": "",
        "from_address": "desk@example.com",
        "from_name": "客服中心",
        "reply_to": "",
    }
    accounts: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
        *robots,
        ("FEISHU", "f0", {"group_id": "f0"}, {"webhook_url": f"{base}/feishu/f0"}),
        ("SMS", "s0", sms, {**sms_keys, "receipt_token": RECEIPT_TOKEN}),
        ("APP", "a0", jpush, {"master_secret": "secret"}),
        ("EMAIL", "e0", mailbox, {}),
    ]
    for channel, code, settings, secrets in accounts:
        ChannelAccount.objects.create(
            channel=channel,
            code=code,
            name=code,
            settings=settings,
            secrets=secrets,
            is_default=code in ("s0", "a0", "e0"),
        )
    templates = {}
    for name in ("WORK_WECHAT", "GROUP_BOT", "FEISHU", "SMS", "APP", "EMAIL", "KF", "WECHAT"):
        templates[name] = MessageTemplate.objects.create(
            code=f"faults_{name.lower()}",
            name=name,
            channel=name,
            subject="通知" if name in ("APP", "EMAIL") else "",
            body=MARK,
            options=OPTIONS.get(name, {}),
        ).pk
    templates["TEMPLATE_MESSAGE"] = MessageTemplate.objects.create(
        code="faults_template_message",
        name="模板消息",
        channel="WECHAT",
        body="",
        options={"template_id": "tm-1", "template_data": {"thing1": "{{mark}}"}},
    ).pk
    templates["DEDUPED"] = MessageTemplate.objects.create(
        code="faults_deduped",
        name="去重",
        channel="WORK_WECHAT",
        body=MARK,
        dedupe_seconds=DEDUPE_SECONDS,
    ).pk
    staff = [f"staff{n}" for n in range(3)]
    for name in staff:
        User.objects.create(username=name, name=name, wecom_user_id=name, role=Role.STAFF)
    admin = User.objects.get(username="admin")
    return {
        "templates": templates,
        "token": str(AccessToken.for_user(admin)),
        "session": _session_of(admin),
        "staff": staff,
    }


def _session_of(user: Any) -> str:
    """A browser's login."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils.module_loading import import_string

    session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(furnish(sys.argv[1])) + "\n")
