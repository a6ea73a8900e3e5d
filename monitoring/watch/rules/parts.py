"""Servers that are away, processes that are silent, queues that nobody works."""

from collections.abc import Iterable

from config.health.looks import WORKER_PREFIX
from config.health.reading import Status
from monitoring.watch.conditions import Condition, Look, Parts, Rule
from monitoring.watch.conditions import register as register_rule

_SERVERS = {"database": "数据库", "broker": "消息队列（RabbitMQ）", "cache": "缓存（Redis）"}
_PROCESSES = {"beat": "定时任务（beat）", "relay": "消息中继（relay）"}


def register() -> None:
    for name, title in _SERVERS.items():
        register_rule(Rule(name, f"{title}不可用", _part(name, f"{title}不可用"), hold_seconds=5))
    for name, title in _PROCESSES.items():
        register_rule(
            Rule(
                name,
                f"{title}没有心跳",
                _part(name, f"{title}没有心跳"),
                needs=tuple(_SERVERS),
                hold_seconds=5,
            )
        )
    register_rule(Rule("worker", "队列没有进程处理", _workers, needs=("broker",), hold_seconds=20))


def _part(name: str, title: str) -> Look:
    def look(parts: Parts) -> Iterable[Condition]:
        reading = parts[name]
        if reading.status is Status.UNAVAILABLE:
            yield Condition(name, "", f"{title}：{reading.detail}")

    return look


def _workers(parts: Parts) -> Iterable[Condition]:
    for name, reading in parts.items():
        if name.startswith(WORKER_PREFIX) and reading.status is Status.UNAVAILABLE:
            kind = name.removeprefix(WORKER_PREFIX)
            yield Condition("worker", kind, f"worker-{kind}：{reading.detail}")
