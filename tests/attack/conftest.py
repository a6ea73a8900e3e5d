"""Attacks are many and slow, and what they try is alike in both profiles: they run in one.

On PostgreSQL, which is the stricter of the two; those that need a browser where the browser's run.
"""

from pathlib import Path

import pytest
from django.conf import settings

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not settings.EMBEDDED:
        return
    elsewhere = pytest.mark.skip(reason="attacks are tried in the services profile")
    for item in items:
        if HERE in item.path.parents and not item.get_closest_marker("live"):
            item.add_marker(elsewhere)
