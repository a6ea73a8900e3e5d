"""Uploaded files: sizes, kinds, owners, and how long they live."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.wechat.simulator.conftest import ROBOT_KEY
from wechat.simulator.models import Media


def upload(tencent, path="media/upload", size=100, **query):
    file = SimpleUploadedFile("a.bin", b"x" * size)
    url = f"/sandbox/cgi-bin/{path}"
    return tencent.client.post(url, {"media": file}, query_params=query).json()


def app_upload(tencent, kind="file", **more):
    return upload(tencent, type=kind, access_token=tencent.token, **more)


def robot_upload(tencent, kind="file", **more):
    return upload(tencent, "webhook/upload_media", type=kind, key=ROBOT_KEY, **more)


def test_what_a_robot_uploaded_is_good_for_that_robot_alone(tencent):
    of_app, of_robot = app_upload(tencent), robot_upload(tencent)
    assert (of_app["errcode"], of_app["type"]) == (0, "file")
    file = {"media_id": of_app["media_id"]}
    assert tencent.send(msgtype="file", file=file)["errcode"] == 0
    file = {"media_id": of_robot["media_id"]}
    assert tencent.robot(msgtype="file", file=file)["errcode"] == 0
    assert tencent.send(msgtype="file", file=file)["errcode"] == 40007


def test_a_file_lives_three_days(tencent):
    file = {"media_id": app_upload(tencent)["media_id"]}
    Media.objects.update(created_at=timezone.now() - timedelta(days=3, seconds=1))
    assert tencent.send(msgtype="file", file=file)["errcode"] == 40007


@pytest.mark.parametrize(
    ("send", "kind", "size", "errcode"),
    [
        (app_upload, "file", 4, 44001),
        (app_upload, "file", 5, 0),
        (app_upload, "voice", 2 * 1024 * 1024 + 1, 40009),
        (app_upload, "sticker", 100, 40004),
        (app_upload, "file", 0, 44001),
        (robot_upload, "image", 100, 40004),
        (robot_upload, "voice", 100, 0),
    ],
)
def test_kinds_and_sizes_are_limited(tencent, send, kind, size, errcode):
    assert send(tencent, kind, size=size)["errcode"] == errcode


def test_an_upload_needs_its_key_or_its_token(tencent):
    assert upload(tencent, type="file")["errcode"] == 41001
    assert upload(tencent, "webhook/upload_media", type="file", key="x")["errcode"] == 93000
