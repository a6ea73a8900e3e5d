"""The keys that the contract names are there, and every key that can be set is obeyed."""

import json
import re
from pathlib import Path

import pytest

from config.runtime import schema

ROOT = Path(__file__).resolve().parents[3]
APPS = ("config", "customers", "messaging", "tickets", "wechat", "monitoring")
# contract.md §8: a key, and what its default holds.
NAMED = {
    "message_sender": {
        "core_pool_size": 20,
        "max_pool_size": 100,
        "scale_up_threshold": 0.8,
        "scale_down_threshold": 0.2,
    },
    "rate_limit.api_send_message": {"qps": 1000, "concurrent": 500},
    "retry": {"max_attempts": 3, "delay_seconds": 300},
    "chat.idle_warn_seconds": 60,
    "chat.idle_end_seconds": 120,
    "chat.max_concurrent": 5,
    "ticket.default_deadline_hours": 24,
    "ticket.reminder_interval_minutes": 50,
}
FAMILIES = ("ai.strategy", "ticket.reminder", "channel.")


@pytest.mark.parametrize("key", NAMED)
def test_a_key_that_the_contract_names_has_its_default(key):
    assert schema.spec(key).default == NAMED[key]


@pytest.mark.parametrize("prefix", FAMILIES)
def test_a_family_that_the_contract_names_is_there(prefix):
    assert [spec.key for spec in schema.all_specs() if spec.key.startswith(prefix)]


def _read_keys() -> set[str]:
    """What stands in quotes in the apps' code, apart from where keys are registered."""
    found: set[str] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            code = path.read_text()
            code = re.sub(r"register(?:_setting)?\(\s*f?\"[^\"]+\"", "", code)
            found |= set(re.findall(r"\"([a-z_]+(?:\.[a-z_]+)*)\"", code))
            # rate_limits.py puts its keys together.
            found |= {f"rate_limit.{name}" for name in re.findall(r"\"(api_send_\w+)\"", code)}
    return found


def test_every_key_is_read_by_some_code():
    unread = {spec.key for spec in schema.all_specs()} - _read_keys()
    assert unread == set(), "a switch that nothing obeys"


def test_the_documentation_lists_every_key_and_no_other():
    page = (ROOT / "docs" / "configuration.md").read_text()
    _, _, table = page.partition("## Every key")
    listed = re.findall(r"^\| `([^`]+)` \| (.+?) \| ", table, re.M)
    assert [key for key, _ in listed] == [spec.key for spec in schema.all_specs()]
    for key, default in listed:
        if not default.endswith(", see the admin"):
            assert json.loads(default.strip("`")) == schema.spec(key).default, key
