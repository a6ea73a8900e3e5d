"""What axe-core says of a page: the rules of WCAG 2 A and AA that a machine can ask."""

import os
from typing import Any

import pytest
from playwright.sync_api import Page

from config import packages

SERIOUS = frozenset({"serious", "critical"})
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
_SCRIPT = packages.FOLDER / "axe-core" / "axe.min.js"
_ASK = """tags => axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
    .then(found => found.violations.map(one => ({
        rule: one.id, impact: one.impact, help: one.help,
        nodes: one.nodes.map(node => node.target.join(" ") + " — " + (node.any[0]?.message ?? "")),
    })))"""


def serious_violations(
    page: Page, *, without: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """What is serious or critical, rule by rule with its nodes, but for the rules in `without`.

    axe is fetched with the other libraries; where there was no network the test is skipped, in CI
    it fails.
    """
    if not _SCRIPT.is_file():
        said = "axe-core is missing: python config/packages.py --dev"
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_ASK, TAGS)
    return [one for one in found if one["impact"] in SERIOUS and one["rule"] not in without]
