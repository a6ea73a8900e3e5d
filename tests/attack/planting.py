"""A world in which every text that a person, a program or a platform can set is a payload.

Rows come from the demo data and the permission tests' world; of what has none, one is made by its fields.
Then each text field of each row is overwritten, past every check: what a page shows is its own business.
"""

import uuid
from collections.abc import Callable, Collection, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from customers.models import Customer, RiskWarning, User
from messaging.models import Message, MessageTemplate
from monitoring.models import Job, JobRun
from tests.attack.payloads import MARK
from tests.operators.world import everything
from tests.permissions import world as permissions_world
from tickets.models import AssistantTurn, Ticket
from tickets.states import TicketStatus
from wechat.models import SyncRun

STATES = frozenset(TicketStatus.values)
STATE_FIELDS = frozenset(["from_value", "to_value"])
Payload = Callable[[int | None, int], str]
APPS = ("config", "customers", "messaging", "tickets", "wechat", "monitoring")
# Texts by which our own code finds or understands a row, and which nobody can choose freely: checked
# against a list, made by us, or a key of a registry.
OURS = frozenset(
    [
        *("config.ApiKey.id", "config.ApiKey.prefix", "config.ApiKey.hashed_key"),
        *("config.RuntimeSetting.key", "config.IdempotencyRecord.key", "config.OutboxEntry.name"),
        *("customers.User.password", "customers.User.username"),
        *("customers.CustomerImport.import_id", "customers.Project.product"),
        *("messaging.MessageTemplate.schedule", "messaging.MessageTemplate.timezone"),
        *("messaging.MessageTemplate.code", "messaging.MessageBatch.batch_id"),
        *("messaging.Message.message_id", "messaging.ChannelCircuit.key"),
        *("messaging.PhoneCode.code_hash", "messaging.PhoneCode.purpose"),
        *("tickets.CustomField.key", "tickets.TicketDraft.asking", "tickets.TicketDraft.key"),
        *("monitoring.Job.name", "monitoring.CleanedTable.key", "monitoring.Incident.rule"),
        "tickets.AssistantTurn.strategy",
        # Encrypted, and never shown.
        "messaging.ChannelAccount.secrets",
    ]
)
# Of any model: kinds, where something came in, digests, types that we found out ourselves.
OURS_EVERYWHERE = frozenset(
    ["entry", "kind", "sha256", "digest", "content_type", "request_hash", "lease", "phone", "queue"]
)
# Half of what a page shows would be gone with them: the values that give these meaning stay.
SHAPED = frozenset(
    [
        *("customers.TagRule.conditions", "customers.Segment.conditions"),
        *("customers.Handover.candidates", "customers.Handover.cursor"),
        *("config.ApiKey.scopes", "tickets.SlaPolicy.priorities", "tickets.SlaPolicy.ladder"),
        *("tickets.SlaPolicyVersion.rules", "tickets.AgentProfile.working_hours"),
        *("messaging.ChannelAccount.settings", "messaging.MessageTemplate.options"),
        *("messaging.TemplateVersion.options", "messaging.MessageChunk.message_ids"),
        *("tickets.IntentModel.params", "tickets.SavedView.filters", "tickets.ChatFeedEntry.data"),
        *("messaging.Message.fallback_channels", "config.OutboxEntry.payload"),
        "config.RuntimeSetting.value",
        *("wechat.SyncRun.cursor", "tickets.ChatHourStatistic.spreads"),
        "messaging.MessageBatch.kept_figures",
    ]
)


def plant(payload: Payload) -> None:
    """Into an empty database."""
    permissions_world.build()
    everything()
    overwrite(payload)


def overwrite(payload: Payload) -> None:
    """What is there, and a row of what is not."""
    for model in ours():
        if not model._default_manager.exists():
            made(model)
    _widely_shown()
    for turn, model in enumerate(ours()):
        for number, row in enumerate(model._default_manager.order_by("-pk")[:40]):
            _overwrite(row, payload, turn + number)


def ours() -> list[type[models.Model]]:
    return [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if model._meta.managed and not model._meta.proxy
    ]


def _widely_shown() -> None:
    """What pages show of a row only in some state of it, and JSON as our code writes it."""
    Ticket.objects.update(custom_fields={"field": "x"})
    now = timezone.now().isoformat()
    reason = {"code": "silence", "points": 5, "label": "x", "evidence": "x", "at": now}
    RiskWarning.objects.update(reasons=[reason])
    SyncRun.objects.update(report={"gone": {"count": 1, "samples": ["x"]}})
    AssistantTurn.objects.update(tried=[{"strategy": "x", "said": "x"}])
    Message.objects.update(variables={"name": "x"}, payload={"text": {"content": "x"}})
    MessageTemplate.objects.update(subject="x", keywords=["x"])
    job = Job.objects.order_by("pk").first()
    assert job is not None
    if not JobRun.objects.exists():
        made(JobRun)
    JobRun.objects.update(job=job, error="x", traceback="x")


# Words in JSON by which our code knows what the rest of it is.
KEPT: dict[str, tuple[str, ...]] = {
    "customers.RiskWarning.reasons": ("code", "at"),
    "tickets.TicketEvent.changes": ("status",),
    "tickets.TicketEvent.before": ("status",),
}

# --- Overwriting --------------------------------------------------------------------------------


def _overwrite(row: models.Model, payload: Payload, turn: int) -> None:
    for number, field in enumerate(texts_of(type(row))):
        value = _planted(row, field, payload, turn + number)
        if value is None:
            continue
        try:
            with transaction.atomic():
                manager = type(row)._default_manager
                manager.filter(pk=row.pk).update(**{field.name: value})
        except IntegrityError:
            # A constraint of the table leaves it no such value: then nobody can set one.
            continue


def texts_of(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        own = f"{model._meta.label}.{field.name}"
        is_ours = own in OURS or field.name in OURS_EVERYWHERE
        if is_text and not field.choices and not field.primary_key and not is_ours:
            yield field


def _planted(row: models.Model, field: Any, payload: Payload, turn: int) -> Any:
    present = getattr(row, field.attname)
    if isinstance(field, models.JSONField):
        if f"{row._meta.label}.{field.name}" in SHAPED or present is None:
            return None
        return replaced(present, payload, turn, KEPT.get(f"{row._meta.label}.{field.name}", ()))
    if present in STATES or (field.name in STATE_FIELDS and not present):
        return None
    if present is None and row.pk % 2:
        # Half of the rows go on without, which is a state of its own.
        return None
    room = field.max_length
    if field.unique or field.unique_for_date or _is_part_of_a_key(field):
        number = str(row.pk)
        return number + payload(room and room - len(number), turn)
    return payload(room, turn)


def _is_part_of_a_key(field: Any) -> bool:
    named = (getattr(one, "fields", ()) for one in field.model._meta.constraints)
    return any(field.name in names for names in named)


def replaced(value: Any, payload: Payload, turn: int, kept: Collection[str] = ()) -> Any:
    """JSON with every text in it replaced but the `kept`; what was empty gets one of each kind."""
    if isinstance(value, str):
        return payload(None, turn)
    if isinstance(value, list):
        return [replaced(one, payload, turn, kept) for one in value] or [payload(None, turn)]
    if isinstance(value, dict):
        inside = {
            name: one if name in kept else replaced(one, payload, turn, kept)
            for name, one in value.items()
        }
        return inside or {"name": payload(None, turn), f"<{MARK}>": payload(None, turn + 1)}
    return value


# --- Rows of what has none ----------------------------------------------------------------------

_BY_KIND: tuple[tuple[Any, Any], ...] = (
    (models.BooleanField, False),
    (models.DateTimeField, timezone.now),
    (models.DateField, date.today),
    (models.TimeField, lambda: time(9)),
    (models.DurationField, lambda: timedelta(hours=1)),
    (models.DecimalField, lambda: Decimal(1)),
    (models.FloatField, 1.0),
    (models.IntegerField, 1),
    (models.JSONField, dict),
    (models.BinaryField, b""),
    (models.UUIDField, uuid.uuid4),
    (models.GenericIPAddressField, "192.0.2.1"),
)
# What a table's own constraints want together.
WANTED: dict[str, Callable[[], dict[str, Any]]] = {
    "customers.MergeCase": lambda: dict(
        zip(
            ("first_id", "second_id"),
            Customer.objects.order_by("pk").values_list("pk", flat=True)[:2],
            strict=True,
        )
    ),
    "customers.HandoverItem": lambda: {"group_id": None},
    "tickets.TicketLink": lambda: dict(
        zip(
            ("source_id", "target_id"), Ticket.objects.values_list("pk", flat=True)[:2], strict=True
        )
    ),
}


def made(model: type[models.Model]) -> models.Model:
    """A row with the least that the table wants, and a text in every field that may have one."""
    values = {
        field.attname: _value(model, field)
        for field in model._meta.concrete_fields
        if not (field.primary_key and isinstance(field, models.AutoField))
    }
    values |= WANTED.get(model._meta.label, dict)()
    return model._default_manager.create(**values)


def _value(model: type[models.Model], field: Any) -> Any:
    if field.is_relation:
        return _related(model, field)
    if field.has_default() and field.get_default() is not None:
        return field.get_default()
    if field.choices:
        return field.flatchoices[0][0]
    if field.null and isinstance(field, models.JSONField):
        return None
    for kind, value in _BY_KIND:
        if isinstance(field, kind):
            return value() if callable(value) else value
    return "x"


def _related(model: type[models.Model], field: Any) -> Any:
    """The last row: the first may be bound already where one may have but one."""
    other = field.related_model
    if other is model:
        return None
    if other is User:
        found: Any = User.objects.filter(username="lisi").first()
        return found.pk
    row = other._default_manager.order_by("-pk").first()
    return (row or made(other)).pk
