"""What pages tell browsers to allow, walked over every page; and cookies as HTTPS wants them."""

import json
import os
import re
import secrets
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from config import content_policy
from config.content_policy import HEADER
from customers.models import User
from tests.attack import addresses
from tests.factories import PASSWORD, TicketFactory, actor
from tests.live import ROOT
from tests.operators.world import everything
from tickets.customer_side.actions import customer_link

# Hundreds of pages.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
CUSTOMERS = ("/chat/", "/chat/start", "/submit/", "/bind/", "/t/nonsense")


class _Inline(HTMLParser):
    """What a strict policy would refuse to run."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.styles = []
        self._script = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        is_data = given.get("type") == "application/json"
        self._script = tag == "script" and "src" not in given and not is_data
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on")]
        if (given.get("href") or "").startswith("javascript:"):
            self.found.append(f"<{tag} href>")
        if tag == "style" or "style" in given:
            self.styles.append(f"<{tag} style>")

    def handle_endtag(self, tag):
        self._script = False

    def handle_data(self, data):
        if self._script and data.strip():
            self.found.append(f"<script>{data.strip()[:60]}")


def policy_of(answer):
    return {
        name: sources
        for name, *sources in (part.split() for part in answer[HEADER].split(";") if part.strip())
    }


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every page there is, with the answer to whoever may see it."""
    with django_db_blocker.unblock(), transaction.atomic():
        everything()
        admin, client, found = User.objects.get(username="admin"), Client(), {}
        client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
        ticket = TicketFactory()
        secure = "/" + customer_link(ticket_id=ticket.pk, actor=actor(admin)).url.split("/", 3)[3]
        asked = [*addresses.admin_pages("x"), *addresses.staff_pages(), *CUSTOMERS, secure]
        for page in [*asked, *addresses.reflecting("x")]:
            answer = client.get(page)
            if answer.get("Content-Type", "").startswith("text/html") and answer.status_code != 302:
                found[page] = answer
        transaction.set_rollback(True)
    assert len(found) > 200
    return found


def test_every_page_has_a_policy_that_runs_our_own_files_alone(pages):
    wrong = {}
    for page, answer in pages.items():
        policy = policy_of(answer)
        scripts = set(policy["script-src"]) - {"'self'"}
        # The admin's theme evaluates expressions in its markup.
        allowed = {content_policy.EVAL} if page.startswith("/admin/") else set()
        if scripts - allowed or policy["default-src"] != ["'none'"]:
            wrong[page] = policy
        if policy["base-uri"] != ["'none'"] or policy["form-action"] != ["'self'"]:
            wrong[page] = policy
    assert wrong == {}


def test_no_page_needs_what_its_policy_refuses(pages):
    wrong = {}
    for page, answer in pages.items():
        reader = _Inline()
        reader.feed(answer.content.decode())
        if reader.found:
            wrong[page] = reader.found
        if reader.styles and "'unsafe-inline'" not in policy_of(answer)["style-src"]:
            wrong[page] = reader.styles
    assert wrong == {}


def test_every_page_says_who_may_frame_it_and_what_it_tells_others(pages):
    for page, answer in pages.items():
        framed = policy_of(answer)["frame-ancestors"]
        own = {"SAMEORIGIN": ["'self'"], "DENY": ["'none'"]}
        assert framed == own[answer["X-Frame-Options"]], page
        assert answer["X-Content-Type-Options"] == "nosniff", page
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer"), page
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", page


def test_without_the_sandbox_only_the_sidebar_may_be_framed(client, admin, settings):
    """WeCom shows it in a window of its own; a page of ours may show it beside others."""
    settings.X_FRAME_OPTIONS, settings.SANDBOX = "DENY", False
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    framed = {
        page: policy_of(client.get(page))["frame-ancestors"]
        for page in ("/", "/console/", "/monitor/", "/admin/", "/docs", "/chat/", "/submit/")
    }
    assert set(map(tuple, framed.values())) == {("'none'",)}
    assert policy_of(client.get("/sidebar/"))["frame-ancestors"] == ["'self'"]


def test_the_sidebar_runs_wecoms_script_and_nobody_elses():
    """By the settings of a system without a sandbox, which the process reads once."""
    told = outside(
        "from wechat.sidebar import pages; print(json.dumps(pages.SDK_HOSTS))", SANDBOX="0"
    )
    assert told == ["https://open.work.weixin.qq.com", "https://res.wx.qq.com"]


def test_a_view_adds_to_the_policy_and_takes_nothing_away():
    more = content_policy.policy({"script-src": ("https://a.example",), "default-src": ()})
    assert "script-src 'self' https://a.example;" in more
    assert "default-src 'none';" in more
    assert more.endswith("frame-ancestors 'none'")


# --- Cookies ------------------------------------------------------------------------------------


def outside(code, **environment):
    """What a process with this environment prints, as JSON."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import json, django; django.setup(); from django.conf import settings; {code}",
        ],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_an_https_address_makes_every_cookie_secure_and_every_visit_https():
    names = [
        *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"),
        *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SESSION_COOKIE_HTTPONLY"),
        *("CSRF_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE"),
    ]
    code = f"print(json.dumps([getattr(settings, name) for name in {names}]))"
    told = outside(code, APP_DOMAIN="https://desk.example.com", SANDBOX="0")
    assert told == [True, True, True, 31_536_000, True, True, True, "Lax", "Lax"]


def test_django_finds_nothing_to_better_in_a_system_that_is_deployed():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **os.environ,
            "APP_DOMAIN": "https://desk.example.com",
            "SANDBOX": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("door", ["admin:login", "console-login"])
def test_no_script_reads_a_cookie_of_ours(client, admin, settings, door):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.get(reverse(door))
    client.post(reverse(door), {"username": "admin", "password": PASSWORD}, follow=True)
    client.get("/console/")
    client.get("/sidebar/")
    assert {"sessionid", "csrftoken"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["secure"], name
        assert cookie["samesite"] == "Lax", name


def test_the_visitors_cookies_are_as_safe(settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    visitor = Client()
    visitor.get("/chat/")
    visitor.post("/chat/start", {"name": "访客"})
    assert "visitor" in visitor.cookies
    for name, cookie in visitor.cookies.items():
        assert (bool(cookie["httponly"]), bool(cookie["secure"])) == (True, True), name
        assert cookie["samesite"] == "Lax", name


def test_a_visit_without_tls_is_sent_to_https_and_told_to_stay_there(client, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    answer = client.get("/console/")
    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")
    answer = client.get("/console/login/", secure=True)
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains")


# --- Logs ---------------------------------------------------------------------------------------


def test_the_proxys_log_has_no_secrets():
    """A customer's link and a socket's token stand in addresses: neither is written down."""
    conf = (ROOT / "deploy" / "nginx.conf").read_text()
    (written,) = re.findall(r"log_format without_secrets ([^;]+);", conf)
    assert re.findall(r"access_log [^;]+;", conf) == [
        "access_log /var/log/nginx/access.log without_secrets;"
    ]
    for leaks in ("$request ", "$request_uri", "$args", "$query_string", "$http_referer", "$uri"):
        assert leaks not in f"{written} ", leaks
    ((pattern, shown),) = re.findall(r"map \$uri \$logged_path \{\s*~(\S+)\s+(\S+);", conf)
    assert re.match(pattern, "/t/AAAA")
    assert shown == "/t/-"
