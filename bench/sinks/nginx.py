"""The quick sink: one nginx worker that says yes to everything."""

import shutil
import sys
from pathlib import Path

from bench.processes import Processes, free_port

FALLBACK_NOTE = (
    "**No nginx here: the sink was our own uvloop one, which is slower and shares Python with the "
    "senders. These figures do not compare with those of an nginx sink.** (apt: nginx-light)"
)

_CONFIG = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /cgi-bin/gettoken {{ return 200 '{token}'; }}
        location / {{ return 200 '{answer}'; }}
    }}
}}
"""
ANSWER = '{"errcode":0,"errmsg":"ok","msgid":"m1"}'
TOKEN = '{"errcode":0,"errmsg":"ok","access_token":"bench","expires_in":7200}'  # noqa: S105


def find() -> str | None:
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def start(processes: Processes) -> str:
    """Starts it, or the uvloop one where there is no nginx; its address."""
    port = free_port()
    binary = find()
    if binary is None:
        processes.start("sink", [sys.executable, "-m", "bench.sinks.slow", str(port), "0"])
    else:
        config = _write_config(processes.logs, port)
        processes.start("sink", [binary, "-c", str(config), "-p", str(processes.logs)])
    processes.wait_for_port("sink", port)
    return f"http://127.0.0.1:{port}"


def _write_config(folder: Path, port: int) -> Path:
    path = folder / "nginx.conf"
    path.write_text(_CONFIG.format(folder=folder, port=port, token=TOKEN, answer=ANSWER))
    return path
