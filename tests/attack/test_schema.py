"""The API against its own OpenAPI schema: schemathesis sends what it allows and what it forbids.

Every operation is asked at the WSGI application, with the database of the services profile: each
boundary of each parameter and field, broken media types and methods, and random requests; as the
role that gets furthest in, and every fourth time as another one, at addresses of objects that are
there and of some that are not. Always the same requests: a failure comes again.

    SCHEMA_EXAMPLES=300 pytest tests/attack/test_schema.py   # random requests for each operation
"""

import itertools
import os
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.openapi.checks import UnsupportedMethodResponse

from config.wsgi import application
from tests.attack import bodies, callers, leniency, operations
from tests.permissions import world

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.services_only,
    # For hundreds of examples; those that are sent by default take a second, the longest ten.
    pytest.mark.timeout(600),
]

# Random requests for each operation; the boundaries are all asked, however few these are.
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "2"))
OTHERS_EVERY = 4
# Sends what was accepted twice more, as nobody and with a broken login: once for each operation.
AGAIN_WITHOUT_LOGIN = "ignored_auth"
MISSING_EVERY = 4
# The only place where a check of schemathesis is off.
OFF: Mapping[str, str] = {
    "positive_data_acceptance": "bodies name other objects, and their fields depend on each other;"
    " what must be accepted stands in test_mass_assignment.py",
    "object_level_authorization": "needs a run of its own for each identity; tests/permissions and"
    " test_ids_of_others.py ask each address with the ids of others",
}


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[world.World]:
    for signal in (request_started, request_finished):
        # As in Django's own test client: they would end the transaction.
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def roles(people: world.World) -> Mapping[str, callers.Headers]:
    return callers.everybody(people)


@pytest.fixture(scope="session")
def api() -> Any:
    load_all_checks()
    loaded = schemathesis.openapi.from_dict(operations.schema())
    loaded.app = application
    return loaded


def test_every_door_of_the_api_is_in_the_schema() -> None:
    assert set(operations.doors()) - set(operations.documented()) == set()


@pytest.mark.parametrize("door", operations.doors(), ids=" ".join)
def test_the_api_keeps_to_its_schema(
    door: operations.Door,
    api: Any,
    people: world.World,
    roles: Mapping[str, callers.Headers],
) -> None:
    method, path = operations.documented()[door]
    asked = [name for name in CHECKS.get_all_names() if name not in OFF]
    every = CHECKS.get_by_names(asked)
    most = CHECKS.get_by_names([name for name in asked if name != AGAIN_WITHOUT_LOGIN])
    accepted = itertools.count(1)
    names = list(roles)
    if "/user/" in path:
        names.sort(key=lambda name: name != "customer")
    turns = itertools.count(1)
    found: dict[tuple[str, ...], str] = {}
    broken: list[str] = []

    def attempt(case: Any) -> None:
        turn = next(turns)
        other = turn % OTHERS_EVERY == 0
        name = names[turn // OTHERS_EVERY % len(names)] if other else names[0]
        headers = dict(roles[name])
        if turn % MISSING_EVERY and not case.meta.is_negative_at(ParameterLocation.PATH):
            which = world.WHICH[turn % len(world.WHICH)]
            known = operations.existing(door, path, people, which)
            case.path_parameters |= {
                one: value for one, value in known.items() if one in case.path_parameters
            }
        broken.clear()
        with transaction.atomic():
            answer = case.call(headers=headers)
            is_first = 200 <= answer.status_code < 300 and next(accepted) == 1
            checks = every if is_first else most
            try:
                case.validate_response(answer, checks=checks, headers=headers)
            except FailureGroup as group:
                for failure in group.exceptions:
                    if _forgiven(door, case, failure):
                        continue
                    kind = (
                        type(failure).__name__,
                        str(answer.status_code),
                        failure.title,
                        _gist(failure),
                    )
                    found.setdefault(kind, f"{name}: {_shown(case, answer)} {' '.join(broken)}")
            transaction.set_rollback(True)

    def note(**context: Any) -> None:
        broken.append(traceback.format_exc()[-700:].replace("\n", " ⏎ "))

    got_request_exception.connect(note)
    try:
        _test(api, api[path][method], attempt)()
    finally:
        got_request_exception.disconnect(note)
    if found:
        pytest.fail(
            "\n".join(f"@@ {' | '.join(kind)} @@ {text}" for kind, text in found.items()),
            pytrace=False,
        )


def _test(api: Any, operation: Any, attempt: Any) -> Any:
    """Every boundary that the schema names, then random requests, the same in each run."""
    chosen = settings(
        derandomize=True,
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    config = HypothesisTestConfig(
        project=api.config,
        modes=list(HypothesisTestMode),
        settings=chosen,
        apply_ci_profile=False,
    )
    return create_test(operation=operation, test_func=attempt, config=config)


def _forgiven(door: operations.Door, case: Any, failure: Any) -> bool:
    """The only place where a failure does not count: what the API takes though the schema is narrower."""
    if isinstance(failure, UnsupportedMethodResponse):
        # A callback of the platform's that the schema leaves out.
        return case.method == "GET" and door[1] in operations.ALSO_CALLBACKS
    if not isinstance(failure, AcceptedNegativeData):
        return False
    if _wrong_in_query(case) and _wrong_in_query(case) <= _empty(case):
        # `?from=` is no day at all, as an empty field of a form is.
        return True
    if case.media_type != "application/json":
        return False
    elsewhere = [one for one in case.meta.components if one != ParameterLocation.BODY]
    if any(case.meta.is_negative_at(one) for one in elsewhere):
        return False
    return leniency.reads(bodies.body_schema(door), case.body)


def _wrong_in_query(case: Any) -> set[str]:
    """Which parameters of the query schemathesis spoilt; empty when it spoilt anything else."""
    data = case.meta.phase.data
    spoilt = getattr(data, "mutations", None) or [data]
    if any(one.parameter_location != ParameterLocation.QUERY for one in spoilt):
        return set()
    return {one.parameter for one in spoilt if one.parameter}


def _empty(case: Any) -> set[str]:
    return {name for name, value in case.query.items() if value in ("", [], [""])}


def _gist(failure: Any) -> str:
    """What tells one failure of a kind from another."""
    return " ".join(str(failure.message).split())[:240]


def _shown(case: Any, answer: Any) -> str:
    body = "" if not case.body else str(case.body)[:300]
    return f"{case.method} {answer.request.url[-200:]} {body} → {answer.content[:200]!r}"
