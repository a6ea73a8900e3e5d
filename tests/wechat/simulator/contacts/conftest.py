"""客户联系 over HTTP, with fewer customers than the demo has."""

from typing import Any

import pytest

from tests.wechat.simulator.conftest import Tencent

ZHANGSAN = "wmSandbox000001"


class Contacts(Tencent):
    """`ask` is a GET with a token, `tell` a POST; `act` and `page` are the sandbox's own."""

    def ask(self, path: str, **query: str) -> dict[str, Any]:
        return self.get(path, access_token=self.token, **query)

    def tell(self, path: str, **body: Any) -> dict[str, Any]:
        return self.post(f"externalcontact/{path}", body, access_token=self.token)

    def customer(self, external_userid: str = ZHANGSAN) -> dict[str, Any]:
        return self.ask("externalcontact/get", external_userid=external_userid)

    def customers_of(self, userid: str) -> list[str]:
        answer = self.ask("externalcontact/list", userid=userid)
        return list(answer.get("external_userid", []))

    def group(self, chat_id: str = "wrSandboxChat01") -> dict[str, Any]:
        return dict(self.tell("groupchat/get", chat_id=chat_id, need_name=1)["group_chat"])


@pytest.fixture
def contacts(db: None, settings: Any) -> Contacts:
    settings.SANDBOX_CONTACTS = 60
    return Contacts()
