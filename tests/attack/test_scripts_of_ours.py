"""Our own sources, read: where text could become markup or code, and where secrets are compared."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.live import ROOT

ROOMS = ("config", "customers", "messaging", "tickets", "wechat", "monitoring")
# Each parses text as markup or runs it.
PARSES = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    r"|createContextualFragment|setHTMLUnsafe|DOMParser|parseFromString|v-html|dangerouslySet"
    r"|set(?:Timeout|Interval)\(\s*[\"'`]|javascript:"
)
# What the server drew and escaped, fetched again; scripts in it are not run. The walks in
# `test_stored_scripts.py` read these very pages.
FETCHED = Counter(
    {
        ("customers/profile.js", "insertAdjacentHTML"): 1,
        ("customers/profile.js", "innerHTML"): 1,
        ("messaging/batches.js", "DOMParser"): 1,
        ("messaging/batches.js", "parseFromString"): 1,
        ("site/kept_fresh.js", "DOMParser"): 1,
        ("site/kept_fresh.js", "parseFromString"): 1,
        # Where such addresses are refused, in words.
        ("sandbox/dom.js", "javascript:"): 1,
        ("sandbox/phone/bubbles.js", "javascript:"): 1,
    }
)


def test_no_script_of_ours_makes_markup_of_text():
    found = Counter(
        (str(file.relative_to(ROOT / "static")), word)
        for file in (ROOT / "static").rglob("*.js")
        for word in PARSES.findall(file.read_text())
    )
    assert found == FETCHED


def test_no_script_of_ours_reads_a_cookie():
    """They are `HttpOnly`: the token against forged requests stands in the page."""
    for file in (ROOT / "static").rglob("*.js"):
        assert "document.cookie" not in file.read_text(), file


def templates():
    return [
        (str(file.relative_to(ROOT)), file.read_text()) for file in ROOT.glob("templates/**/*.html")
    ]


def test_no_template_switches_escaping_off_or_writes_a_script():
    for name, text in templates():
        assert not re.search(r"\|\s*(safe|safeseq)\b|autoescape\s+off", text), name
        for opening, inside in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
            assert "src=" in opening, name
            assert not inside.strip(), name
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), name


def test_no_template_puts_words_where_they_would_be_code():
    """In `x-…`, `:…`, `@…` and `style` attributes stand numbers of ours, and names that we gave."""
    ours = {
        "forloop.counter",
        *("share", "percent", "cell.depth"),
        "widthratio",
    }
    for name, text in templates():
        for attribute in re.findall(r"\s(?:x-[\w:.-]+|[:@][\w.-]+|style)=\"([^\"]*)\"", text):
            for said in re.findall(r"\{\{\s*([\w.]+)", attribute):
                assert said in ours, (name, said)


def test_markup_is_marked_safe_only_where_it_was_escaped_before():
    found = {
        (str(file.relative_to(ROOT)), line.strip())
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        for line in file.read_text().splitlines()
        if re.search(r"\b(mark_safe|SafeString|SafeText)\(", line)
    }
    assert {name for name, _ in found} == {"messaging/admin/messages.py"}
    assert all("masked_in(self.shown_" in line for _, line in found)


def test_format_html_is_never_given_a_text_that_was_put_together():
    for file, call in calls_of("format_html"):
        (first, *_) = call.args
        assert isinstance(first, ast.Constant), f"{file}:{call.lineno}"


# --- Secrets --------------------------------------------------------------------------------------


def sources():
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            name = str(file.relative_to(ROOT))
            if "/migrations/" not in name and not name.startswith("wechat/simulator/"):
                yield name, ast.parse(file.read_text())


def calls_of(function):
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function:
                yield name, node


@pytest.mark.parametrize(
    "door",
    [
        *("wechat/callbacks/crypto.py", "tickets/customer_side/links.py"),
        *("messaging/channels/sms/pushed.py", "messaging/phone_codes/actions.py"),
        *("messaging/channels/email/sender.py", "monitoring/metrics/access.py"),
        *("wechat/official/oauth.py", "wechat/sidebar/login.py"),
    ],
)
def test_every_door_that_checks_a_proof_does(door):
    assert "compare_digest(" in Path(ROOT / door).read_text()
