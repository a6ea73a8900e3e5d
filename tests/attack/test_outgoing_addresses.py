"""Nobody makes us call our own network (SSRF): no address that somebody else may name leads there."""

import ast
import asyncio
import re
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from django.conf import settings as django_settings
from hypothesis import example, given, settings
from hypothesis import strategies as st
from requests import Request, RequestException
from yarl import URL

from messaging.allowed_urls import is_allowed_url
from messaging.channels import registry
from messaging.channels.app.addresses import address_of
from messaging.channels.base import Outbound
from messaging.models import ChannelAccount
from wechat.channels.smart_robot import long_connection
from wechat.channels.smart_robot.form import is_allowed_socket
from wechat.client.video_urls import is_video_url

DEEP = settings(max_examples=400, deadline=None, derandomize=True)
LISTED = ["api.jpush.cn", ".push.services.mozilla.com", "smtp.example.com:465"]
# Places inside, written in every way that some reader of addresses understands.
INSIDE = [
    "127.0.0.1", "127.1", "0", "0.0.0.0", "0x7f000001", "2130706433", "017700000001", "127.0.0.1.",  # noqa: S104
    "localhost", "localhost.", "LOCALHOST", "localhost.localdomain", "127.0.0.1.nip.io",
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0xa9fea9fe",
    "2852039166", "0251.0376.0251.0376", "metadata.google.internal", "redis", "db.internal",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[fe80::1]", "[fe80::1%25eth0]", "[fd00::1]", "[64:ff9b::7f00:1]", "[::127.0.0.1]",
    "①②⑦.0.0.1", "１２７.0.0.1", "127。0。0。1", "loc\u00adalhost",
]  # fmt: skip
# A listed host that stands somewhere in it, and another one that is called.
DISGUISED = [
    "https://api.jpush.cn@127.0.0.1/", "https://api.jpush.cn:x@127.0.0.1/", "https://@api.jpush.cn/",
    "https://api.jpush.cn%40127.0.0.1/", "https://127.0.0.1#@api.jpush.cn/",
    "https://127.0.0.1?@api.jpush.cn/", "https://127.0.0.1\\@api.jpush.cn/",
    "https://127.0.0.1\\.push.services.mozilla.com/", "https://127.0.0.1%2f.push.services.mozilla.com/",
    "https://127.0.0.1%00.push.services.mozilla.com/", "https://127.0.0.1 .push.services.mozilla.com/",
    "https://[::1%25.push.services.mozilla.com]/", "https://[::1].push.services.mozilla.com/",
    "https://127.0.0.1;.push.services.mozilla.com/", "https://127.0.0.1,x.push.services.mozilla.com/",
    "https://api.jpush.cn.evil.example/", "https://evil-api.jpush.cn/", "https://xpush.services.mozilla.com/",
    "https://api.jpush.cn:8443/", "https://api.jpush.cn:22/", "https://api.jpush.cn:0/", "https:127.0.0.1",
    "https:///127.0.0.1/", "https:/127.0.0.1/", "//127.0.0.1/", "127.0.0.1", "https://", "",
    "https://api.jp\nush.cn/", "https://api.jpush.cn\t/", "https://api.jpush.cn\r\nHost: 127.0.0.1/",
    "https://api.jpush.cn/ x", "https://.push.services.mozilla.com/", "https://..push.services.mozilla.com/",
]  # fmt: skip
OTHER_SCHEMES = [
    "http", "ftp", "file", "gopher", "dict", "ldap", "tftp", "data", "javascript", "jar", "ws", "wss", "unix",
]  # fmt: skip

ADDRESSES = [
    *(f"{scheme}://{host}{rest}" for scheme in ("https", "http") for host in INSIDE
      for rest in ("/", ":8000/", ":443/x")),
    *DISGUISED,
    *(f"{scheme}://api.jpush.cn/" for scheme in OTHER_SCHEMES),
    "file:///etc/passwd", "data:text/plain,x", "javascript:alert(1)", "unix:/run/docker.sock",
]  # fmt: skip


@pytest.fixture(autouse=True)
def listed(settings):
    settings.OUTBOUND_ALLOWED_HOSTS = LISTED
    settings.MP_VIDEO_HOSTS = LISTED
    settings.WECOM_API_BASE = "https://qyapi.weixin.qq.com"
    settings.MP_API_BASE = "https://api.weixin.qq.com"


def test_the_listed_ones_are_called():
    assert is_allowed_url("https://api.jpush.cn/v3/push")
    assert is_allowed_url("HTTPS://API.JPUSH.CN/v3/push?a=b#c")
    assert is_allowed_url("https://updates.push.services.mozilla.com/wpush/v2/x")
    assert is_allowed_socket("wss://api.jpush.cn/x")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_other_is(address):
    assert not is_allowed_url(address)
    if not address.startswith("wss://api.jpush.cn"):
        assert not is_allowed_socket(re.sub("^http", "ws", address))
    if urlsplit(address.replace("[", "").replace("]", "")).netloc not in (
        "api.jpush.cn",
        "api.jpush.cn:443",
    ):
        assert not is_video_url(address)


PIECES = st.sampled_from(
    [
        "api.jpush.cn", ".push.services.mozilla.com", "127.0.0.1", "[::1]", "::1", "evil.example", "@", ":",
        "/", "\\", "?", "#", "%", "%2f", "%40", "%00", "%25", ".", "..", ";", ",", " ", "\t", "\n", "\x00",
        "[", "]", "443", "0", "。", "／", "＠", "℀", "x", "\u00ad", "\u200b", "xn--", "ß", "A",
    ]
)  # fmt: skip


@DEEP
@given(st.builds(lambda scheme, parts: scheme + "".join(parts),
                 st.sampled_from(["https://", "https:", "http://", "https:\\\\", " https://"]),
                 st.lists(PIECES, max_size=7)))  # fmt: skip
@example("https://[::1%25.push.services.mozilla.com]/")
@example("https://127.0.0.1\\.push.services.mozilla.com")
def test_whoever_reads_an_allowed_address_reads_the_same_host(address):
    """What we look at, aiohttp and requests must see alike; each has its own way of reading."""
    is_allowed = is_allowed_url(address)
    if not is_allowed and not is_video_url(address):
        return
    read = {urlsplit(address).hostname}
    for library in (_by_aiohttp, _by_requests):
        read |= library(address)
    assert len(read) == 1
    [host] = read
    assert host == "api.jpush.cn" or str(host).endswith(".push.services.mozilla.com")
    if is_allowed:
        assert URL(address).port == 443


def _by_aiohttp(address):
    try:
        return {URL(address).raw_host}
    except ValueError:
        return set()


def _by_requests(address):
    try:
        return {urlsplit(str(Request("GET", address).prepare().url)).hostname}
    except (RequestException, ValueError):
        return set()


# --- Every field of an account that holds an address ----------------------------------------------

# `host` of a mail server is judged with its port, a SMS provider's `endpoint` is a bare host.
ADDRESS_FIELDS = {
    ("AI", "ws_url"), ("APP", "api_base"), ("EMAIL", "host"), ("FEISHU", "webhook_url"),
    ("GROUP_BOT", "webhook_url"), ("SMS", "endpoint"),
}  # fmt: skip
_LIKE_AN_ADDRESS = re.compile("url|host|endpoint|base|server|address|link|proxy|domain")
NO_ADDRESSES_OF_OURS = {("EMAIL", "from_address")}


def test_every_field_with_an_address_is_known_here():
    found = {
        (str(code), name)
        for code in registry.codes()
        if registry.get(code).account_form is not None
        for name in registry.get(code).account_form.base_fields
        if _LIKE_AN_ADDRESS.search(name)
    }
    assert found - NO_ADDRESSES_OF_OURS == ADDRESS_FIELDS


@pytest.mark.parametrize(("channel", "field"), sorted(ADDRESS_FIELDS))
@pytest.mark.parametrize("host", INSIDE)
def test_no_account_is_kept_with_an_address_inside(channel, field, host):
    form = registry.get(channel).account_form
    rest = {"port": "465", "security": "ssl", "provider": "aliyun"}
    for address in (
        host,
        f"https://{host}/",
        f"http://{host}:8000/x",
        f"wss://{host}/",
        f"{host}:80",
    ):
        tried = form(data={**rest, field: address})
        assert field in tried.errors, address


@pytest.mark.parametrize("host", INSIDE)
def test_no_subscription_of_a_browser_leads_inside(host):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from config.errors import InvalidInputError

    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip
    import base64
    import json

    keys = {
        "p256dh": base64.urlsafe_b64encode(point).decode(),
        "auth": base64.urlsafe_b64encode(b"1" * 16).decode(),
    }
    good = json.dumps({"endpoint": "https://updates.push.services.mozilla.com/x", "keys": keys})
    assert address_of(good)
    for address in (f"https://{host}/x", f"https://{host}.push.services.mozilla.com@{host}/"):
        with pytest.raises(InvalidInputError):
            address_of(json.dumps({"endpoint": address, "keys": keys}))


# --- What was kept before the list was shorter: judged again at each call -------------------------


@pytest.mark.parametrize(
    ("channel", "settings_", "secrets", "payload"),
    [
        ("GROUP_BOT", {}, {"webhook_url": "{url}"}, {"msgtype": "text", "text": {"content": "x"}}),
        ("FEISHU", {}, {"webhook_url": "{url}"}, {"msg_type": "text", "content": {"text": "x"}}),
        ("AI", {}, {}, {"response_url": "{url}", "msgtype": "text", "text": {"content": "x"}}),
        ("AI", {"ws_url": "{ws}", "bot_id": "b"}, {"secret": "s"}, {"msgtype": "text"}),
        ("APP", {"provider": "jpush", "api_base": "{url}", "app_key": "k"}, {"master_secret": "s"},
         {"title": "x", "body": "x"}),
    ],
    ids=["group robot", "feishu", "a robot's answer", "a robot's connection", "jpush"],
)  # fmt: skip
def test_a_kept_address_inside_is_not_called(channel, settings_, secrets, payload):
    """A real server stands there, and nobody comes."""

    def filled(values, port):
        places = {"{url}": f"http://127.0.0.1:{port}", "{ws}": f"ws://127.0.0.1:{port}"}
        return {name: places.get(value, value) if isinstance(value, str) else value
                for name, value in values.items()}  # fmt: skip

    async def told(base, http):
        port = base.port
        account = ChannelAccount(pk=1, channel=channel, code="x", settings=filled(settings_, port))
        account.secrets = filled(secrets, port)
        outbound = Outbound(
            pk=1, message_id="MSG1", channel=channel, attempts=1,
            recipient="alias:x" if channel == "APP" else "x",
            payload=filled(payload, port), account=account,
        )  # fmt: skip
        return await registry.get(channel).send(outbound, http)

    result, visits = asyncio.run(_with_server(told))
    assert result.outcome == "permanent", result
    assert visits == []


async def _with_server(act, answer=None):
    visits = []

    async def visited(request):
        visits.append(str(request.rel_url))
        if answer is not None and request.path == "/first":
            return answer(request)
        return web.json_response({"errcode": 0})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", visited)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = URL(site.name).with_port(runner.addresses[0][1])
    try:
        async with aiohttp.ClientSession() as http:
            return await act(base, http), visits
    finally:
        await runner.cleanup()


# --- Redirects ------------------------------------------------------------------------------------


def test_a_robots_connection_follows_nobody_elsewhere(settings):
    """`ws_connect` follows redirects unless it is kept from it."""

    async def pushed(base, http):
        settings.WECOM_API_BASE = f"http://127.0.0.1:{base.port}"
        account = ChannelAccount(
            pk=1, channel="AI", settings={"ws_url": f"ws://127.0.0.1:{base.port}/first"}
        )
        return await long_connection._push(http, account, [("x", {})])

    [result], visits = asyncio.run(
        _with_server(pushed, lambda _: web.HTTPFound("/inside?secret=1"))
    )
    assert visits == ["/first"]
    assert result == long_connection._NOT_TRIED


# Every place that calls somebody, and whose word its address is.
CALLS = {
    "messaging/channels/app/jpush.py": "an account's, judged by is_allowed_url",
    "messaging/channels/app/web_push.py": "a subscription's, judged by is_allowed_url",
    "messaging/channels/feishu/sender.py": "an account's, judged by is_allowed_url",
    "wechat/channels/smart_robot/long_connection.py": "an account's, judged by is_allowed_socket",
    "wechat/client/http.py": "the platform's base, or a robot's, judged by is_allowed_url",
    "wechat/client/media.py": "the platform's base; a film's, judged by is_video_url",
    "wechat/diagnosis/receiving.py": "APP_DOMAIN of the environment",
    "wechat/official/granted.py": "MP_API_BASE of the environment",
    "wechat/official/oauth.py": "MP_API_BASE of the environment",
    "monitoring/watch/ways.py": "the environment's, judged by is_allowed_url",
}
_VERBS = {"get", "post", "put", "delete", "head", "patch", "options", "request", "ws_connect"}
_CALLERS = {"http", "requests", "httpx", "httpx2", "aiohttp", "_http", "urllib3"}


def _calls():
    for package in ("config", "customers", "messaging", "tickets", "wechat", "monitoring"):
        for path in sorted((Path(django_settings.BASE_DIR) / package).rglob("*.py")):
            place = path.relative_to(django_settings.BASE_DIR).as_posix()
            if place.startswith("wechat/simulator/"):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=who), attr=verb)) if (
                        verb in _VERBS and (who in _CALLERS or verb == "ws_connect")
                    ):
                        yield place, node
                    case ast.Call(func=ast.Name(id="urlopen") | ast.Attribute(attr="urlopen")):
                        yield place, node


def test_every_place_that_calls_somebody_is_known_here():
    # It is fetched by its lock file's own address and digest, before anything runs.
    assert {place for place, _ in _calls()} - {"config/packages.py"} == set(CALLS)


def test_no_call_follows_a_redirect():
    for place, call in _calls():
        if place == "config/packages.py" or ast.unparse(call.func).endswith("ws_connect"):
            continue
        follows = {one.arg: ast.unparse(one.value) for one in call.keywords}
        assert follows.get("allow_redirects") == "False", f"{place}:{call.lineno}"
