"""How each of our processes is started: docker-compose.yml's commands and environment."""

import hashlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

from tests.faults.processes import ROOT
from tests.faults.servers import Servers

CELERY = ["-m", "celery", "-A", "config"]
LOWER = "msg.high,msg.normal,msg.low"
# Queues and processes of each worker.
WORKERS: dict[str, tuple[str, int]] = {
    "send-1": (LOWER, 2),
    "send-2": (LOWER, 2),
    "urgent": ("msg.urgent", 1),
    "rest": ("callbacks,chat,default,welcome,assistant,kf", 1),
}


def command_of(name: str, folder: Path) -> list[str]:
    """What Python is given; a second beat is called `beat-2`."""
    if name in ("web", "live"):
        return ["manage.py", "serve", *(["--live"] if name == "live" else [])]
    if name == "relay":
        return ["manage.py", "relay"]
    if name.startswith("beat"):
        return [*CELERY, "beat", "--pidfile=", "--schedule", str(folder / f"{name}-schedule")]
    queues, processes = WORKERS[name]
    return worker(name, queues, processes)


def digest_of_migrations() -> str:
    found = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def worker(name: str, queues: str, processes: int) -> list[str]:
    options = ["-Q", queues, "-c", str(processes), "-n", f"{name}@%h"]
    return [*CELERY, "worker", *options, "--without-gossip", "--without-mingle"]


def environment(servers: Servers, folder: Path, provider: dict[str, str]) -> dict[str, str]:
    # Nothing of a developer's own settings may reach the system under test.
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BROKER_URL": servers.broker_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "SANDBOX": "0",
        "DEBUG": "0",
        "APP_DOMAIN": "http://127.0.0.1",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
        "WEB_WORKERS": "1",
        **provider,
    }


def run(variables: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
