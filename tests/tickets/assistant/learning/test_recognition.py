"""What customers say is understood as often as the step promises (issue 7, "Done when")."""

import random
import time

import pytest
from rapidfuzz import fuzz

from tests.tickets.assistant.learning.conftest import fitted
from tickets.assistant.learning.classifier import UnreadableModelError, read
from tickets.assistant.learning.evaluation import evaluate
from tickets.assistant.learning.examples import built_in
from tickets.assistant.learning.fitting import TooFewExamplesError, fit
from tickets.assistant.learning.guesses import best
from tickets.assistant.strategies.base import Context
from tickets.assistant.strategies.rules import Rules
from tickets.assistant.strategies.text import plain, without_names
from tickets.models import Intent

EXAMPLES = built_in()
HELD = [(row.text, row.intent) for row in EXAMPLES if row.split == "held"]
TRAIN = [(row.text, row.intent) for row in EXAMPLES if row.split == "train"]


def by_rules(text):
    return Rules().classify(text, Context())


def test_the_examples_are_enough_and_every_intent_is_measured():
    assert len(EXAMPLES) >= 480
    for intent in Intent:
        assert sum(found == intent for _, found in TRAIN) >= 60
        assert sum(found == intent for _, found in HELD) >= 25


def test_no_held_example_is_almost_one_that_was_learned():
    train = [without_names(text) for text, _ in TRAIN]
    close = [
        (text, other)
        for text, _ in HELD
        for other in train
        if fuzz.ratio(without_names(text), other) >= 75
    ]
    assert close == []


def test_rules_alone_understand_three_quarters():
    assert evaluate(by_rules, HELD)["accuracy"] >= 0.75


def test_the_local_model_understands_nine_of_ten():
    assert evaluate(lambda text: best(fitted(), text), HELD)["accuracy"] >= 0.90


def test_what_the_model_is_sure_of_is_almost_always_right():
    sure = [(best(fitted(), text), intent) for text, intent in HELD]
    sure = [(guess, intent) for guess, intent in sure if guess and guess.confidence >= 0.6]
    assert len(sure) >= 0.8 * len(HELD)
    assert sum(guess.intent == intent for guess, intent in sure) >= 0.95 * len(sure)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我的服务器连不上了,很急", Intent.FAULT),
        ("测试环境登不上，报错500", Intent.FAULT),
        ("測試環境連不上", Intent.FAULT),
        ("fuwuqi lian bu shang", Intent.FAULT),
        ("不用转人工，我想问下价格", Intent.PRESALE),
        ("你们的人工智能质检多少钱", Intent.PRESALE),
        ("我投诉的那张工单现在进度如何", Intent.PROGRESS),
        ("没问题了，谢谢", Intent.SMALL_TALK),
        ("转 人 工", Intent.HUMAN),
        ("绑定手机", Intent.BIND),
    ],
)
def test_rules_know_what_is_meant(text, intent):
    assert by_rules(text).intent == intent


def test_rules_say_which_words_they_went_by():
    assert by_rules("我要投诉你们").detail["words"] == ["投诉"]
    assert by_rules("zzz qqq www") is None


def test_the_same_examples_give_the_same_model():
    again = fit(TRAIN)
    assert again.confidences("打印机坏了") == fitted().confidences("打印机坏了")


def test_a_model_is_the_same_after_it_was_written_and_read():
    back = read(fitted().to_bytes())
    for text, _ in HELD[:40]:
        assert back.confidences(text) == fitted().confidences(text)


def test_an_archive_that_is_none_is_refused():
    for archive in (b"", b"\x80\x04pickle", fitted().to_bytes()[:5000]):
        with pytest.raises(UnreadableModelError):
            read(archive)


def test_an_archive_holds_no_words_of_the_examples():
    archive = fitted().to_bytes()
    assert not any(text.encode() in archive for text, _ in TRAIN if len(text) > 4)


def test_too_few_examples_are_refused():
    with pytest.raises(TooFewExamplesError, match="投诉"):
        fit([row for row in TRAIN if row[1] != Intent.COMPLAINT])


def test_no_text_breaks_a_strategy_or_takes_long():
    chance = random.Random(7)
    odd = ["", " ", "\x00", "\ud800", "😀" * 500, "a" * 100_000, "不" * 100_000, "好了吗" * 9_000]
    odd += ["".join(chr(chance.randrange(1, 0xFFFF)) for _ in range(400)) for _ in range(30)]
    odd += ["".join(chance.choices("不上了没人工单转 a1好", k=500)) for _ in range(30)]
    began = time.monotonic()
    for text in odd:
        by_rules(text)
        best(fitted(), text)
    # An expression that runs away would need minutes for one.
    assert time.monotonic() - began < 30


def test_nobody_is_recognised_by_what_is_unknown():
    guess = best(fitted(), "龘靐齉爩麤灪龖厵")
    assert guess is None or guess.confidence < 0.5


def test_texts_are_read_in_one_way():
    assert plain("  ＡＢＣ　连\u200b不 上 了!!!!! ") == "abc 连不上了!!"
    assert without_names("手机13800138000，看 https://a.example/x") == "手机0,看 ※"
