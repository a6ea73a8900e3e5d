"""Every command of a document is run by a test, or says here why not and what stands for it."""

import re
import shlex

import pytest
from django.core.management import get_commands, load_command_class

from tests.docs.documents import DOCUMENTS, ROOT, Document, commands

# Blocks that tests/docs/test_examples.py runs as they stand.
RUN_AS_THEY_STAND = {"README.md", "docs/chat.md", "docs/api-examples.md"}
# The others: what begins so, and where it is run instead.
ELSEWHERE = {
    "make run": "serves until stopped: tests/config/test_start.py starts, stops and restarts it",
    "make test": "would run this very suite",
    "deploy/make_secrets.sh": "tests/deploy/test_compose.py",
    "echo 'APP_DOMAIN=": "writes .env of the machine that is deployed to: tests/deploy/test_compose.py",
    "docker compose": "needs docker: tests/deploy/test_compose.py reads the file, test_backup.py the scripts",
    "python manage.py doctor": "tests/config/test_start.py and tests/wechat/diagnosis/",
    "git clone": "the tree is there already",
    "cd ": "the tree is there already",
}
SHELL = re.compile(
    r"^(\$ |curl|make|docker|git|cd |sudo|python|\.venv|manage\.py|celery|deploy/|echo|[A-Z_]+=|\w+\(\))"
)


def shell_blocks(document: Document) -> list[str]:
    return [
        body
        for language, body in document.blocks()
        if language in ("bash", "console", "sh")
        or (language == "" and SHELL.match(body.lstrip()) is not None)
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_each_command_has_its_test(document: Document):
    for block in shell_blocks(document):
        if str(document) in RUN_AS_THEY_STAND and "curl" in block:
            continue
        for command in commands(block):
            assert any(command.startswith(known) for known in ELSEWHERE), f"{document}: {command}"


@pytest.mark.parametrize("named", [reason for reason in ELSEWHERE.values() if "tests/" in reason])
def test_the_tests_that_stand_for_them_are_there(named):
    for path in re.findall(r"tests/[\w/.]+\w", named):
        assert (ROOT / path).exists(), path


def told() -> list[tuple[str, str]]:
    """Each `manage.py …` of a document, in prose or in a block."""
    return [
        (str(document), found[1].strip())
        for document in DOCUMENTS
        for line in lines_of(document)
        if (found := re.search(r"manage\.py ([a-z_]+[^|;&]*)", line))
    ]


def lines_of(document: Document) -> list[str]:
    return [*document.spans(), *(c for _, body in document.blocks() for c in commands(body))]


@pytest.mark.parametrize(("document", "command"), told())
def test_management_commands_parse(document, command):
    name, *arguments = shlex.split(command)
    known = get_commands()
    assert name in known, f"{document}: manage.py {name}"
    app = known[name]
    parser = load_command_class(app, name).create_parser("manage.py", name)
    parser.parse_args(arguments)


def test_make_targets_are_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {
        target
        for document in DOCUMENTS
        for span in lines_of(document)
        for target in re.findall(r"^(?:\w+=\w+ )?make ([a-z-]+)", span)
    }
    assert named <= targets
