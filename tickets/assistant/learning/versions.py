"""Versions of the model: trained → candidate → shadow → active, and one step back."""

import logging

from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import ConflictError, NotFoundError
from config.events.publish import enqueue
from customers.actors import Actor
from tickets.assistant.learning import active
from tickets.assistant.learning.examples import require_admin
from tickets.models import IntentModel, ModelStatus

TRAIN_TASK = "tickets.tasks.assistant.learning.train_model"
NOTE_LENGTH = 200
# What a model may have been that is used, or watched, from now on.
READY = (ModelStatus.CANDIDATE, ModelStatus.SHADOW, ModelStatus.RETIRED)

log = logging.getLogger(__name__)


@transaction.atomic
def model_train(*, actor: Actor, note: str = "") -> IntentModel:
    """A new version, trained in the background; without weights until then. Raises `NotAllowedError`."""
    require_admin(actor)
    model = new_version(note=note)
    model.trained_by = actor.user
    model.save(update_fields=["trained_by"])
    enqueue(TRAIN_TASK, [[model.pk]], queue="default")
    return model


def new_version(note: str = "") -> IntentModel:
    """An empty row of the next number, in the caller's transaction."""
    _hold()
    last = IntentModel.objects.order_by("-version").values_list("version", flat=True).first()
    return IntentModel.objects.create(version=(last or 0) + 1, note=note[:NOTE_LENGTH])


@transaction.atomic
def model_shadow(*, model_id: int, actor: Actor) -> IntentModel:
    """It is asked beside the one in use, and only its answers are kept. The shadow before steps back.

    Raises `NotFoundError`, `NotAllowedError`, `ConflictError` for one that cannot be asked.
    """
    model = _ready(model_id, actor, but=ModelStatus.SHADOW)
    IntentModel.objects.filter(status=ModelStatus.SHADOW).update(status=ModelStatus.CANDIDATE)
    return _become(model, ModelStatus.SHADOW, actor)


@transaction.atomic
def model_activate(*, model_id: int, actor: Actor) -> IntentModel:
    """It answers from now on, in every process within a second. Raises as `model_shadow`."""
    model = _ready(model_id, actor)
    _retire_active()
    model.activated_at = timezone.now()
    return _become(model, ModelStatus.ACTIVE, actor)


@transaction.atomic
def model_roll_back(*, actor: Actor) -> IntentModel:
    """The one that was in use before is again; once more: the one before that.

    Raises `NotAllowedError`, `ConflictError` where there is none.
    """
    require_admin(actor)
    _hold()
    present = IntentModel.objects.filter(status=ModelStatus.ACTIVE).defer("weights").first()
    earlier = IntentModel.objects.filter(status=ModelStatus.RETIRED, activated_at__isnull=False)
    if present is not None and present.activated_at is not None:
        earlier = earlier.filter(activated_at__lt=present.activated_at)
    before = earlier.order_by("-activated_at").defer("weights").first()
    if before is None:
        raise ConflictError("没有可以退回的版本", code="no_earlier_model")
    _retire_active()
    return _become(before, ModelStatus.ACTIVE, actor)


@transaction.atomic
def model_retire(*, model_id: int, actor: Actor) -> IntentModel:
    """Ends a shadow's time, or puts a candidate away. Raises as `model_shadow`; also for the active."""
    model = _ready(model_id, actor, but=ModelStatus.RETIRED)
    return _become(model, ModelStatus.RETIRED, actor)


def _hold() -> None:
    """Versions change one at a time."""
    transaction_lock("tickets.assistant.models")


def _ready(model_id: int, actor: Actor, *, but: ModelStatus | None = None) -> IntentModel:
    require_admin(actor)
    _hold()
    rows = IntentModel.objects.defer("weights")
    model = rows.filter(pk=model_id).first()
    if model is None:
        raise NotFoundError("找不到这个模型")
    if model.status not in READY or model.status == but:
        raise ConflictError(f"模型 v{model.version} 现在是「{model.get_status_display()}」")
    if model.accuracy is None:
        raise ConflictError(f"模型 v{model.version} 还没有训练完")
    return model


def _retire_active() -> None:
    IntentModel.objects.filter(status=ModelStatus.ACTIVE).update(status=ModelStatus.RETIRED)


def _become(model: IntentModel, status: ModelStatus, actor: Actor) -> IntentModel:
    model.status = status
    model.save(update_fields=["status", "activated_at"])
    log.info("intent model v%s is %s, by %s", model.version, status, actor.name)
    transaction.on_commit(active.forget)
    return model
