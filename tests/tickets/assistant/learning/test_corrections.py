"""A colleague's correction is a label; a shadow's word is kept beside the answer."""

import pytest
from django.utils import timezone

from config.errors import InvalidInputError, NotAllowedError
from customers.actions.privacy import customer_erase
from tests.factories import CustomerFactory, actor
from tickets.assistant.learning import shadow
from tickets.assistant.learning.corrections import turn_correct
from tickets.assistant.learning.examples import examples_load
from tickets.models import AssistantTurn, Intent, IntentExample, ModelStatus

pytestmark = pytest.mark.django_db(transaction=True)


def said(text, intent=Intent.OTHER, **fields):
    return AssistantTurn.objects.create(
        entry="official_account", text=text, intent=intent, created_at=timezone.now(), **fields
    )


def test_a_correction_is_kept_and_becomes_an_example(lisi):
    turn = turn_correct(
        turn=said("那破玩意儿又瓦特了 13800138000"), intent=Intent.FAULT, actor=actor(lisi)
    )
    assert (turn.corrected_intent, turn.corrected_by) == (Intent.FAULT, lisi)
    example = IntentExample.objects.get(source="correction")
    assert (example.intent, example.split, example.turn) == (Intent.FAULT, "train", turn)
    assert example.text == "那破玩意儿又瓦特了 0"


def test_the_last_correction_counts(lisi, wangwu):
    turn = said("那破玩意儿又瓦特了")
    turn_correct(turn=turn, intent=Intent.FAULT, actor=actor(lisi))
    turn_correct(turn=said("那破玩意儿又瓦特了"), intent=Intent.COMPLAINT, actor=actor(wangwu))
    assert IntentExample.objects.get().intent == Intent.COMPLAINT


def test_a_correction_changes_no_example_of_the_product(lisi):
    examples_load()
    before = IntentExample.objects.get(text="转人工")
    turn_correct(turn=said("转人工"), intent=Intent.SMALL_TALK, actor=actor(lisi))
    after = IntentExample.objects.get(text="转人工")
    assert (after.intent, after.split) == (before.intent, before.split)


def test_only_the_team_corrects_and_only_to_an_intent(lisi):
    with pytest.raises(InvalidInputError):
        turn_correct(turn=said("嗯"), intent="dance", actor=actor(lisi))
    lisi.role = "customer"
    with pytest.raises(NotAllowedError):
        turn_correct(turn=said("嗯"), intent=Intent.OTHER, actor=actor(lisi))


def test_the_shadows_word_is_kept_and_counted(lisi, make_model):
    make_model(ModelStatus.ACTIVE)
    model = make_model(ModelStatus.SHADOW)
    turns = [said("打印机坏了", Intent.FAULT), said("打印机坏了哦"), said("转人工")]
    for turn in turns:
        shadow.compare(turn)
        turn.save()
    assert (turns[0].shadow_version, turns[0].shadow_intent) == (model.version, Intent.FAULT)
    turn_correct(turn=turns[1], intent=Intent.FAULT, actor=actor(lisi))
    assert shadow.figures_of(model.version) == {
        "turns": 3, "agreed": 1, "corrected": 1, "shadow_right": 1, "answer_right": 0,
    }  # fmt: skip


def test_without_a_shadow_nothing_is_put_down(make_model):
    make_model(ModelStatus.ACTIVE)
    turn = said("转人工")
    shadow.compare(turn)
    assert turn.shadow_version is None


def test_an_erased_customers_words_are_no_longer_learned_from(admin, lisi):
    customer = CustomerFactory(name="欧阳锋利")
    turn = said("那破玩意儿又瓦特了", customer=customer)
    turn_correct(turn=turn, intent=Intent.FAULT, actor=actor(lisi))
    other = said("欧阳锋利说他要退")
    turn_correct(turn=other, intent=Intent.COMPLAINT, actor=actor(lisi))
    customer_erase(customer_id=customer.pk, reason="本人要求", actor=actor(admin))
    assert not IntentExample.objects.exists()
