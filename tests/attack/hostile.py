"""What strangers send to an address that listens, and how it is sent."""

import json
from urllib.parse import urlencode

from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

ANY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

APP, AIBOT, OFFICIAL = "/api/wechat/work-message", "/api/wechat/aibot", "/api/wechat/mp-message"
RECEIPTS = [
    f"/api/messages/receipts/{name}" for name in ("sms", "email", "wechat", "app", "feishu", "ai")
]
BOMB = (
    "<!DOCTYPE x ["
    '<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">'
        for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'


def fields(inside=""):
    return (
        "<ToUserName>a</ToUserName><FromUserName>lisi</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>text</MsgType><Content>x</Content>{inside}"
    )


def hostile_xml():
    deep = "<a>" * 5000 + "</a>" * 5000
    return {
        "entities within entities": f"{BOMB}<xml>{fields('<MsgId>&i;</MsgId>')}</xml>",
        "a file of ours": f"{EXTERNAL}<xml>{fields('<MsgId>&e;</MsgId>')}</xml>",
        "a document type elsewhere": f"{REMOTE}<xml>{fields()}</xml>",
        "an entity of parameters": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><xml>{fields()}</xml>',
        "nesting": f"<xml>{fields(deep)}</xml>",
        "nesting in the words": f"<xml>{fields()}<Content>{deep}</Content></xml>",
        "a huge attribute": f'<xml a="{"x" * 200_000}">{fields()}</xml>',
        "many attributes": "<xml "
        + " ".join(f'a{n}="1"' for n in range(15_000))
        + f">{fields()}</xml>",
        "many elements": f"<xml>{fields('<a/>' * 50_000)}</xml>",
        "many entities of signs": f"<xml>{fields()}<E>{'&#65;' * 45_000}</E></xml>",
        "an instruction": f'<?xml-stylesheet href="file:///etc/passwd"?><xml>{fields()}</xml>',
        "inclusion": '<xml xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'{fields()}<xi:include href="file:///etc/passwd" parse="text"/></xml>',
        "the same name twice": f"<xml>{fields()}{fields()}</xml>",
        "elements in place of words": "<xml><MsgType><a>x</a></MsgType><FromUserName><b/></FromUserName>"
        "<Event><c/></Event><MsgId><d>1</d></MsgId><AgentID><e/></AgentID></xml>",
        "attributes in place of words": '<xml><MsgType x="1">event</MsgType><Event y="2">CLICK</Event></xml>',
        "nothing": "<xml></xml>",
        "another root": "<html><xml/></html>",
        "no end": f"<xml>{fields()}",
        "a lone surrogate": "<xml><MsgType>text</MsgType><Content>&#xD800;</Content></xml>",
        "a long name": f"<xml>{fields()}<{'n' * 100_000}/></xml>",
        "long words": f"<xml>{fields()}<MsgId>{'9' * 100_000}</MsgId></xml>",
    }


def hostile_json():
    base = {"msgid": "m", "msgtype": "text", "from": {"userid": "lisi"}, "text": {"content": "x"}}
    deep = 3000
    return {
        "nesting": '{"msgid":"m","a":' + '{"a":' * deep + "1" + "}" * deep + "}",
        "nesting below what a parser bears": '{"msgid":"m","a":' + "[" * 700 + "]" * 700 + "}",
        "no number": '{"msgid":"m","MsgType":"text","CreateTime":NaN,"x":Infinity}',
        "too large a number": '{"msgid":"m","MsgType":"text","CreateTime":1e999}',
        "a number of many digits": '{"msgid":"m","CreateTime":' + "9" * 4000 + "}",
        "a number of too many digits": '{"msgid":"m","CreateTime":' + "9" * 5000 + "}",
        "what no column holds": json.dumps(
            {**base, "msgid": "a\x00b", "MsgId": "a\x00b", "x\x00": "\x00"}
        ),
        "half a sign": '{"msgid":"\\ud800","MsgId":"\\udfff","MsgType":"text","\\ud800":"\\ud800"}',
        "a list": "[1]",
        "a word": '"x"',
        "nothing": "null",
        "an empty one": "{}",
        "objects in place of words": json.dumps(
            {
                name: {"a": [1]}
                for name in (
                    "msgid",
                    "msgtype",
                    "from",
                    "chattype",
                    "chatid",
                    "response_url",
                    "text",
                    "quote",
                    "event",
                    "MsgType",
                    "FromUserName",
                    "Event",
                    "MsgId",
                    "Content",
                    "EventKey",
                    "CreateTime",
                )
            }
        ),
        "lists in place of words": json.dumps(
            {
                **base,
                "from": [1],
                "text": ["x"],
                "msgtype": ["text"],
                "FromUserName": [],
                "Event": [[]],
            }
        ),
        "a long id": json.dumps({**base, "msgid": "9" * 100_000, "MsgId": "9" * 100_000}),
    }


def answered(path, body=b"", query=None, content_type="text/xml"):
    client = Client(raise_request_exception=False)
    # As it is: `post` would put a body into the charset that the type names.
    url = f"{path}?{urlencode(query or {})}"
    return client.generic("POST", url, body, content_type=content_type)


def is_well(answer):
    return answer.status_code < 500


WORDS = st.one_of(
    st.sampled_from(
        [
            "text",
            "event",
            "image",
            "click",
            "CLICK",
            "subscribe",
            "kf_msg_or_event",
            "change_contact",
            "change_external_contact",
            "template_card_event",
            "group",
            "single",
            "mixed",
            "stream",
            "lisi",
            "1",
            "0",
            "-1",
            "@all",
            "/帮助",
            "TEMPLATESENDJOBFINISH",
            "LOCATION",
            "VIEW",
            "",
        ]
    ),
    st.text(max_size=10),
    st.integers(),
    st.none(),
    st.booleans(),
    st.floats(),
)
VALUES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["content", "userid", "event_key", "eventtype", "item", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
