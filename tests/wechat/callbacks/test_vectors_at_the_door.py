"""The public vectors as requests, at the URLs where the platform sends them."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from wechat.models import Callback

pytestmark = pytest.mark.django_db

VECTORS = {
    vector["id"]: vector
    for vector in json.loads((Path(__file__).parents[2] / "vectors" / "wechat.json").read_text())[
        "vectors"
    ]
}
APP, AIBOT = "/api/wechat/work-message", "/api/wechat/aibot"


@pytest.fixture
def configured(settings):
    """Puts a vector's keys into the settings; its age is not looked at."""

    def configure(vector):
        settings.CALLBACK_MAX_AGE_SECONDS = 0
        for kind in ("WECOM", "AIBOT"):
            setattr(settings, f"{kind}_TOKEN", vector["token"])
            setattr(settings, f"{kind}_ENCODING_AES_KEY", vector["encoding_aes_key"])
        settings.WECOM_CORP_ID = vector["receive_id"]
        return {
            "msg_signature": vector["signature"],
            "timestamp": vector["timestamp"],
            "nonce": vector["nonce"],
        }

    return configure


@pytest.mark.parametrize("name", ["work-url-qdg6ek", "wechatpy-url"])
def test_a_url_check_is_answered_with_the_plain_echo(client, configured, name):
    vector = VECTORS[name]
    answer = client.get(APP, {**configured(vector), "echostr": vector["ciphertext"]})
    assert (answer.status_code, answer.content.decode()) == (200, vector["expected_plain"])


def test_a_url_check_with_a_changed_nonce_is_403(client, configured):
    vector = VECTORS["wechatpy-url-bad-nonce"]
    assert (
        client.get(APP, {**configured(vector), "echostr": vector["ciphertext"]}).status_code == 403
    )


@pytest.mark.parametrize(
    ("name", "sender", "content"),
    [("work-msg-qdg6ek", "mycreate", "hello"), ("wechatpy-msg", "messense", "test")],
)
def test_a_message_is_stored_as_it_was_meant(client, configured, name, sender, content):
    vector = VECTORS[name]
    body = f"<xml><ToUserName>x</ToUserName><Encrypt><![CDATA[{vector['ciphertext']}]]></Encrypt></xml>"
    answer = client.post(f"{APP}?{urlencode(configured(vector))}", body, content_type="text/xml")
    assert (answer.status_code, answer.content) == (200, b"")
    payload = Callback.objects.get().payload
    assert (payload["FromUserName"], payload["Content"]) == (sender, content)


def test_a_robots_message_is_stored_as_it_was_meant(client, configured):
    vector = VECTORS["aibot-selfmade-group-text"]
    body = json.dumps({"encrypt": vector["ciphertext"]})
    answer = client.post(
        f"{AIBOT}?{urlencode(configured(vector))}", body, content_type="application/json"
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert Callback.objects.get().payload == json.loads(vector["plain"])


def test_an_old_vector_is_a_replay_unless_the_age_check_is_off(client, configured, settings):
    vector = VECTORS["work-url-qdg6ek"]
    query = configured(vector)
    settings.CALLBACK_MAX_AGE_SECONDS = 600
    assert client.get(APP, {**query, "echostr": vector["ciphertext"]}).status_code == 403
