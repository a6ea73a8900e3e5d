"""Measures of what the system is for: messages, tickets, chats."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils import timezone

from config.measures import Measure, Value
from config.measures import register as register_reader
from messaging.models import ChannelCircuit
from messaging.statistics.overview import overview
from messaging.statistics.realtime import realtime
from tickets.models import AgentPresence, Chat, ChatStatus, PresenceStatus, Ticket
from tickets.presence.standing import counts
from tickets.states import OPEN

TODAY = Measure(
    "scrm_messages_today",
    "Messages made today, by what became of them; sent counts the delivered too",
    ("channel", "outcome"),
)
RATE = Measure(
    "scrm_messages_success_ratio", "Share of today's messages that arrived", ("channel",)
)
AVERAGE = Measure("scrm_send_duration_avg_seconds", "Today's calls to providers, on average")
P95 = Measure("scrm_send_duration_p95_seconds", "95 of 100 of today's calls were quicker")
WAITING = Measure("scrm_messages_waiting", "Messages by queue, to the chunk in work", ("queue",))
MINUTE = Measure(
    "scrm_messages_last_minute", "Messages that ended in the last minute", ("outcome",)
)
SPEED = Measure("scrm_messages_per_second", "Messages that ended, over ten seconds")
IN_FLIGHT = Measure("scrm_send_in_flight", "Calls to providers under way")
POOL = Measure("scrm_pool_size", "Sending pool: calls at once", ("bound",))
POOL_USE = Measure("scrm_pool_utilization_ratio", "Share of the pool in use")
SENDERS = Measure("scrm_sending_processes", "Processes that sent in the last half minute")
CIRCUIT = Measure(
    "scrm_circuit_open", "1 while an account's circuit is open", ("channel", "account")
)
TICKETS = Measure("scrm_tickets_open", "Open tickets", ("status",))
OVERDUE = Measure("scrm_tickets_overdue", "Open tickets past their deadline")
CHATS = Measure("scrm_chats", "Chats that wait and that go on", ("status",))
AGENTS = Measure("scrm_agents", "Colleagues who are there", ("status",))


def register() -> None:
    register_reader(_messages, [TODAY, RATE, AVERAGE, P95])
    register_reader(_sending, [WAITING, MINUTE, SPEED, IN_FLIGHT, POOL, POOL_USE, SENDERS])
    register_reader(_circuits, [CIRCUIT])
    register_reader(_tickets, [TICKETS, OVERDUE])
    register_reader(_chats, [CHATS, AGENTS])


def _messages() -> Iterator[Value]:
    found = overview(days=1)
    for row in found["by_channel"]:
        for outcome in ("total", "sent", "failed"):
            yield Value(TODAY, row[outcome], (row["channel"], outcome))
        if row["sent"] + row["failed"]:
            yield Value(RATE, row["sent"] / (row["sent"] + row["failed"]), (row["channel"],))
    yield Value(AVERAGE, found["avg_response_ms"] / 1000)
    yield Value(P95, found["p95_response_ms"] / 1000)


def _sending() -> Iterator[Value]:
    found = realtime()
    for queue, count in found["queues"].items():
        yield Value(WAITING, count, (queue,))
    for outcome in ("sent", "failed"):
        yield Value(MINUTE, found["last_minute"][outcome], (outcome,))
    yield Value(SPEED, found["qps"])
    yield Value(IN_FLIGHT, found["in_flight"])
    for bound in ("core", "max", "size", "active"):
        yield Value(POOL, found["pool"][bound], (bound,))
    yield Value(POOL_USE, found["pool"]["utilization"])
    yield Value(SENDERS, len(found["workers"]))


def _circuits() -> Iterator[Value]:
    for circuit in ChannelCircuit.objects.order_by("key"):
        channel, _, account = circuit.key.partition(":")
        yield Value(CIRCUIT, float(circuit.is_open), (channel, account))


def _tickets() -> Iterator[Value]:
    late = Count("pk", filter=Q(deadline__lt=timezone.now()))
    rows = Ticket.objects.filter(status__in=OPEN).order_by().values("status")
    found = {row["status"]: row for row in rows.annotate(count=Count("pk"), late=late)}
    for status in OPEN:
        yield Value(TICKETS, found[status]["count"] if status in found else 0, (str(status),))
    yield Value(OVERDUE, sum(row["late"] for row in found.values()))


def _chats() -> Iterator[Value]:
    chats = Chat.objects.filter(status__in=(ChatStatus.QUEUED, ChatStatus.ACTIVE)).order_by()
    by_status = dict(chats.values_list("status").annotate(Count("pk")))
    yield Value(CHATS, by_status.get(ChatStatus.QUEUED, 0), ("waiting",))
    yield Value(CHATS, by_status.get(ChatStatus.ACTIVE, 0), ("open",))
    there = AgentPresence.objects.filter(counts(timezone.now())).order_by()
    agents = dict(there.values_list("status").annotate(Count("pk")))
    for status in (PresenceStatus.ONLINE, PresenceStatus.BUSY):
        yield Value(AGENTS, agents.get(status, 0), (str(status),))
