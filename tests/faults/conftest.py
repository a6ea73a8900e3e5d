"""The servers, the provider's stand-in and the system: started once, whole again before each test."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.figures import Figures
from tests.faults.provider import Provider
from tests.faults.servers import Servers
from tests.faults.system import System

TIMEOUT_SECONDS = 600
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.services_only)
            item.add_marker(pytest.mark.timeout(TIMEOUT_SECONDS))


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    started = Servers()
    try:
        started.start()
        yield started
    finally:
        started.end()


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider() as started:
        yield started


@pytest.fixture(scope="session")
def whole_system(servers: Servers, provider: Provider) -> Iterator[System]:
    """The one system of the session. Tests take `system`."""
    folder = Path(tempfile.mkdtemp(prefix="scrm-faults-"))
    servers.clear()
    started = System(servers, folder, provider.environment())
    try:
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def system(whole_system: System, provider: Provider) -> System:
    """Every process runs and is well, nothing is left to send, and the provider obeys nobody."""
    provider.forget()
    provider.open()
    whole_system.heal()
    whole_system.wait_until_idle()
    provider.forget()
    return whole_system


@pytest.fixture
def mortal(servers: Servers) -> Servers:
    """The servers, for tests that kill them; shared ones are nobody's to kill."""
    if not servers.are_ours:
        why = f"the servers here are shared, so they cannot be killed: {servers.why_not_ours}"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return servers


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a test of clause 7 (`test_clause_07_….py`) leaves what it measured."""
    found = re.match(r"test_clause_(\d+)", request.path.name)
    assert found, "a fault test's module is named after its clause"
    return Figures(int(found[1]), f"{request.path.name}::{request.node.name}")
