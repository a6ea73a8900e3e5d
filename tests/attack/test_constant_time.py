"""What proves something is compared in a time that says nothing of how much of it was right."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

PACKAGES = ("config", "customers", "messaging", "tickets", "wechat", "monitoring")
# The stand-in for the platforms guards nothing.
NOT_OURS = ("wechat/simulator/",)
PROOFS = frozenset({
    "signature", "sign", "signed", "token", "secret", "digest", "hexdigest", "hmac", "mac", "proof",
    "hash", "hashed", "password", "otp",
})  # fmt: skip
# What is named like a proof and is none; each with its reason.
ALLOWED = {
    "config/api/idempotency.py: record.request_hash != identity.request_hash":
        "whether a repeat says the same as the first time; the caller knows both",
    "config/bootstrap.py: stamp.read_text() == digest": "whether the lock file changed since",
    "tickets/customer_side/links.py: urlsafe_b64encode(raw).decode() != token":
        "the caller's own text against itself written once more; the proof is compared below it",
    "wechat/client/tokens.py: cache.get(source.cache_key) == token":
        "the platform's token that we hold ourselves; nobody gives one",
    "wechat/client/tokens.py: _own_tokens.get(source.cache_key, ('', 0.0, 0.0))[0] == token":
        "the same, in this process's memory",
}  # fmt: skip


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            place = path.relative_to(settings.BASE_DIR).as_posix()
            if "/migrations/" not in place and not place.startswith(NOT_OURS):
                yield path


def words_of(node: ast.expr) -> str:  # noqa: PLR0911 - one answer a kind of node
    """The name that says what a value is."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as name), *_]):
            return name
        case ast.Call(
            func=ast.Attribute(attr="encode" | "decode" | "strip" | "lower", value=inner)
        ):
            return words_of(inner)
        case ast.Call(func=ast.Name(id="str" | "bytes"), args=[inner, *_]):
            return words_of(inner)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
        case ast.BoolOp(values=[inner, *_]) | ast.Subscript(value=inner):
            return words_of(inner)
    return ""


def is_proof(node: ast.expr) -> bool:
    """Its last word: `receipt_token` is a token, `token_source` is none; constants are not secret."""
    words = words_of(node)
    return not words.isupper() and words.lower().rpartition("_")[2] in PROOFS


def plain_comparisons(tree: ast.AST) -> Iterator[ast.Compare]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        is_plain = any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        is_literal = any(isinstance(side, ast.Constant) for side in sides)
        if is_plain and not is_literal and any(map(is_proof, sides)):
            yield node


def test_no_proof_is_compared_sign_by_sign():
    found = {
        f"{path.relative_to(settings.BASE_DIR).as_posix()}: {ast.unparse(node)}"
        for path in sources()
        for node in plain_comparisons(ast.parse(path.read_text()))
    }
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set(), "no longer there: take it out of the list"


@pytest.mark.parametrize(
    "source",
    [
        "given == expected_signature",
        "request.GET['sign'] == made",
        "made != query.get('token', '')",
        "mac.hexdigest() == given",
        "account.receipt_token == given.strip()",
        "a if signature(x) == y else b",
        "str(row.secrets.get('receipt_token') or '') == given",
        "user.password == given",
    ],
)
def test_the_search_finds_what_it_is_for(source):
    assert list(plain_comparisons(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "hmac.compare_digest(signature, given)",
        "token == ''",
        "token_source == other",
        "len(token) != 32",
        "status == found",
    ],
)
def test_it_leaves_the_rest_alone(source):
    assert not list(plain_comparisons(ast.parse(source)))
