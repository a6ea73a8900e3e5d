"""Rules tag by themselves: after a change, at night, and never in circles."""

import pytest

from config.events.models import OutboxEntry
from customers.models import Customer, CustomerEvent, CustomerTag, TagRule, TagSource
from customers.tagging import run as runs
from customers.tagging.evaluate import rules_evaluate
from customers.tagging.run import rules_run
from tests.factories import CustomerFactory, TagFactory

pytestmark = pytest.mark.django_db


def has(*tags, op="has_any"):
    return {"field": "tags", "op": op, "value": [tag.pk for tag in tags]}


IN_SHENZHEN = {"field": "city", "op": "eq", "value": "深圳"}


def rule(tag, conditions, **more):
    return TagRule.objects.create(
        name=f"规则{TagRule.objects.count()}", tag=tag, conditions=conditions, **more
    )


def tags_of(customer):
    links = CustomerTag.objects.filter(customer=customer).order_by("tag__name")
    return [link.tag.name for link in links.select_related("tag")]


@pytest.fixture
def south(db):
    return TagFactory(name="华南")


def test_a_change_of_the_customer_sets_and_takes_the_tag(api, admin, south, run_outbox):
    rule(south, IN_SHENZHEN, removes=True)
    customer = CustomerFactory(city="北京")
    url = f"/api/v1/customers/{customer.pk}"
    api(admin).patch(url, {"city": "深圳"}, format="json")
    run_outbox()
    assert tags_of(customer) == ["华南"]
    assert CustomerTag.objects.get().source == TagSource.RULE
    event = CustomerEvent.objects.get(customer=customer, kind="tagged")
    assert (event.actor_name, event.content) == ("自动标签规则", "华南")
    api(admin).patch(url, {"city": "北京"}, format="json")
    run_outbox()
    assert tags_of(customer) == []


def test_a_rule_takes_only_what_a_rule_has_set(south):
    customer = CustomerFactory(city="北京")
    CustomerTag.objects.create(customer=customer, tag=south)
    rule(south, IN_SHENZHEN, removes=True)
    rules_evaluate(customer_id=customer.pk)
    rules_run()
    assert tags_of(customer) == ["华南"]


def test_a_tag_that_another_rule_wants_as_well_stays(south):
    first = rule(south, IN_SHENZHEN, removes=True)
    second = rule(south, {"field": "province", "op": "eq", "value": "广东"}, removes=True)
    one, two = CustomerFactory.create_batch(2, city="深圳", province="广东")
    rules_run()
    assert set(CustomerTag.objects.values_list("rule_id", flat=True)) == {first.pk}
    Customer.objects.update(city="广州")
    rules_evaluate(customer_id=one.pk)
    rules_run()
    assert set(CustomerTag.objects.values_list("rule_id", flat=True)) == {second.pk}
    Customer.objects.update(province="")
    rules_run()
    assert tags_of(one) == tags_of(two) == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_tag_set_by_a_rule_may_make_another_rule_fit(south, whole):
    core, star = TagFactory(name="核心"), TagFactory(name="星级")
    rule(star, has(core))
    rule(core, has(south))
    rule(south, IN_SHENZHEN)
    customer = CustomerFactory(city="深圳")
    if whole:
        rules_run()
    else:
        rules_evaluate(customer_id=customer.pk)
    assert tags_of(customer) == ["华南", "星级", "核心"]
    assert not TagRule.objects.exclude(error="").exists()


def test_rules_that_chase_each_other_are_stopped_and_undone_and_others_work_on(south):
    a, b = TagFactory(name="甲"), TagFactory(name="乙")
    chasing = [rule(a, has(b, op="has_none"), removes=True), rule(b, has(a), removes=True)]
    rule(south, IN_SHENZHEN)
    customer = CustomerFactory(city="深圳")
    rules_evaluate(customer_id=customer.pk)
    assert tags_of(customer) == ["华南"]
    for stopped in chasing:
        stopped.refresh_from_db()
        assert "互相触发" in stopped.error
    assert CustomerEvent.objects.filter(customer=customer, kind="untagged").count() == 0
    TagRule.objects.update(error="")
    rules_run()
    assert TagRule.objects.exclude(error="").count() == 2


def test_a_stopped_rule_starts_again_when_it_is_saved_or_run(api, admin, south, run_outbox):
    stopped = rule(south, IN_SHENZHEN, error="停")
    url = f"/api/v1/tag-rules/{stopped.pk}"
    assert api(admin).patch(url, {"name": "新名"}, format="json").json()["error"] == ""
    TagRule.objects.update(error="停")
    customer = CustomerFactory(city="深圳")
    assert api(admin).post(f"{url}/run").status_code == 202
    run_outbox()
    assert tags_of(customer) == ["华南"]
    answer = api(admin).get(url).json()
    assert (answer["matched"], answer["error"]) == (1, "")
    assert answer["last_run_at"]


def test_a_full_run_goes_through_everybody_in_chunks(south, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 4)
    CustomerFactory.create_batch(10, city="深圳")
    gone = CustomerFactory(city="深圳", status=0)
    made = rule(south, IN_SHENZHEN, removes=True)
    rules_run()
    assert CustomerTag.objects.filter(rule=made).count() == 10
    assert not tags_of(gone)
    Customer.objects.filter(pk__in=Customer.objects.order_by("pk")[:6]).update(city="")
    rules_run()
    assert CustomerTag.objects.count() == 4


def test_one_evaluation_takes_a_bounded_number_of_queries(south, django_assert_max_num_queries):
    for _ in range(15):
        rule(TagFactory(), {"all": [IN_SHENZHEN, has(south, op="has_none")]})
    customer = CustomerFactory(city="北京")
    with django_assert_max_num_queries(6):
        rules_evaluate(customer_id=customer.pk)


def test_what_rules_set_starts_no_evaluation_of_its_own(south, run_outbox):
    rule(south, IN_SHENZHEN)
    customer = CustomerFactory(city="深圳")
    rules_evaluate(customer_id=customer.pk)
    assert OutboxEntry.objects.filter(name="customer.tag.added").count() == 1
    run_outbox()
    assert not OutboxEntry.objects.exists()


def test_a_rule_whose_condition_can_be_read_no_longer_is_stopped(south):
    broken = rule(south, {"field": "gone", "op": "eq", "value": 1})
    rules_run()
    broken.refresh_from_db()
    assert "gone" in broken.error


def test_a_preview_says_what_a_run_would_change(api, admin, south):
    made = rule(south, IN_SHENZHEN, removes=True)
    CustomerFactory.create_batch(2, city="深圳")
    former = CustomerFactory()
    CustomerTag.objects.create(customer=former, tag=south, rule=made, source=TagSource.RULE)
    answer = api(admin).post(f"/api/v1/tag-rules/{made.pk}/preview")
    assert answer.json() == {
        "matching": 2,
        "adding": 2,
        "removing": 1,
        "description": "市 等于「深圳」",
    }


def test_administrators_write_rules_and_staff_read_them(api, admin, lisi, south):
    body = {"name": "华南客户", "tagId": south.pk, "conditions": IN_SHENZHEN, "removes": True}
    assert api(lisi).post("/api/v1/tag-rules", body, format="json").status_code == 403
    made = api(admin).post("/api/v1/tag-rules", body, format="json")
    assert made.status_code == 201
    assert (made.json()["tag"], made.json()["is_active"]) == ("华南", True)
    url = f"/api/v1/tag-rules/{made.json()['id']}"
    assert api(lisi).get(url).status_code == 200
    for call in (api(lisi).patch, api(lisi).delete):
        assert call(url).status_code == 403
    assert api(lisi).post(f"{url}/run").status_code == 403
    assert api(admin).post("/api/v1/tag-rules", body, format="json").status_code == 409
    assert api(admin).put(url, {**body, "is_active": False}, format="json").status_code == 200
    assert api(admin).post(f"{url}/run").status_code == 409
    assert api(admin).delete(url).status_code == 204
    assert api(admin).get(url).status_code == 404


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"tag_id": 424242}, "tag_id"),
        ({"conditions": {"field": "tags", "op": "is_empty", "value": True}}, "conditions"),
        ({"conditions": {"field": "nothing"}}, "conditions.field"),
        ({"name": " "}, "name"),
    ],
)
def test_a_wrong_rule_is_refused_by_its_field(api, admin, south, change, attr):
    body = {"name": "规则", "tag_id": south.pk, "conditions": IN_SHENZHEN, "removes": True}
    answer = api(admin).post("/api/v1/tag-rules", {**body, **change}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
