"""Customers and tags in the operators' admin: the list, and acts on many at once."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, CustomerStatus, CustomerTag, Tag
from tests.factories import CustomerFactory, TagFactory, TagGroupFactory, TicketFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:customers_customer_changelist")
TAGS = reverse("admin:customers_tag_changelist")


@pytest.fixture
def boss(admin):
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def desk(lisi):
    lisi.is_staff = True
    lisi.save()
    client = Client()
    client.force_login(lisi)
    return client


def shown(response):
    assert response.status_code == 200
    return sorted(customer.name for customer in response.context["cl"].result_list)


def act(client, action, customers, query="", **given):
    picked = [customer.pk for customer in customers]
    return client.post(f"{LIST}{query}", {"action": action, "_selected_action": picked, **given})


def test_the_list_is_searched_and_filtered(boss, lisi, django_assert_max_num_queries):
    tag = TagFactory(group=TagGroupFactory())
    tagged = CustomerFactory(name="有标签", follow_user=lisi)
    CustomerTag.objects.create(customer=tagged, tag=tag)
    CustomerFactory(name="没标签", remark="常客", channel="website")
    CustomerFactory(name="删掉的", status=CustomerStatus.DELETED)
    CustomerFactory.create_batch(10, name="别人", phone="", channel="import", follow_user=lisi)
    # What stands beside the navigation is counted every few seconds, not with each page.
    boss.get("/admin/")
    with django_assert_max_num_queries(12):
        assert shown(boss.get(f"{LIST}?tag={tag.pk}")) == ["有标签"]
    assert shown(boss.get(f"{LIST}?q=常客")) == ["没标签"]
    assert shown(boss.get(f"{LIST}?channel__exact=website")) == ["没标签"]
    assert shown(boss.get(f"{LIST}?status=0")) == ["删掉的"]
    assert len(shown(boss.get(f"{LIST}?tag=x"))) == 12


def test_staff_see_no_deleted_ones(desk, lisi):
    CustomerFactory(status=CustomerStatus.DELETED, follow_user=lisi)
    assert shown(desk.get(f"{LIST}?status=0")) == []


def test_many_are_tagged_at_once_after_a_question(desk, lisi):
    mine, foreign, tag = CustomerFactory(follow_user=lisi), CustomerFactory(), TagFactory()
    question = act(desk, "tag_selected", [mine, foreign])
    assert "打标签：1 位客户" in question.content.decode()
    given = {"confirmed": "1", "tags": [tag.pk]}
    act(desk, "tag_selected", [mine, foreign], **given)
    assert list(CustomerTag.objects.values_list("customer", "tag")) == [(mine.pk, tag.pk)]
    assert mine.events.get().kind == "tagged"
    act(desk, "untag_selected", [mine], **given)
    assert not CustomerTag.objects.exists()
    unanswered = act(desk, "tag_selected", [mine], confirmed="1")
    assert "op-error" in unanswered.content.decode()


def test_many_are_given_blocked_deleted_and_brought_back(boss, wangwu):
    customers = CustomerFactory.create_batch(3)
    act(boss, "assign_selected", customers, confirmed="1", to_user=wangwu.pk, note="分片")
    assert Customer.objects.filter(follow_user=wangwu).count() == 3
    act(boss, "block_selected", customers[:1], confirmed="1", reason="骚扰")
    assert shown(boss.get(f"{LIST}?status=blocked")) == [customers[0].name]
    act(boss, "unblock_selected", customers, confirmed="1")
    assert not Customer.objects.filter(blocked_at__isnull=False).exists()
    act(boss, "delete_them", customers)
    assert Customer.objects.filter(status=CustomerStatus.DELETED).count() == 0, "asked before"
    act(boss, "delete_them", customers, confirmed="1")
    assert Customer.objects.filter(status=CustomerStatus.DELETED).count() == 3
    act(boss, "restore_them", customers, query="?status=0", confirmed="1")
    kinds = list(customers[0].events.order_by("id").values_list("kind", flat=True))
    assert kinds == ["assigned", "blocked", "unblocked", "deleted", "restored"]


def test_who_is_not_the_owner_is_told_so(desk, lisi, wangwu):
    customer = TicketFactory(assignee=lisi, customer__follow_user=wangwu).customer
    answer = act(desk, "delete_them", [customer], confirmed="1")
    customer.refresh_from_db()
    assert (answer.status_code, customer.status) == (302, CustomerStatus.NORMAL)
    assert "只有跟进人或管理员" in desk.get(LIST).content.decode()


def test_tags_are_kept_in_the_admin_through_the_actions(boss, desk):
    boss.post(reverse("admin:customers_taggroup_add"), {"name": "级别", "order": 0})
    boss.post(reverse("admin:customers_tag_add"), {"name": "VIP", "group": "", "order": 1})
    tag = Tag.objects.get(name="VIP")
    CustomerTag.objects.create(customer=CustomerFactory(), tag=tag)
    page = boss.get(TAGS)
    assert [each.carriers for each in page.context["cl"].result_list] == [1]
    change, delete = (
        reverse(f"admin:customers_tag_{act}", args=[tag.pk]) for act in ("change", "delete")
    )
    boss.post(change, {"name": "SVIP", "group": "", "order": 1})
    tag.refresh_from_db()
    assert tag.name == "SVIP"
    desk.post(delete, {"post": "yes"})
    assert Tag.objects.filter(pk=tag.pk).exists(), "staff may not: it is carried"
    boss.post(delete, {"post": "yes"})
    assert not Tag.objects.filter(pk=tag.pk).exists()
