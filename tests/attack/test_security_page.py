"""`docs/security.md` names the test behind each line of its table, and they are there."""

import ast
import re

import pytest

from tests.live import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
# What issue 9 wants tried, by a word of each line.
WANTED = (
    *("every role", "ids of others", "the caller's to set", "as a command", "as a callback"),
    *("template's variable", "as an import", "server-side requests", "formulas", "scripts stored"),
    *("sockets", "tokens misused", "timing of signature", "guessing logins", "files that are not"),
)


def rows():
    """`(attack, what holds, tests)` of each line."""
    table = PAGE[PAGE.index("| attack | what holds | tests |") :].splitlines()[2:]
    for line in table:
        if not line.startswith("|"):
            return
        attack, holds, tests = (cell.strip() for cell in line.strip("|").split("|"))
        yield attack, holds, tests


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row[0])
def test_each_line_names_tests_that_exist(row):
    attack, holds, tests = row
    assert attack
    assert holds
    named = NAMED.findall(tests)
    assert named, "no test stands behind it"
    assert not NAMED.sub("", tests).strip(" ,"), "something else than tests is named"
    for path, name in named:
        file = ROOT / path
        assert file.is_file(), path
        tree = ast.parse(file.read_text())
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert any(one.startswith("test_") for one in there), path
        assert not name or name in there, f"{path}::{name}"


def test_nothing_that_is_to_be_tried_is_missing():
    attacks = "\n".join(attack for attack, _, _ in rows())
    assert [word for word in WANTED if word not in attacks] == []
