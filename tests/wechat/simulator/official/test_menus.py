"""The account's menu: published, read back, refused as the platform refuses it."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

CLICK = {"type": "click", "name": "进度查询", "key": "progress"}
VIEW = {"type": "view", "name": "提交", "url": "https://example.com/submit/"}


@pytest.fixture
def ask(settings):
    client = Client()

    def call(path, body=None, **query):
        address = f"/sandbox/mp/cgi-bin/{path}"
        if body is None:
            return client.get(address, query).json()
        return client.post(
            address, body, content_type="application/json", query_params=query
        ).json()

    credentials = {"appid": settings.MP_APP_ID, "secret": settings.MP_APP_SECRET}
    token = call("stable_token", {"grant_type": "client_credential", **credentials})["access_token"]
    return lambda path, body=None: call(path, body, access_token=token)


def test_a_menu_is_published_read_and_taken_away(ask, client):
    assert ask("menu/get")["errcode"] == 46003
    menu = {"button": [CLICK, {"name": "服务", "sub_button": [VIEW, CLICK]}]}
    assert ask("menu/create", menu)["errcode"] == 0
    assert ask("menu/get")["menu"] == menu
    assert client.get("/sandbox/api/official/menu").json() == menu
    ask("menu/create", {"button": [VIEW]})
    assert ask("menu/get")["menu"] == {"button": [VIEW]}
    ask("menu/delete")
    assert client.get("/sandbox/api/official/menu").json() == {"button": []}


@pytest.mark.parametrize(
    ("button", "errcode"),
    [
        ([], 40016),
        ([CLICK] * 4, 40016),
        ([{"name": "服务", "sub_button": [CLICK] * 6}], 40016),
        ([{**CLICK, "name": "六个字的菜单"}], 40018),
        ([{**CLICK, "type": "dance"}], 40017),
        ([{**CLICK, "key": ""}], 40019),
        ([{**VIEW, "url": "x" * 1025}], 40020),
        (["x"], 40018),
    ],
)
def test_a_wrong_menu_has_its_code(ask, button, errcode):
    assert ask("menu/create", {"button": button})["errcode"] == errcode
