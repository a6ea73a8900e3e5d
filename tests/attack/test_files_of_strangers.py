"""Files that strangers send: each door looks at what they are, and hands out nothing that runs."""

import ast
import io
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.errors import InvalidInputError
from tests.factories import TicketFactory
from tests.tickets.relations.files import PDF, PNG, SVG
from tickets.customer_side.links import Audience, token_of
from tickets.models import TicketAttachment
from tickets.storage import private_storage
from tickets.uploads.checks import HARD_CAP_BYTES, checked
from tickets.uploads.names import NAME_LENGTH, clean_name
from tickets.uploads.types import EXTENSIONS, RASTER_TYPES

DEEP = settings(max_examples=300, deadline=None, derandomize=True)
SCRIPT = b"<script>alert(document.cookie)</script>"
GIF = b"GIF89a" + b"\x01\x00" * 10
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 10
# A picture to one reader, a page or a program to another.
POLYGLOTS = {
    "a picture with a page behind it": PNG + b"<html>" + SCRIPT,
    "a picture that is a page from its first sign": b"GIF89a/*" + b"*/=1;" + SCRIPT,
    "a picture with a page in its comment": JPEG + b"\xff\xfe\x00\x40" + SCRIPT,
    "a picture with an archive behind it": PNG + b"PK\x03\x04" + b"\x00" * 30,
    "a document with a program": PDF + b"\n/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
}
PAGES = {
    "a drawing": SVG,
    "a drawing after blanks": b" \n\t" * 50 + SVG,
    "a drawing after a mark": b"\xef\xbb\xbf" + SVG,
    "a drawing after a comment": b"<!-- x -->" + SVG,
    "a drawing in sixteen bits": SVG.decode().encode("utf-16"),
    "a page": b"<!DOCTYPE html><body>" + SCRIPT,
    "a page in capitals": b"<HTML>" + SCRIPT,
    "a program": b"\x7fELF\x02\x01\x01" + b"\x00" * 50,
    "another program": b"MZ" + b"\x00" * 50,
}
NAMES = [
    "a.png",
    "a.png.html",
    "a.html.png",
    "a.svg",
    "a.php.png",
    "a.png\x00.html",
    "a.html%00.png",
    "../../a.png",
    "..\\..\\a.png",
    "/etc/cron.d/a.png",
    "C:\\a.png",
    "a.png/",
    "a.png ",
    "a.png.",
    "a\r\nX: y.png",
    'a";x=".png',
    "gnp.\u202elmth.a",
    "a.pn\u200bg",
    "．．／a.png",
    ".htaccess",
    "a" * 5000 + ".png",
    "",
    ".",
    "..",
    "con.png",
]


def upload(name, content):
    return SimpleUploadedFile("x", content, content_type="image/png"), name


def look(name, content):
    file, _ = upload(name, content)
    # As a client's header says it: Django's own cleaning is not relied on.
    file._name = name
    return checked(file, most_bytes=HARD_CAP_BYTES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", sorted(POLYGLOTS))
def test_a_file_of_two_kinds_is_the_harmless_one_by_name_and_by_type(kind, name):
    """Whoever gets it is told that one: the name ends as the content begins."""
    try:
        found = look(name, POLYGLOTS[kind])
    except InvalidInputError as refusal:
        assert refusal.attr == "file"  # noqa: PT017 - either is well
        return
    assert found.content_type in {*RASTER_TYPES, "application/pdf"}
    assert found.name.rpartition(".")[2] in ("png", "gif", "jpg", "jpeg", "pdf")
    assert is_plain(found.name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", sorted(PAGES))
def test_a_page_a_drawing_and_a_program_are_refused_under_any_name(kind, name):
    with pytest.raises(InvalidInputError):
        look(name, PAGES[kind])


def is_plain(name):
    return (
        0 < len(name) <= NAME_LENGTH
        and not set(name) & set('/\\:*?"<>|\r\n\x00\u202e\u200b')
        and all(sign.isprintable() for sign in name)
        and not name.startswith(".")
        and name == name.strip()
    )


@DEEP
@given(st.text(max_size=60), st.sampled_from(EXTENSIONS))
@example("..", "txt")
@example("a.html.png.", "png")
@example("\u202egnp.exe", "png")
@example("a/../b\\..\\c", "txt")
@example("a.exe\u3000.txt", "txt")
def test_any_name_is_one_plain_name_with_the_extension_of_its_content(name, extension):
    cleaned = clean_name(name, extension)
    assert is_plain(cleaned)
    assert cleaned.endswith(f".{extension}")
    assert clean_name(cleaned, extension) == cleaned, "cleaned twice it is the same"


@DEEP
@given(content=st.one_of(
    st.binary(min_size=1, max_size=200),
    st.binary(max_size=100).map(lambda raw: b"PK\x03\x04" + raw),
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"RIFF", b"%PDF-", b"GIF87a", b"#!AMR\n"]).flatmap(
        lambda head: st.binary(max_size=50).map(lambda raw: head + raw)),
), name=st.sampled_from(NAMES))  # fmt: skip
def test_any_bytes_are_a_known_kind_or_refused(content, name):
    try:
        found = look(name, content)
    except InvalidInputError as refusal:
        if refusal.attr != "file":
            raise
        return
    assert found.size == len(content)
    assert found.name.rpartition(".")[2] in EXTENSIONS
    assert "html" not in found.content_type
    assert "xml" not in found.content_type or "openxmlformats" in found.content_type


# --- Through the doors ------------------------------------------------------------------------------


@pytest.fixture
def ticket(lisi):
    return TicketFactory(assignee=lisi, status="assigned")


def stored():
    root = Path(private_storage().location)
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def by_staff(api, client, ticket, file):
    return api(ticket.assignee).post(
        f"/api/tickets/{ticket.pk}/attachments", {"file": file}, format="multipart"
    )


def by_link(api, client, ticket, file):
    token = token_of(ticket, Audience.CUSTOMER)
    return client.post(f"/t/{token}/reply", {"content": "x", "token": "f", "pictures": file})


@pytest.mark.django_db
@pytest.mark.parametrize("door", [by_staff, by_link])
@pytest.mark.parametrize("kind", sorted(PAGES))
def test_no_door_keeps_a_page(api, client, ticket, door, kind):
    answer = door(api, client, ticket, SimpleUploadedFile("a.png", PAGES[kind], "image/png"))
    assert answer.status_code in (302, 303, 400)
    assert not TicketAttachment.objects.exists()
    assert stored() == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(POLYGLOTS))
@pytest.mark.parametrize(
    "name", ["a.png", "a.html.png", "a\u202egnp.png", 'a"; x="b.png', "a\r\nX-Evil: 1.png"]
)
def test_what_is_handed_out_runs_nowhere(api, client, ticket, kind, name):
    answer = by_staff(api, client, ticket, SimpleUploadedFile(name, POLYGLOTS[kind], "text/html"))
    assert answer.status_code in (201, 400)
    if answer.status_code == 400:
        return
    [file] = TicketAttachment.objects.all()
    places = [
        api(ticket.assignee).get(answer.json()["url"]),
        client.get(f"/t/{token_of(ticket, Audience.CUSTOMER)}/files/{file.pk}"),
    ]
    for out in places:
        if out.status_code == 404:
            continue
        assert out["Content-Type"] == file.content_type
        assert out["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in out["Content-Security-Policy"]
        assert "X-Evil" not in out.headers
        if file.content_type not in RASTER_TYPES:
            assert out["Content-Disposition"].startswith("attachment")
    assert places[0].status_code == 200
    assert places[0]["Content-Disposition"].startswith("attachment")
    [path] = stored()
    assert Path(private_storage().location) in path.parents


def test_files_are_handed_out_in_one_place_only():
    """Whoever opens a file to a browser elsewhere forgets what it must be told."""
    found = set()
    for package in ("config", "customers", "messaging", "tickets", "wechat", "monitoring"):
        for path in (Path(django_settings.BASE_DIR) / package).rglob("*.py"):
            place = path.relative_to(django_settings.BASE_DIR).as_posix()
            if place.startswith("wechat/simulator/"):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("FileResponse"):
                    found.add(place)
    assert found == {"tickets/uploads/handing_out.py"}


def test_nothing_of_a_strangers_picture_is_decoded():
    """Pillow draws our own reports; a picture that unpacks to gigabytes meets nobody who unpacks it."""
    found = set()
    for package in ("config", "customers", "messaging", "tickets", "wechat", "monitoring"):
        for path in (Path(django_settings.BASE_DIR) / package).rglob("*.py"):
            source = path.read_text()
            if "from PIL" in source or "import PIL" in source:
                found.add(path.relative_to(django_settings.BASE_DIR).as_posix())
                assert "Image.open" not in source
    assert found <= {"monitoring/digest/picture.py"}


def test_the_largest_body_is_bounded_everywhere():
    limits = [
        django_settings.API_BODY_LIMIT_BYTES,
        *django_settings.FILE_BODY_LIMITS_BYTES.values(),
    ]
    assert max(limits) <= 51 * 1024 * 1024
    assert io.DEFAULT_BUFFER_SIZE < HARD_CAP_BYTES <= 20 * 1024 * 1024
