"""Segments and rules in the admin, as the pages post them: without scripts too."""

import json

import pytest
from django.test import Client

from customers.models import CustomerTag, Segment, TagRule
from tests.factories import CustomerFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db

WECOM = {"all": [{"field": "channel", "op": "eq", "value": "wecom"}]}
SEGMENT, RULE = "/admin/customers/segment", "/admin/customers/tagrule"


@pytest.fixture
def pages(admin):
    client = Client()
    client.force_login(admin)
    return client


def test_a_segment_is_saved_shown_and_changed(pages, admin):
    form = {"name": "企业微信", "conditions": json.dumps(WECOM), "is_shared": "on"}
    assert pages.post(f"{SEGMENT}/add/", form).status_code == 302
    segment = Segment.objects.get()
    assert (segment.owner, segment.conditions) == (admin, WECOM)
    page = pages.get(f"{SEGMENT}/{segment.pk}/change/").content.decode()
    assert "conditions-language" in page
    assert "activity.count" in page
    assert "已有名为" in pages.post(f"{SEGMENT}/add/", form).content.decode()
    pages.post(f"{SEGMENT}/{segment.pk}/change/", {**form, "name": "微信客户"})
    segment.refresh_from_db()
    assert segment.name == "微信客户"
    assert "微信客户" in pages.get(f"{SEGMENT}/").content.decode()
    pages.post(f"{SEGMENT}/{segment.pk}/delete/", {"post": "yes"})
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ("{", "JSON"),
        ("", "字段"),
        ('{"all": [{"field": "channel", "op": "eq", "value": "fax"}]}', "conditions.all.0.value"),
        ("[" * 5000, ""),
    ],
)
def test_wrong_conditions_are_refused_on_the_page(pages, conditions, told):
    answer = pages.post(f"{SEGMENT}/add/", {"name": "x", "conditions": conditions})
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Segment.objects.exists()


def test_staff_see_shared_segments_and_change_their_own(admin):
    staff = UserFactory(is_staff=True)
    client = Client()
    client.force_login(staff)
    shared = Segment.objects.create(name="共用", owner=admin, conditions=WECOM)
    hidden = Segment.objects.create(name="私用", owner=admin, conditions=WECOM, is_shared=False)
    page = client.get(f"{SEGMENT}/").content.decode()
    assert "共用" in page
    assert "私用" not in page
    assert client.get(f"{SEGMENT}/{hidden.pk}/change/").status_code == 302
    form = {"name": "改了", "conditions": json.dumps(WECOM)}
    assert client.post(f"{SEGMENT}/{shared.pk}/change/", form).status_code == 403
    assert client.get(f"{RULE}/").status_code == 403


def test_a_rule_is_written_tried_and_run(pages, run_outbox):
    tag = TagFactory(name="微信")
    customer = CustomerFactory(channel="wecom")
    form = {"name": "微信客户", "tag": tag.pk, "conditions": json.dumps(WECOM), "is_active": "on"}
    assert pages.post(f"{RULE}/add/", form).status_code == 302
    rule = TagRule.objects.get()
    assert "试算与运行" in pages.get(f"{RULE}/{rule.pk}/change/").content.decode()
    tried = pages.get(f"{RULE}/{rule.pk}/run/")
    assert "<strong>1</strong> 位将打上标签「微信」" in tried.content.decode()
    assert not CustomerTag.objects.exists()
    pages.post(f"{RULE}/{rule.pk}/run/")
    run_outbox()
    assert CustomerTag.objects.get().customer == customer
    assert "微信客户" in pages.get(f"{RULE}/").content.decode()
    own = {"field": "tags", "op": "has_none", "value": [tag.pk]}
    chasing = {**form, "name": "追", "removes": "on", "conditions": json.dumps(own)}
    assert "它自己的标签" in pages.post(f"{RULE}/add/", chasing).content.decode()
