"""The platform misbehaves on order, as often as ordered."""

import pytest


def kinds(tencent, times):
    """The HTTP status or the errcode of so many messages."""
    outcomes = []
    for _ in range(times):
        response = tencent.client.post(
            f"/sandbox/cgi-bin/message/send?access_token={tencent.token}",
            {"touser": "lisi", "agentid": 1000002, "msgtype": "text", "text": {"content": "x"}},
            content_type="application/json",
        )
        outcomes.append(
            response.json()["errcode"] if response.status_code == 200 else response.status_code
        )
    return outcomes


@pytest.fixture(autouse=True)
def agent(settings):
    settings.WECOM_AGENT_ID = 1000002


@pytest.mark.parametrize(
    ("order", "outcome"),
    [
        ({"mode": "http_500"}, 500),
        ({"mode": "rate_limited"}, 45009),
        ({"mode": "errcode", "errcode": 60020}, 60020),
        ({"mode": "errcode", "errcode": -1}, -1),
    ],
)
def test_a_fault_lasts_until_it_is_taken_back(tencent, order, outcome):
    assert tencent.fault(channel="WORK_WECHAT", **order).status_code == 200
    assert kinds(tencent, 3) == [outcome] * 3
    assert tencent.outbox() == []
    assert tencent.fault(channel="WORK_WECHAT", mode="ok").json() == {"list": []}
    assert kinds(tencent, 1) == [0]


def test_a_counted_fault_ends_by_itself(tencent):
    tencent.fault(channel="WORK_WECHAT", mode="http_500", count=2)
    assert kinds(tencent, 3) == [500, 500, 0]
    assert tencent.client.get("/sandbox/api/faults").json() == {"list": []}


def test_a_fault_concerns_its_channel_alone(tencent):
    tencent.fault(channel="GROUP_BOT", mode="http_500")
    assert kinds(tencent, 1) == [0]


def test_the_last_order_counts(tencent):
    tencent.fault(channel="WORK_WECHAT", mode="http_500", count=9)
    listed = tencent.fault(channel="WORK_WECHAT", mode="errcode", errcode=-1, count=1).json()
    assert listed["list"] == [
        {
            "channel": "WORK_WECHAT",
            "mode": "errcode",
            "errcode": -1,
            "remaining": 1,
            "seconds": 30.0,
            "delivered": True,
        }
    ]


@pytest.mark.parametrize(("delivered", "rows"), [(True, 1), (False, 0)])
def test_a_time_out_may_or_may_not_have_delivered(tencent, delivered, rows):
    tencent.fault(channel="WORK_WECHAT", mode="timeout", seconds=0, delivered=delivered)
    assert kinds(tencent, 1) == [504]
    assert len(tencent.outbox()) == rows


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"channel": "PIGEON"}, "channel"),
        ({"channel": None}, "channel"),
        ({"mode": "sulk"}, "mode"),
        ({"mode": "errcode"}, "errcode"),
        ({"mode": "errcode", "errcode": 0}, "errcode"),
        ({"mode": "errcode", "errcode": "5"}, "errcode"),
        ({"count": 0}, "count"),
        ({"count": True}, "count"),
        ({"seconds": 61}, "seconds"),
        ({"seconds": "5"}, "seconds"),
        ({"delivered": 1}, "delivered"),
    ],
)
def test_a_wrong_order_is_refused_by_name(tencent, wrong, attr):
    response = tencent.fault(**{"channel": "AI", "mode": "http_500", **wrong})
    assert response.status_code == 400
    body = response.json()
    assert body["type"] == "validation_error"
    assert [set(error) for error in body["errors"]] == [{"code", "detail", "attr"}]
    assert body["errors"][0]["attr"] == attr
    assert tencent.client.get("/sandbox/api/faults").json() == {"list": []}
