"""Real socket servers, each a process of its own on the test's database and Redis."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from rest_framework_simplejwt.tokens import AccessToken
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.live import ROOT

READY_SECONDS = 60


class SocketServer:
    """`manage.py serve --live`, killed without warning by `kill`."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        url = os.environ["DATABASE_URL"].rpartition("/")[0]
        environment = {
            **os.environ,
            "DATABASE_URL": f"{url}/{connection.settings_dict['NAME']}",
            "PORT": str(self.port),
            "APP_DOMAIN": f"http://127.0.0.1:{self.port}",
            "WEB_WORKERS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--live"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the socket server does not listen")

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None


@contextmanager
def servers(count: int) -> Iterator[list[SocketServer]]:
    running = [SocketServer() for _ in range(count)]
    try:
        for server in running:
            server.start()
        yield running
    finally:
        for server in running:
            server.kill()


class Person:
    """Somebody with a page: they come back with the last number they have seen, after any break."""

    def __init__(self, user: Any, path: str) -> None:
        self._user = user
        self._path = path
        self._line: Any = None
        self.seen: int | None = None
        self.frames: list[dict[str, Any]] = []

    def come_to(self, server: SocketServer) -> None:
        self.go()
        token = AccessToken.for_user(self._user)
        since = f"&since={self.seen}" if self.seen is not None else ""
        url = f"ws://127.0.0.1:{server.port}{self._path}?token={token}{since}"
        deadline = time.monotonic() + READY_SECONDS
        while self._line is None:
            try:
                self._line = connect(
                    url, proxy=None, open_timeout=20, close_timeout=0.1, legacy=True
                )
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        self.until("hello")

    def go(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def say(self, kind: str, **content: Any) -> None:
        self._line.send(json.dumps({"type": kind, **content}))

    def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next frame of that kind with that in it; all frames are kept."""
        while True:
            frame: dict[str, Any] = json.loads(self._line.recv(timeout=20))
            self.frames.append(frame)
            if frame["type"] == "hello":
                self.seen = frame["seq"] if self.seen is None else self.seen
            elif isinstance(frame.get("seq"), int):
                self.seen = max(self.seen or 0, frame["seq"])
            if frame["type"] == kind and wanted.items() <= frame.items():
                return frame

    def is_cut_off(self) -> bool:
        try:
            while True:
                self._line.recv(timeout=20)
        except ConnectionClosed:
            return True

    @property
    def heard(self) -> list[str]:
        """What was said in the chat, as often as it was told."""
        return [
            frame["message"]["content"]
            for frame in self.frames
            if frame["type"] == "chat.message" and frame["message"]["sender"] != "system"
        ]
