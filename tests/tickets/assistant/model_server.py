"""A language model's endpoint over real HTTP, that answers as a test wants: well, late, never, nonsense."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ModelServer:
    """`says` is what the next answers contain; `asked` what came, newest last."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.trickles = False
        self.raw: bytes | None = None
        self.says: Callable[[dict[str, Any]], str] = lambda asked: "{}"
        self.stop_waiting = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def answers(self, **said: Any) -> None:
        self.says = lambda asked: json.dumps(said)

    def close(self) -> None:
        self.stop_waiting.set()
        self.server.shutdown()
        self.server.server_close()


def _handler(model: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append(asked)
            choice = {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": model.says(asked)},
            }
            body = {"id": "1", "object": "chat.completion", "created": 1, "choices": [choice]}
            sent = model.raw if model.raw is not None else json.dumps(body).encode()
            self.send_response(model.status)
            if 300 <= model.status < 400:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            try:
                if model.trickles:
                    self._trickle(sent)
                else:
                    self.wfile.write(sent)
            except OSError:
                pass

        def _trickle(self, sent: bytes) -> None:
            """Always a little more, never all: each byte by itself is in time."""
            ends_at = time.monotonic() + 60
            for byte in sent:
                if time.monotonic() > ends_at or model.stop_waiting.wait(0.3):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
