"""The ASGI application at a real address, for tests that speak WebSocket."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from asgiref.sync import SyncToAsync
from django.db import connections


@contextmanager
def asgi_address() -> Iterator[str]:
    """`127.0.0.1:PORT` while the context lasts."""
    from config.asgi import application

    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=0,
        interface="asgi3",
        lifespan="off",
        ws="websockets-sansio",
        log_config=None,
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    # Connections may queue up from now on, whenever the server gets to them.
    listening.listen()
    port = listening.getsockname()[1]
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        # Consumers ask the database in asgiref's one thread, whose connection outlives the server.
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()
