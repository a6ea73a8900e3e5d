"""Whatever a document points at is there."""

import pytest

from tests.docs.documents import BY_NAME, DOCUMENTS, ROOT, Document


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document: Document):
    for link in document.links():
        if link.startswith(("http://127.0.0.1", "https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (document.path.parent / file).resolve() if file else document.path
        assert target.exists(), f"{document} points at {link}"
        if anchor:
            name = str(target.relative_to(ROOT))
            assert anchor in BY_NAME[name].anchors(), f"{document}: no heading {link}"


def test_every_document_is_reached_from_both_readmes():
    for readme in ("README.md", "README.zh-CN.md"):
        reached, ahead = set(), [BY_NAME[readme]]
        while ahead:
            document = ahead.pop()
            reached.add(str(document))
            for link in document.links():
                target = (document.path.parent / link.partition("#")[0]).resolve()
                name = str(target.relative_to(ROOT)) if target.is_relative_to(ROOT) else ""
                if name in BY_NAME and name not in reached:
                    ahead.append(BY_NAME[name])
        assert set(BY_NAME) - {"README.md", "README.zh-CN.md"} <= reached


def test_every_picture_is_shown_somewhere():
    shown = {
        (document.path.parent / link).resolve()
        for document in DOCUMENTS
        for link in document.links()
        if link.endswith((".png", ".svg"))
    }
    assert set((ROOT / "docs" / "images").iterdir()) <= shown
