"""A mail and a push to the demo's customer, on the running system over HTTP."""

import pytest

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    ("template", "channel", "read"),
    [
        ("email_notice", "EMAIL", lambda payload: payload["text"]),
        ("app_notice", "APP", lambda payload: payload["notification"]["body"]),
    ],
)
def test_a_template_reaches_its_customer(live_system, template, channel, read):
    admin = live_system.as_user("admin")
    browser = live_system.http.get(live_system.url("/sandbox/api/push/zhangsan")).text
    recipient = {"EMAIL": "zhangsan@example.com", "APP": browser}[channel]
    answer = admin.post(
        live_system.url("/api/messages/send"),
        json={
            "template_code": template,
            "recipient": recipient,
            "variables": {"title": "工单进展", "name": "张三", "content": "已解决"},
        },
    )
    assert answer.status_code == 202, answer.text

    def delivered():
        rows = live_system.http.get(
            live_system.url("/sandbox/api/outbox"), params={"channel": channel}
        ).json()["list"]
        return [row for row in rows if "已解决" in read(row["payload"])]

    assert "张三" in read(live_system.until(delivered)[0]["payload"])
    message = live_system.url(f"/api/messages/{answer.json()['message_id']}")
    assert live_system.until(lambda: admin.get(message).json()["status"] == "sent")
