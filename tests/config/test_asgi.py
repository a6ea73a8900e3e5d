"""The ASGI application as servers call it."""

import asyncio

from config.asgi import Application


def test_it_works_for_a_server_whose_events_are_futures():
    """Granian's are: something to await that is no coroutine."""

    async def ask() -> list[dict[str, object]]:
        loop = asyncio.get_running_loop()
        events: list[dict[str, object]] = []

        def receive() -> asyncio.Future[dict[str, object]]:
            future = loop.create_future()
            future.set_result({"type": "http.request", "body": b"", "more_body": False})
            return future

        def send(event: dict[str, object]) -> asyncio.Future[None]:
            events.append(event)
            future = loop.create_future()
            future.set_result(None)
            return future

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/healthz",
            "raw_path": b"/healthz",
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 5),
            "headers": [(b"host", b"127.0.0.1")],
        }
        await Application()(scope, receive, send)
        return events

    events = asyncio.run(ask())
    assert events[0]["status"] == 200


def test_a_traceback_is_text_in_json_logs():
    import json
    import logging
    import logging.config

    from config.logs import configuration

    formatter = configuration("json", "INFO")["formatters"]["structured"]
    made = formatter.pop("()")(**formatter)
    try:
        raise ValueError("what happened")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "failed", None, (ValueError, error, error.__traceback__)
        )
    line = json.loads(made.format(record))
    assert "ValueError: what happened" in line["exception"]
