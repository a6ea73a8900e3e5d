"""Files of a ticket: taken in by their content, handed out through permission."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.api.roles import Role
from config.runtime import store
from customers.actions.privacy import customer_erase
from customers.actors import Entry, customer_actor
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, UserFactory, actor
from tests.tickets.relations.files import DOCX, HTML, PDF, PNG, SVG, archive, file
from tickets import actions
from tickets.models import TicketAttachment
from tickets.relations.attachments import attachment_add
from tickets.storage import private_storage
from tickets.uploads.names import NAME_LENGTH, clean_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(lisi):
    return TicketFactory(customer=CustomerFactory(name="张三", follow_user=lisi))


@pytest.fixture
def zhangsan(ticket):
    return UserFactory(username="zhangsan", role=Role.CUSTOMER, customer=ticket.customer)


def upload(client, ticket, name, content, **more):
    body = {"file": file(name, content, more.pop("claimed", "image/png")), **more}
    return client.post(f"/api/tickets/{ticket.pk}/attachments", body, format="multipart")


def stored():
    return [path for path in Path(private_storage().location).rglob("*") if path.is_file()]


def test_a_file_comes_in_and_goes_out_as_it_was(api, lisi, ticket):
    answer = upload(api(lisi), ticket, "现场 照片.png", PNG)
    assert answer.status_code == 201
    row = answer.json()
    assert (row["name"], row["content_type"], row["size"], row["visibility"]) == (
        "现场 照片.png", "image/png", len(PNG), "public",
    )  # fmt: skip
    [listed] = api(lisi).get(f"/api/tickets/{ticket.pk}/attachments").json()["list"]
    assert listed == row
    out = api(lisi).get(row["url"])
    assert b"".join(out.streaming_content) == PNG
    assert out["Content-Type"] == "image/png"
    assert out["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%8E%B0")
    assert out["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in out["Content-Security-Policy"]
    event = ticket.events.get()
    assert (event.kind, event.to_value) == ("attached", "现场 照片.png")


def test_it_lies_where_no_address_leads_under_a_name_that_tells_nothing(
    api, lisi, ticket, client, settings
):
    upload(api(lisi), ticket, "secret-plan.pdf", PDF)
    [path] = stored()
    assert "secret" not in path.name
    assert path.stat().st_mode & 0o077 == 0
    for root in (settings.MEDIA_ROOT, settings.STATIC_ROOT, *settings.STATICFILES_DIRS):
        assert not root or Path(str(root)) not in path.parents
    name = TicketAttachment.objects.get().file.name
    for address in (f"/{name}", f"/media/{name}", f"/private/{name}", f"/static/{name}"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", SVG),
        ("a.png", SVG),
        ("a.txt", SVG),
        ("a.html", HTML),
        ("a.txt", HTML),
        ("a.csv", b'\xef\xbb\xbf<?xml version="1.0"?><x/>'),
        ("a.exe", b"MZ\x90\x00"),
        ("a.png", b"MZ\x90\x00"),
        ("a.pdf.exe", PDF),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.zip", b"PK\x03\x04 broken"),
        ("a.mp4", b"\x00\x00\x00\x18moov"),
        ("a.txt", b"\x00\x01"),
        ("a.png", b""),
        ("a.txt", b"   \n"),
        ("a.jar", archive("META-INF/MANIFEST.MF")),
    ],
)
def test_what_is_none_of_ours_is_refused_whatever_it_is_called(api, lisi, ticket, name, content):
    answer = upload(api(lisi), ticket, name, content)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "file"
    assert stored() == []
    assert not ticket.events.exists()


@pytest.mark.parametrize(
    ("name", "content", "kept", "content_type"),
    [
        ("a.jpg", PNG, "a.png", "image/png"),
        ("a", PDF, "a.pdf", "application/pdf"),
        ("a.zip", DOCX, "a.docx", DOCX_TYPE := "application/vnd.openxmlformats-officedocument."
         "wordprocessingml.document"),
        ("a.docx", DOCX, "a.docx", DOCX_TYPE),
        ("a.zip", archive("b/c.txt"), "a.zip", "application/zip"),
        ("A.LOG", "错误：\x1b[31m失败\x1b[0m\n".encode(), "A.log", "text/plain"),
        ("a.csv", "姓名,电话\r\n张三,1".encode("gb18030"), "a.csv", "text/plain"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "a.jpeg", "image/jpeg"),
        ("a.gif", b"GIF89a....", "a.gif", "image/gif"),
        ("a.webp", b"RIFF1234WEBPVP8 ", "a.webp", "image/webp"),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42", "a.mp4", "video/mp4"),
        ("a.amr", b"#!AMR\n....", "a.amr", "audio/amr"),
    ],
)  # fmt: skip
def test_the_content_says_what_a_file_is(api, lisi, ticket, name, content, kept, content_type):
    row = upload(api(lisi), ticket, name, content, claimed="text/html").json()
    assert (row["name"], row["content_type"]) == (kept, content_type)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\报告.txt", "报告.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("invoice\u202etxt.exe.txt", "invoicetxt_exe.txt"),
        ("setup.exe.txt", "setup_exe.txt"),
        ("v1.2.3.txt", "v1.2.3.txt"),
        ("a\u200b\ufeff.txt", "a.txt"),
        ("con.txt", "_con.txt"),
        ("...txt", "附件.txt"),
        (".txt", "txt.txt"),
        ('a"<b>|?*:.txt', "a__b_____.txt"),
        ("", "附件.txt"),
        ("长" * 500 + ".txt", "长" * (NAME_LENGTH - 4) + ".txt"),
    ],
)
def test_names_are_made_harmless(name, kept):
    assert clean_name(name, "txt") == kept


def test_the_same_file_again_is_the_first(api, lisi, ticket):
    first = upload(api(lisi), ticket, "a.png", PNG).json()
    again = upload(api(lisi), ticket, "b.png", PNG).json()
    assert again["id"] == first["id"]
    assert len(stored()) == 1
    assert ticket.events.count() == 1
    hidden = upload(api(lisi), ticket, "a.png", PNG, visibility="internal").json()
    assert hidden["id"] != first["id"], "what customers may see is another thing"


def test_limits_of_size_and_number(api, lisi, admin, ticket):
    store.change(key="ticket.attachments", value={"max_bytes": 1024, "per_ticket": 1}, actor=admin)
    store.forget_snapshot()
    large = upload(api(lisi), ticket, "a.txt", b"x" * 1025)
    assert "不能超过 1 KB" in large.json()["errors"][0]["detail"]
    assert upload(api(lisi), ticket, "a.txt", b"x" * 1024).status_code == 201
    full = upload(api(lisi), ticket, "b.txt", b"y")
    assert (full.status_code, full.json()["errors"][0]["code"]) == (409, "too_many_files")
    assert len(stored()) == 1


def test_large_files_pass_and_larger_ones_are_refused_unread(api, lisi, ticket):
    assert upload(api(lisi), ticket, "a.pdf", PDF + b"0" * 6_000_000).status_code == 201
    assert upload(api(lisi), ticket, "a.pdf", PDF + b"0" * 22_020_096).status_code == 413
    too_long = api(lisi).post(f"/api/tickets/{ticket.pk}/reply", {"content": "x" * 5_000_000})
    assert too_long.status_code == 413, "other doors keep their limit"


@pytest.mark.parametrize("body", [{}, {"file": "text"}, {"file": ""}])
def test_no_file_is_a_400_that_names_it(api, lisi, ticket, body):
    answer = api(lisi).post(f"/api/tickets/{ticket.pk}/attachments", body, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "file"
    assert api(lisi).post(f"/api/tickets/{ticket.pk}/attachments", {}).status_code == 415


def test_customers_see_and_add_public_ones_to_their_own_tickets(api, lisi, ticket, zhangsan):
    hidden = upload(api(lisi), ticket, "内部.txt", b"internal", visibility="internal").json()
    shown = upload(api(lisi), ticket, "说明.txt", b"public").json()
    client = api(zhangsan)
    names = [
        row["name"] for row in client.get(f"/api/tickets/{ticket.pk}/attachments").json()["list"]
    ]
    assert names == ["说明.txt"]
    assert client.get(hidden["url"]).status_code == 404
    assert client.get(shown["url"]).status_code == 200
    assert upload(client, ticket, "截图.png", PNG).status_code == 201
    assert upload(client, ticket, "a.txt", b"z", visibility="internal").status_code == 403
    assert upload(client, TicketFactory(), "a.txt", b"z").status_code == 404
    ticket.refresh_from_db()
    assert ticket.unanswered_since is not None


def test_what_a_waited_for_customer_sends_ends_the_wait(ticket, lisi):
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(lisi))
    person = customer_actor(ticket.customer, Entry.WEB)
    attachment_add(
        ticket_id=ticket.pk, upload=file("a.png", PNG), actor=person, visibility="public"
    )
    ticket.refresh_from_db()
    assert ticket.waiting_since is None


def test_its_uploader_or_an_administrator_takes_it_away(
    api, lisi, admin, ticket, zhangsan, django_capture_on_commit_callbacks
):
    row = upload(api(zhangsan), ticket, "a.png", PNG).json()
    assert api(lisi).delete(row["url"]).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert api(zhangsan).delete(row["url"]).status_code == 204
    assert stored() == []
    assert ticket.events.last().from_value == "a.png"
    other = upload(api(lisi), ticket, "b.txt", b"b").json()
    assert api(admin).delete(other["url"]).status_code == 204
    assert api(admin).get(other["url"]).status_code == 404


def test_pictures_alone_are_shown_inline(api, lisi, ticket):
    picture = upload(api(lisi), ticket, "a.png", PNG).json()["url"]
    document = upload(api(lisi), ticket, "a.pdf", PDF).json()["url"]
    assert api(lisi).get(f"{picture}?inline=1")["Content-Disposition"].startswith("inline")
    assert api(lisi).get(f"{document}?inline=1")["Content-Disposition"].startswith("attachment")


def test_files_of_a_merged_ticket_are_shown_with_the_one_that_goes_on(api, admin, ticket):
    target = TicketFactory(customer=ticket.customer)
    row = upload(api(admin), ticket, "a.png", PNG).json()
    actions.ticket_merge(ticket_id=ticket.pk, into_id=target.pk, actor=actor(admin))
    [listed] = api(admin).get(f"/api/tickets/{target.pk}/attachments").json()["list"]
    assert (listed["id"], listed["ticket_id"]) == (row["id"], ticket.pk)
    assert api(admin).get(f"/api/tickets/{target.pk}/attachments/{row['id']}").status_code == 200
    assert api(admin).get(row["url"]).status_code == 200
    assert upload(api(admin), ticket, "b.txt", b"b").status_code == 409


def test_a_file_that_is_gone_from_the_disk_is_a_404(api, lisi, ticket):
    row = upload(api(lisi), ticket, "a.png", PNG).json()
    stored()[0].unlink()
    assert api(lisi).get(row["url"]).status_code == 404


def test_a_failed_upload_leaves_no_file(ticket, lisi, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("tickets.relations.attachments.record", fail)
    with pytest.raises(RuntimeError):
        attachment_add(
            ticket_id=ticket.pk,
            upload=SimpleUploadedFile("a.png", PNG),
            actor=actor(lisi),
            visibility="public",
        )
    assert stored() == []
    assert not TicketAttachment.objects.exists()


def test_the_same_upload_with_an_idempotency_key_is_answered_again(api, lisi, ticket):
    client, path = api(lisi), f"/api/tickets/{ticket.pk}/attachments"
    answers = [
        client.post(
            path, {"file": file("a.png", PNG)}, format="multipart", HTTP_IDEMPOTENCY_KEY="k1"
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotent-Replayed"] == "true"


def test_erasing_a_person_takes_their_files_along(
    api, lisi, admin, ticket, django_capture_on_commit_callbacks
):
    upload(api(lisi), ticket, "身份证.png", PNG)
    with django_capture_on_commit_callbacks(execute=True):
        customer_erase(customer_id=ticket.customer_id, reason="本人要求", actor=actor(admin))
    assert stored() == []
    assert not TicketAttachment.objects.exists()


def test_many_files_cost_the_same_questions(api, lisi, ticket, django_assert_max_num_queries):
    for number in range(12):
        upload(api(lisi), ticket, f"{number}.txt", str(number).encode())
    client = api(lisi)
    with django_assert_max_num_queries(4):
        rows = client.get(f"/api/tickets/{ticket.pk}/attachments").json()
    assert rows["total"] == 12


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_the_same_file_many_times_at_once_is_one(lisi, ticket):
    acts = [
        lambda: attachment_add(
            ticket_id=ticket.pk, upload=file("a.png", PNG), actor=actor(lisi), visibility="public"
        )
    ] * 5
    assert all_at_once(acts) == []
    assert TicketAttachment.objects.count() == 1
    assert len(stored()) == 1
