"""What `manage.py doctor` looks at. Apps above add their own checks with `register`.

A check yields findings: sentences in plain Chinese, never a secret.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.health import probing

SECRET_KEY_LENGTH = 40


class Level(StrEnum):
    GOOD = "✓"
    ODD = "!"
    WRONG = "✗"


@dataclass(frozen=True)
class Finding:
    level: Level
    sentence: str


Check = Callable[[], Iterator[Finding]]
_checks: list[Check] = []


def register(check: Check) -> Check:
    _checks.append(check)
    return check


def findings() -> Iterator[Finding]:
    """All of them; what a check cannot ask an unfit database is `_database`'s to say."""
    for check in _checks:
        with suppress(DatabaseError):
            yield from check()


def good(sentence: str) -> Finding:
    return Finding(Level.GOOD, sentence)


def odd(sentence: str) -> Finding:
    return Finding(Level.ODD, sentence)


def wrong(sentence: str) -> Finding:
    return Finding(Level.WRONG, sentence)


@register
def _basics() -> Iterator[Finding]:
    yield good(f"Python {sys.version.split()[0]}")
    names = {"embedded": "单进程（SQLite，无需其他服务）", "services": "多服务"}
    yield good(f"运行方式：{names[settings.PROFILE]}")
    for message in run_checks():
        if message.level >= ERROR:
            yield wrong(f"{message.msg} {message.hint or ''}".strip())
    if settings.EMBEDDED:
        return
    if settings.DEBUG:
        yield wrong("DEBUG 已打开；对外服务时必须关闭")
    if len(settings.SECRET_KEY) < SECRET_KEY_LENGTH:
        yield wrong(f"SECRET_KEY 太短，请用至少 {SECRET_KEY_LENGTH} 个随机字符")
    if settings.SANDBOX:
        yield odd("SANDBOX 已打开：消息只会发给模拟平台")


@register
def _database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield wrong(f"数据库连不上：{str(error).strip().splitlines()[0]}；请检查 DATABASE_URL")
        return
    yield good(f"数据库可用（{connection.display_name}）")
    if waiting:
        yield wrong(f"有 {len(waiting)} 个数据库迁移未执行；请运行 python manage.py migrate")


@register
def _servers() -> Iterator[Finding]:
    if settings.EMBEDDED:
        return
    for name, variable in (("broker", "BROKER_URL"), ("cache", "REDIS_URL")):
        if probing.reading(name).is_ok:
            yield good(f"{variable} 可用")
        else:
            yield wrong(f"{variable} 连不上，请检查地址与服务是否启动")
    for name, command in (
        ("workers", "celery -A config worker"),
        ("beat", "celery -A config beat"),
        ("relay", "python manage.py relay"),
    ):
        if probing.reading(name).is_ok:
            yield good(f"{name} 正在运行")
        else:
            yield odd(f"{name} 没有在运行；启动命令：{command}")


@register
def _address() -> Iterator[Finding]:
    domain = urlsplit(settings.APP_DOMAIN)
    if domain.scheme not in ("http", "https") or not domain.hostname:
        yield wrong("APP_DOMAIN 应形如 https://desk.example.com")
    elif domain.scheme == "http" and not settings.SANDBOX:
        yield odd("APP_DOMAIN 不是 https；企业微信的回调地址需要公网域名，建议使用 https")
    else:
        yield good(f"对外地址 {settings.APP_DOMAIN}")
