"""Speaking ASGI to the fast door, and to the view behind it."""

import asyncio
import json

from a2wsgi import WSGIMiddleware

from config.wsgi import application as wsgi_application
from messaging.door.app import SendDoor

PATH = "/api/messages/send"
JSON = "application/json"


class Answer:
    """One response, its ids left out where two runs cannot share them."""

    def __init__(self, events):
        start = events[0]
        self.status = start["status"]
        self.headers = {k.decode().lower(): v.decode() for k, v in start["headers"]}
        content = b"".join(event.get("body", b"") for event in events[1:])
        assert self.headers["content-length"] == str(len(content))
        self.body = json.loads(content)

    @property
    def shape(self):
        body = dict(self.body)
        for name in ("message_id", "trace_id"):
            if name in body:
                body[name] = body[name][:3]
        return self.status, body, self.headers["content-type"]


class Behind:
    """Django as the door sees it; counts what comes through."""

    def __init__(self):
        self.asked = 0
        self._django = WSGIMiddleware(wsgi_application, workers=8)

    async def __call__(self, scope, receive, send):
        self.asked += 1
        await self._django(scope, receive, send)


async def call(app, body, headers, *, method="POST", path=PATH, pieces=1):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    step = max(1, -(-len(raw) // pieces))
    parts = [raw[at : at + step] for at in range(0, len(raw), step)] or [b""]
    events = [
        {"type": "http.request", "body": part, "more_body": place < len(parts) - 1}
        for place, part in enumerate(parts)
    ]
    sent = []

    async def receive():
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(event):
        sent.append(event)

    named = {"host": "localhost", "content-type": JSON, "content-length": str(len(raw)), **headers}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "scheme": "http",
        "headers": [(k.encode(), v.encode()) for k, v in named.items() if v is not None],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80), "http_version": "1.1",
        "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return Answer(sent)


def at_the_door(*requests, together=False):
    """The answers, and how many of the requests Django had to answer."""

    async def knock():
        behind = Behind()
        door = SendDoor(behind)
        try:
            calls = [call(door, *request[:2], **(request[2:] or [{}])[0]) for request in requests]
            if together:
                return await asyncio.gather(*calls), behind.asked
            return [await one for one in calls], behind.asked
        finally:
            door.stop()

    return asyncio.run(knock())


def at_the_view(body, headers, **more):
    return asyncio.run(call(Behind(), body, headers, **more))
