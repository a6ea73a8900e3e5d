"""Whether messages arrive: circuits that are open, channels that fail, queues that grow."""

from collections.abc import Iterable

from config.runtime import store
from messaging.models import ChannelCircuit, ChannelType, Queue
from messaging.statistics.overview import overview
from messaging.statistics.realtime import waiting_by_queue
from monitoring.models import Severity
from monitoring.watch import samples
from monitoring.watch.conditions import Condition, Parts, Rule
from monitoring.watch.conditions import register as register_rule
from monitoring.watch.settings import LIMITS

# A queue is growing when it holds more than it did so long ago.
RISING_SECONDS = 60


def register() -> None:
    needs = ("database",)
    register_rule(Rule("circuit_open", "渠道熔断", _circuits, needs=needs))
    register_rule(Rule("success_rate", "渠道成功率下降", _success_rates, needs=needs))
    register_rule(
        Rule(
            "queue_growing", "消息队列积压", _queues, needs=("database", "broker"), hold_seconds=30
        )
    )


def _circuits(parts: Parts) -> Iterable[Condition]:
    for circuit in ChannelCircuit.objects.filter(is_open=True).order_by("key"):
        channel = circuit.key.partition(":")[0]
        yield Condition(
            "circuit_open",
            circuit.key,
            f"{_label(channel)}（账号 {circuit.key}）已熔断：{circuit.code}",
            details={"code": circuit.code},
            channel=channel,
        )


def _success_rates(parts: Parts) -> Iterable[Condition]:
    """Of what ended since the window began; a new day begins a new window."""
    limits = store.get(LIMITS)
    now = {row["channel"]: (row["sent"], row["failed"]) for row in overview(days=1)["by_channel"]}
    before = samples.add("channels", now, limits["success_minutes"] * 60)
    for channel, (sent, failed) in now.items():
        sent_before, failed_before = (before or {}).get(channel, (sent, failed))
        good, bad = sent - sent_before, failed - failed_before
        if good < 0 or bad <= 0 or good + bad < limits["success_least"]:
            continue
        rate = good / (good + bad)
        if rate < limits["success_rate"]:
            yield Condition(
                "success_rate",
                channel,
                f"{_label(channel)}成功率 {rate:.0%}（{good + bad} 条中 {bad} 条失败）",
                details={"sent": good, "failed": bad},
                channel=channel,
            )


def _queues(parts: Parts) -> Iterable[Condition]:
    """Above the limit and still rising: a long queue that is being worked off is nobody's trouble."""
    limit = store.get(LIMITS)["queue_depth"]
    depths = waiting_by_queue()
    before = samples.add("queues", depths, RISING_SECONDS)
    for name, depth in depths.items():
        if depth > limit and depth > (before or {}).get(name, depth):
            yield Condition(
                "queue_growing",
                name,
                f"队列“{Queue(name).label}”积压 {depth} 条，仍在增加",
                severity=Severity.WARNING,
                details={"depth": depth},
            )


def _label(channel: str) -> str:
    return str(ChannelType(channel).label) if channel in ChannelType else channel
