"""A segment in the place of recipients: everybody it finds now, at their own address."""

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import CustomerIdentifier, Segment
from messaging.actions import audience
from messaging.models import BodyFormat, Message, MessageTemplate
from messaging.queries import batch_progress
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def template():
    return MessageTemplate.objects.create(
        code="greeting",
        name="问候",
        channel="SMS",
        body_format=BodyFormat.TEXT,
        body="{{customer_name}}（{{company}}）您好，{{offer}}",
        options={"template_code": "SMS_1"},
    )


@pytest.fixture
def segment():
    conditions = {"field": "city", "op": "eq", "value": "深圳"}
    return Segment.objects.create(name="深圳客户", conditions=conditions)


def in_shenzhen(**more):
    return CustomerFactory(city="深圳", **more)


def send(client, segment, **more):
    body = {
        "template_code": "greeting",
        "segment_id": segment.pk,
        "variables": {"offer": "有新品"},
        **more,
    }
    return client.post("/api/messages/send-batch", body, format="json")


def test_everybody_in_the_segment_gets_a_message_at_their_address(
    api, admin, template, segment, django_assert_max_num_queries
):
    first = in_shenzhen(name="安", company="华南机械")
    other = in_shenzhen(name="波")
    CustomerIdentifier.objects.create(customer=other, channel="SMS", address="+8613900000001")
    nowhere = in_shenzhen(name="无", phone="")
    now = timezone.now()
    in_shenzhen(blocked_at=now), in_shenzhen(erased_at=now), in_shenzhen(status=0)
    CustomerFactory(city="北京")
    with django_assert_max_num_queries(25):
        answer = send(api(admin), segment)
    assert answer.status_code == 202, answer.json()
    assert answer.json()["rejected"] == [
        {
            "index": 2,
            "recipient": "",
            "code": "no_address",
            "detail": f"客户 {nowhere.pk} 没有渠道 SMS 的地址",
        }
    ]
    assert (answer.json()["total"], answer.json()["accepted"]) == (3, 2)
    one, two = Message.objects.order_by("id")
    assert (one.customer, one.recipient) == (first, first.phone)
    assert one.variables == {"customer_name": "安", "company": "华南机械"}
    assert (two.customer, two.recipient) == (other, "+8613900000001")
    assert batch_progress(one.batch)["total"] == 2


def test_what_the_call_gives_is_not_kept_with_each_message(api, admin, template, segment):
    in_shenzhen()
    shared = {"offer": "有新品", "customer_name": "客户", "company": ""}
    assert send(api(admin), segment, variables=shared).status_code == 202
    assert Message.objects.get().variables is None


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"recipients": ["13800138000"]}, "segment_id", None),
        ({"segment_id": None}, "segment_id", None),
        ({"segment_id": 987654}, "segment_id", "not_found"),
        ({"segment_id": "x"}, "segment_id", None),
        ({"segment_id": 10**30}, "segment_id", None),
        ({}, "segment_id", "nobody"),
    ],
)
def test_a_wrong_audience_is_a_400_that_names_it(api, admin, template, segment, body, attr, code):
    answer = send(api(admin), segment, **body)
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["attr"] == attr
    assert code is None or error["code"] == code


def test_neither_recipients_nor_a_segment_names_recipients(api, admin, template):
    answer = api(admin).post(
        "/api/messages/send-batch", {"template_code": "greeting"}, format="json"
    )
    assert answer.json()["errors"][0] | {"detail": ""} == {
        "code": "required",
        "detail": "",
        "attr": "recipients",
    }


def test_nobody_with_an_address_is_a_400(api, admin, template, segment):
    in_shenzhen(phone="")
    answer = send(api(admin), segment)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "segment_id"


def test_more_than_a_batch_holds_is_refused_with_the_number(
    api, admin, template, segment, monkeypatch
):
    monkeypatch.setattr(audience, "MAX_BATCH", 2)
    for _ in range(3):
        in_shenzhen()
    error = send(api(admin), segment).json()["errors"][0]
    assert (error["attr"], error["code"]) == ("segment_id", "too_many")
    assert "3 位客户" in error["detail"]


def test_the_admin_sends_to_a_segment_after_showing_who_is_left_out(admin, template, segment):
    in_shenzhen(name="安")
    in_shenzhen(name="无", phone="")
    client = Client()
    client.force_login(admin)
    url = "/admin/messaging/messagebatch"
    assert client.get(f"{url}/audience/{segment.pk}/").json() == {"count": 2, "most": 10000}
    form = {
        "template": template.pk,
        "segment": segment.pk,
        "variables": "offer=有新品",
        "priority": 5,
    }
    clash = client.post(f"{url}/add/", {**form, "pasted": "13800138000"})
    assert "请不要再给出文件或名单" in clash.content.decode()
    check = client.post(f"{url}/add/", form, follow=True)
    page = check.content.decode()
    assert "可发送" in page
    assert "没有渠道 SMS 的地址" in page
    sent = client.post(check.redirect_chain[-1][0], {"version": template.version}, follow=True)
    assert "已提交 1 条消息" in sent.content.decode()
    assert Message.objects.get().customer.name == "安"
