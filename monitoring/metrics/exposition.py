"""All measures as Prometheus text; made at most every few seconds, however many ask."""

import threading
import time
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config import measures
from config.health import probing
from config.logs import get_logger
from config.redis_link import RedisAway
from monitoring.metrics.requests import request_families

logger = get_logger(__name__)

KEPT_SECONDS = 2.0

_lock = threading.Lock()
_kept: bytes = b""
_made_at = float("-inf")


class _Rooms(Collector):
    """What the rooms registered; a reader whose server is away is left out."""

    def collect(self) -> Iterator[Metric]:
        has_database = probing.reading("database").is_ok
        failed = 0
        for reader in measures.readers():
            if reader.needs_database and not has_database:
                failed += 1
                continue
            try:
                values = list(reader.read())
            except (DatabaseError, InterfaceError, RedisAway) as error:
                logger.warning("metrics_left_out", error=type(error).__name__)
                failed += 1
                continue
            yield from _families(reader, values)
        yield from request_families()
        yield GaugeMetricFamily(
            "scrm_metrics_left_out", "Readers whose server did not answer", value=failed
        )


def text() -> bytes:
    """The whole page, at most `KEPT_SECONDS` old."""
    global _kept, _made_at
    with _lock:
        if time.monotonic() - _made_at >= KEPT_SECONDS:
            registry = CollectorRegistry(auto_describe=False)
            registry.register(_Rooms())
            _kept = generate_latest(registry)
            _made_at = time.monotonic()
        return _kept


def forget() -> None:
    global _made_at
    with _lock:
        _made_at = float("-inf")


def _families(reader: measures.Reader, values: list[measures.Value]) -> Iterator[Metric]:
    for measure in reader.measures:
        kind = GaugeMetricFamily if measure.kind == "gauge" else CounterMetricFamily
        family = kind(measure.name, measure.description, labels=measure.labels)
        for value in values:
            if value.measure is measure:
                family.add_metric(value.labels, value.value)
        yield family
