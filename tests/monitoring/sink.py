"""A place where alerts arrive: it stands where the platform is, so that plain HTTP may go there."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sink:
    """What came in; answers as `status` and `body` say."""

    base: str
    received: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    body: dict[str, Any] = field(
        default_factory=lambda: {"errcode": 0, "access_token": "token", "expires_in": 7200}
    )

    @property
    def robot_url(self) -> str:
        return f"{self.base}/cgi-bin/webhook/send?key=robot-secret"

    @property
    def texts(self) -> list[str]:
        return [one["markdown"]["content"] for one in self.received if "markdown" in one]


@contextmanager
def sink_at_work() -> Iterator[Sink]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            found.received.append(json.loads(self.rfile.read(length) or b"{}"))
            self._answer()

        def _answer(self) -> None:
            said = json.dumps(found.body).encode()
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = Sink(f"http://127.0.0.1:{server.server_address[1]}")
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
