"""What documents name is called so: files, modules, environment variables, addresses."""

import importlib
import re
import subprocess

import pytest
from django.urls import get_resolver

from tests.docs.documents import DOCUMENTS, ROOT, Document

TOPS = (
    *("config", "customers", "messaging", "tickets", "wechat", "monitoring"),
    *("bench", "deploy", "docs", "static", "templates", "tests", "var"),
)
FILE = re.compile(r"^[\w.\-/*]+$")
DOTTED = re.compile(rf"^({'|'.join(TOPS[:6])})(\.\w+)+$")
# Made while the system runs, or on the machine that it is deployed to.
MADE = re.compile(r"^(var|secrets|backups)/")
ENVIRONMENT = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$")


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


FILES = tracked()


def is_file(span: str) -> bool:
    wanted = span.rstrip("/")
    pattern = re.compile("(^|/)" + re.escape(wanted).replace(r"\*", r"[^/]*") + "(/|$)")
    return any(pattern.search(file) for file in FILES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_files_and_folders_are_there(document: Document):
    missing = [
        span
        for span in document.spans()
        if FILE.match(span)
        and (
            (span.split("/")[0] in TOPS and "/" in span)
            or re.search(r"\w\.(py|toml|yml|sh)$", span)
        )
        and not MADE.match(span)
        and not is_file(span)
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_modules_functions_and_permissions_are_there(document: Document):
    missing = [span for span in document.spans() if DOTTED.match(span) and not is_known(span)]
    assert missing == []


def is_known(dotted: str) -> bool:
    """A module or something in one; an event, a setting or a job bears such a name as well."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name):
                return is_said_in_code(dotted)
            found = getattr(found, name)
        return True
    return is_said_in_code(dotted)


def is_said_in_code(words: str) -> bool:
    quoted = (f'"{words}"', f"'{words}'")
    return any(
        mark in (ROOT / file).read_text(encoding="utf-8")
        for file in FILES
        if file.endswith(".py") and not file.startswith("tests/")
        for mark in quoted
    )


def test_every_environment_name_that_a_document_tells_is_in_the_example():
    example = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))
    code = "\n".join(
        (ROOT / file).read_text(encoding="utf-8")
        for file in FILES
        if file.endswith((".py", ".yml", ".sh", ".xml", ".conf", "Makefile"))
    )
    read = set(re.findall(r"""(?:environ|env)[.\w]*[\[(]\s*["']([A-Z][A-Z0-9_]+)["']""", code))
    told = {
        (str(document), span.split("=")[0])
        for document in DOCUMENTS
        for span in document.spans()
        if ENVIRONMENT.match(span.split("=")[0]) and span.split("=")[0] in read
    }
    assert {name for _, name in told} - example - NOT_OF_THE_SYSTEM == set()


# Read by tests and benchmarks alone.
NOT_OF_THE_SYSTEM = {"SCREENSHOTS", "CHROMIUM"}

FIRST = "api|admin|console|sandbox|monitor|chat|submit|bind|sidebar|docs|healthz|readyz|metrics"
ADDRESS = re.compile(rf"/(?:{FIRST})(?:/[\w{{}}<>.…:\-]*)*")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What stands for a value in a document, and in a route.
VALUE = re.compile(r"\{[^}]*\}|<[^>]*>|…|[A-Z]{3,}")


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_addresses_are_served(document: Document):
    told = {address for span in document.spans() if (address := address_of(span))}
    assert [address for address in sorted(told) if not is_served(address)] == []


def address_of(span: str) -> str:
    """`GET /api/tickets/{id}?x=` tells `/api/tickets/{id}`."""
    words = span.split()
    word = words[1] if len(words) > 1 and words[0].split("/")[0] in METHODS else words[0]
    found = re.split(r"[?#\[]", word)[0]
    return found if ADDRESS.fullmatch(found) else ""


def is_served(address: str) -> bool:
    """By a route of that shape, or as the folder of several."""
    wanted = VALUE.sub("*", address).strip("/")
    shapes = {VALUE.sub("*", route).strip("/") for route in routes()}
    return any(fits(wanted, shape) for shape in shapes)


def fits(wanted: str, shape: str) -> bool:
    ours, theirs = wanted.split("/"), shape.split("/")
    return len(ours) <= len(theirs) and all(
        "*" in (one, other) or one == other for one, other in zip(ours, theirs, strict=False)
    )


def routes() -> set[str]:
    found: set[str] = set()

    def walk(patterns, before: str) -> None:
        for pattern in patterns:
            whole = before + str(pattern.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
            found.add(whole)
            walk(getattr(pattern, "url_patterns", []), whole)

    walk(get_resolver().url_patterns, "")
    return found | {"sandbox/"}
