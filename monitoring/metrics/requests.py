"""HTTP requests by group of routes, as a counter and a histogram."""

from collections import defaultdict
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from config.api import traffic
from config.redis_link import RedisAway


def request_families() -> Iterator[Metric]:
    """Nothing while Redis, which keeps the counts, is away."""
    try:
        totals = traffic.totals()
    except RedisAway:
        return
    by_group: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for name, number in totals.items():
        group, what, which = name.split("|")
        by_group[group][what][which] = number
    requests = CounterMetricFamily(
        "scrm_http_requests", "Requests answered", labels=("route", "status")
    )
    durations = HistogramMetricFamily(
        "scrm_http_request_duration_seconds", "How long answers took", labels=("route",)
    )
    for group, counted in sorted(by_group.items()):
        for status, number in sorted(counted["status"].items()):
            requests.add_metric((group, status), number)
        seconds = counted["us"].get("", 0) / 1_000_000
        durations.add_metric((group,), _buckets(counted["le"]), seconds)
    yield requests
    yield durations


def _buckets(counted: dict[str, int]) -> list[tuple[str, float]]:
    """Each bucket with all that are below it, as Prometheus wants them."""
    found, sum_so_far = [], 0
    for bound in traffic.BUCKETS:
        sum_so_far += counted.get(str(bound), 0)
        found.append((str(bound), float(sum_so_far)))
    return [*found, ("+Inf", float(sum_so_far + counted.get("inf", 0)))]
