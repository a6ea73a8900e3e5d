"""A person decides what the machine may not: by API and in the admin."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from config.errors import ConflictError
from customers.merging.cases import case_dismiss, case_merge, case_open
from customers.models import Customer, MergeCase, MergeReason, MergeStatus
from tests.factories import AdminFactory, CustomerFactory, TicketFactory, UserFactory, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return case_open(
        CustomerFactory(name="张三"),
        CustomerFactory(name="李四"),
        reason=MergeReason.PHONE,
        evidence=["两位登记了同一手机号"],
    )


@pytest.fixture
def api():
    client = APIClient()
    client.force_authenticate(AdminFactory())
    return client


def test_a_question_is_asked_once(case):
    again = case_open(case.second, case.first, reason=MergeReason.UNIONID, evidence=[])
    assert again == case
    assert again.reason == MergeReason.PHONE


def test_merged_by_api_into_whom_one_says(api, case):
    ticket = TicketFactory(customer=case.first)
    answer = api.post(f"/api/v1/merge-cases/{case.pk}/merge", {"keep": case.second.pk})
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "merged"
    ticket.refresh_from_db()
    assert ticket.customer == case.second
    assert api.post(f"/api/v1/merge-cases/{case.pk}/dismiss", {}).status_code == 409


def test_whom_to_keep_is_one_of_the_two(api, case):
    answer = api.post(f"/api/v1/merge-cases/{case.pk}/merge", {"keep": CustomerFactory().pk})
    assert answer.status_code == 400
    assert "keep" in answer.content.decode()
    assert MergeCase.objects.get().status == MergeStatus.OPEN


def test_dismissed_and_proposed_again(api, case):
    answer = api.post(f"/api/v1/merge-cases/{case.pk}/dismiss", {"note": "父子"})
    assert (answer.json()["status"], answer.json()["note"]) == ("dismissed", "父子")
    with pytest.raises(ConflictError):
        case_merge(case_id=case.pk, keep_id=case.first.pk, actor=actor(AdminFactory()))
    pair = {"first": case.second.pk, "second": case.first.pk, "note": "同一人"}
    assert api.post("/api/v1/merge-cases", pair).json()["status"] == "open"
    assert api.post("/api/v1/merge-cases", {**pair, "second": pair["first"]}).status_code == 400
    assert api.post("/api/v1/merge-cases", {**pair, "second": 10**9}).status_code == 404


def test_the_list_takes_few_queries(api, django_assert_max_num_queries):
    for _ in range(5):
        case_open(CustomerFactory(), CustomerFactory(), reason=MergeReason.MANUAL, evidence=[])
    with django_assert_max_num_queries(6):
        listed = api.get("/api/v1/merge-cases?status=open")
    assert listed.status_code == 200


def test_two_who_decide_at_once_decide_once(case):
    case_dismiss(case_id=case.pk, actor=actor(AdminFactory()))
    with pytest.raises(ConflictError):
        case_dismiss(case_id=case.pk, actor=actor(AdminFactory()))


def test_both_are_shown_side_by_side_and_one_is_kept(client, case):
    client.force_login(AdminFactory())
    url = reverse("admin:customers_mergecase_change", args=[case.pk])
    assert "张三" in client.get(reverse("admin:customers_mergecase_changelist")).content.decode()
    page = client.get(url).content.decode()
    for words in ("张三", "李四", "两位登记了同一手机号", "不是同一人"):
        assert words in page
    client.post(url, {"keep": case.first.pk, "note": "电话确认"})
    assert Customer.objects.get(pk=case.second.pk).merged_into == case.first
    page = client.get(url).content.decode()
    assert "已合并" in page
    assert "电话确认" in page


def test_the_admin_dismisses_and_odd_words_change_nothing(client, case):
    client.force_login(AdminFactory())
    url = reverse("admin:customers_mergecase_change", args=[case.pk])
    client.post(url, {"keep": "abc"})
    assert MergeCase.objects.get().status == MergeStatus.OPEN
    client.post(url, {"note": "同名"})
    assert MergeCase.objects.get().status == MergeStatus.DISMISSED


def test_two_contacts_are_not_offered_to_be_merged(client):
    case = case_open(
        CustomerFactory(external_userid="wm1"),
        CustomerFactory(external_userid="wm2"),
        reason=MergeReason.PHONE,
        evidence=[],
    )
    client.force_login(AdminFactory())
    page = client.get(reverse("admin:customers_mergecase_change", args=[case.pk]))
    assert "不能合并" in page.content.decode()
    assert 'name="keep"' not in page.content.decode()


def test_staff_have_no_say(client, case):
    user = UserFactory(is_staff=True)
    client.force_login(user)
    url = reverse("admin:customers_mergecase_change", args=[case.pk])
    assert client.get(url).status_code in (302, 403)
