"""Clients of the runtime configuration."""

import pytest

from config.runtime import queries


@pytest.fixture
def boss(api, admin):
    return api(admin)


@pytest.fixture
def number_of(db):
    """The id of a key's entry."""
    return lambda key: queries.entries().get(key=key).pk


@pytest.fixture
def put(boss, number_of):
    def change(key, **body):
        return boss.put(f"/api/config/configs/{number_of(key)}", body)

    return change
