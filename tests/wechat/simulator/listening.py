"""A server of the company's own for callbacks, in the simulator's tests."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

# Path, query and body; the answer's status and body.
Hear: TypeAlias = Callable[[str, dict[str, str], bytes], tuple[int, bytes]]


@contextmanager
def listening(hear: Hear, settings: Any) -> Iterator[None]:
    """The simulator calls `hear` with what it POSTs, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = hear(parts.path, query, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.SANDBOX_CALLBACK_BASE = f"http://127.0.0.1:{server.server_port}"
        yield
        server.shutdown()
        thread.join()
