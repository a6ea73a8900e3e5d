"""Zhang San and his chat with Li Si."""

from typing import Any

import pytest

from config.api.roles import Role
from tests.factories import CustomerFactory, UserFactory
from tests.tickets.chat.lifecycle.scene import begin, online
from tickets.models import Chat


@pytest.fixture
def zhangsan(db: None) -> Any:
    """A customer with a login of their own."""
    customer = CustomerFactory(name="张三")
    return UserFactory(username="zhangsan", name="张三", role=Role.CUSTOMER, customer=customer)


@pytest.fixture
def chat(lisi: Any, zhangsan: Any) -> Chat:
    """Zhang San's, with Li Si."""
    return begin(zhangsan.customer, online(lisi))
