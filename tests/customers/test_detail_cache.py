"""A customer's detail is kept, never older than the last commit, and shown to nobody else."""

import threading
import time

import pytest
from django.db import transaction

from customers import caching
from customers.actions.edit import customer_edit
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, actor


def path(customer):
    return f"/api/v1/customers/{customer.pk}"


@pytest.mark.django_db
def test_of_many_who_ask_at_once_one_computes():
    counted, lock = [], threading.Lock()

    def compute():
        with lock:
            counted.append(1)
        time.sleep(0.2)  # as long as a slow query: the others must wait, not compute
        return {"id": 1}

    def ask():
        assert caching.detail_of(1, compute) == {"id": 1}

    assert all_at_once([ask] * 8) == []
    assert len(counted) == 1


@pytest.mark.django_db(transaction=True)
def test_a_commit_is_seen_at_once_and_a_rollback_never(api, admin, django_assert_max_num_queries):
    customer, boss = CustomerFactory(city="北京"), api(admin)
    assert boss.get(path(customer)).json()["city"] == "北京"
    with django_assert_max_num_queries(1):
        boss.get(path(customer))
    with transaction.atomic():
        customer_edit(customer_id=customer.pk, changes={"city": "上海"}, actor=actor(admin))
        transaction.set_rollback(True)
    with django_assert_max_num_queries(1):
        assert boss.get(path(customer)).json()["city"] == "北京"
    customer_edit(customer_id=customer.pk, changes={"city": "广州"}, actor=actor(admin))
    assert boss.get(path(customer)).json()["city"] == "广州"


@pytest.mark.django_db
def test_what_is_kept_for_one_is_not_there_for_who_may_not_see_it(api, lisi, wangwu):
    customer = CustomerFactory(follow_user=lisi)
    assert api(lisi).get(path(customer)).status_code == 200
    assert api(wangwu).get(path(customer)).status_code == 404
