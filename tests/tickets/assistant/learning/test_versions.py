"""A model is trained, watched, used, and taken back."""

import pytest

from config.errors import ConflictError, NotAllowedError
from tests.factories import actor
from tickets.assistant.learning import active, training
from tickets.assistant.learning.examples import examples_load
from tickets.assistant.learning.versions import (
    model_activate,
    model_retire,
    model_roll_back,
    model_shadow,
    model_train,
)
from tickets.models import Intent, IntentExample, IntentModel, ModelStatus

pytestmark = pytest.mark.django_db(transaction=True)


def statuses():
    return dict(IntentModel.objects.order_by("version").values_list("version", "status"))


def test_a_new_installation_learns_by_itself():
    assert active.classify("打印机坏了") is None
    training.start()
    training.start()
    assert statuses() == {1: "active"}
    model = IntentModel.objects.get()
    assert model.accuracy >= 0.90
    assert model.report["count"] >= 200
    active.forget()
    guess = active.classify("打印机坏了")
    assert (guess.intent, guess.detail["version"]) == (Intent.FAULT, 1)


def test_training_makes_a_candidate_that_answers_nobody(admin, make_model):
    make_model(ModelStatus.ACTIVE)
    made = model_train(actor=actor(admin), note="新例句")
    assert (made.version, made.accuracy, made.trained_by) == (2, None, admin)
    training.model_fit(made.pk)
    made.refresh_from_db()
    assert made.status == ModelStatus.CANDIDATE
    assert made.example_count >= 480
    assert statuses() == {1: "active", 2: "candidate"}


def test_a_version_is_trained_once(admin, make_model):
    model = make_model()
    before = bytes(model.weights)
    training.model_fit(model.pk)
    model.refresh_from_db()
    assert bytes(model.weights) == before


def test_training_whose_worker_went_away_is_done_again(admin):
    made = model_train(actor=actor(admin))
    IntentModel.objects.update(trained_at=made.trained_at - training.OUGHT_TO_BE_DONE * 2)
    training.keep_learning()
    made.refresh_from_db()
    assert made.accuracy is not None


def test_too_few_examples_are_said_at_the_version(admin):
    examples_load()
    IntentExample.objects.filter(intent=Intent.BIND).update(is_active=False)
    made = model_train(actor=actor(admin))
    training.model_fit(made.pk)
    made.refresh_from_db()
    assert made.status == ModelStatus.FAILED
    assert "绑定手机" in made.note


def test_the_one_in_use_changes_at_once_and_back(admin, make_model):
    boss = actor(admin)
    first, second, third = (make_model() for _ in range(3))
    for model in (first, second, third):
        model_activate(model_id=model.pk, actor=boss)
    assert active.classify("人工").detail["version"] == 3
    model_roll_back(actor=boss)
    assert active.classify("人工").detail["version"] == 2
    model_roll_back(actor=boss)
    assert statuses() == {1: "active", 2: "retired", 3: "retired"}
    with pytest.raises(ConflictError):
        model_roll_back(actor=boss)


def test_one_shadow_at_a_time(admin, make_model):
    boss = actor(admin)
    make_model(ModelStatus.ACTIVE)
    second, third = make_model(), make_model()
    model_shadow(model_id=second.pk, actor=boss)
    model_shadow(model_id=third.pk, actor=boss)
    assert statuses() == {1: "active", 2: "candidate", 3: "shadow"}
    assert active.classify_in_shadow("人工").detail["version"] == 3
    model_retire(model_id=third.pk, actor=boss)
    assert active.classify_in_shadow("人工") is None


def test_what_cannot_be_asked_is_not_used(admin, lisi, make_model):
    waiting = model_train(actor=actor(admin))
    in_use = make_model(ModelStatus.ACTIVE)
    for act in (model_activate, model_shadow):
        for model in (waiting, in_use):
            with pytest.raises(ConflictError):
                act(model_id=model.pk, actor=actor(admin))
        with pytest.raises(NotAllowedError):
            act(model_id=in_use.pk, actor=actor(lisi))
    with pytest.raises(ConflictError):
        model_retire(model_id=in_use.pk, actor=actor(admin))


def test_damaged_weights_leave_the_strategy_without_an_answer(make_model):
    model = make_model(ModelStatus.ACTIVE)
    IntentModel.objects.filter(pk=model.pk).update(weights=b"nothing")
    assert active.classify("人工") is None


def test_weights_are_read_once(make_model, django_assert_num_queries):
    make_model(ModelStatus.ACTIVE)
    active.forget()
    active.classify("人工")
    active.forget()
    with django_assert_num_queries(1):
        active.classify("人工")
    with django_assert_num_queries(0):
        active.classify("转人工")
