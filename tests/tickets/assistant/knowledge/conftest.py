import pytest
from django.utils import timezone

from customers.actors import system_actor
from tests.factories import actor
from tickets.assistant.knowledge.articles import article_create
from tickets.demo import knowledge


@pytest.fixture
def shelf(db):
    """The demo's knowledge base, published."""
    knowledge.load()


@pytest.fixture
def write(admin):
    """An article of an administrator's: `write("怎么注销", "…", questions=["怎么销号"])`."""

    def written(title, body="按说明操作即可。", status="published", **changes):
        return article_create(
            changes={"title": title, "body": body, "status": status, **changes}, actor=actor(admin)
        )

    return written


@pytest.fixture
def system():
    return system_actor()


@pytest.fixture
def now():
    return timezone.now()
