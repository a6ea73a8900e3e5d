"""What nobody could answer is counted, without what would tell who asked."""

import pytest

from tests.at_once import all_at_once
from tickets.assistant.knowledge.gaps import gap_note
from tickets.models import GapStatus, KnowledgeGap

pytestmark = pytest.mark.django_db


def test_the_same_question_in_other_words_of_courtesy_is_one_gap():
    gap_note("能做网站备案吗")
    gap_note("你好，请问能做网站备案吗？谢谢！")
    gap = gap_note("能做 网站备案 吗~")
    assert KnowledgeGap.objects.count() == 1
    gap.refresh_from_db()
    assert (gap.question, gap.count) == ("能做网站备案吗", 3)


@pytest.mark.parametrize("text", ["", "？", "嗯", "好的", "13800138000", "123456", "\x00"])
def test_what_is_no_question_is_no_gap(text):
    assert gap_note(text) is None
    assert not KnowledgeGap.objects.exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我的手机 138 0013 8000 换绑", "我的手机 （号码） 换绑"),
        ("发到 zhang.san@example.com 可以吗", "发到 （邮箱） 可以吗"),
        ("我叫张三丰，海外节点有吗", "（姓名），海外节点有吗"),
        ("https://example.com/a?token=1 打不开白屏", "（链接） 打不开白屏"),
        ("身份证11010119900307123X传哪里", "身份证（号码）传哪里"),
    ],
)
def test_numbers_addresses_and_names_are_left_out(said, kept):
    assert gap_note(said).question == kept


def test_an_answered_gap_that_is_asked_in_vain_again_is_open_again_an_ignored_one_stays():
    answered, ignored = gap_note("能做网站备案吗"), gap_note("陪我聊天好吗")
    KnowledgeGap.objects.filter(pk=answered.pk).update(status=GapStatus.RESOLVED)
    KnowledgeGap.objects.filter(pk=ignored.pk).update(status=GapStatus.IGNORED)
    gap_note("能做网站备案吗")
    gap_note("陪我聊天好吗")
    assert KnowledgeGap.objects.get(pk=answered.pk).status == GapStatus.OPEN
    assert KnowledgeGap.objects.get(pk=ignored.pk).status == GapStatus.IGNORED


def test_a_long_text_is_kept_by_its_beginning():
    assert len(gap_note("为什么不支持" * 100).question) == 200


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_asked_by_many_at_once_every_time_counts():
    assert all_at_once([lambda: gap_note("能做网站备案吗")] * 8) == []
    assert KnowledgeGap.objects.get().count == 8
