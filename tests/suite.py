"""`make test`: the suite on SQLite, then on PostgreSQL, RabbitMQ and Redis. The long ones by name.

The three servers are those it can reach (settings or default ports), else docker compose's, else
Debian's own if this is root. What cannot be had is said loudly, and is a failure with `CI=true`.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI") == "true"
DEFAULTS = {
    "DATABASE_URL": "postgresql://postgres@127.0.0.1:5432/scrm",
    "BROKER_URL": "amqp://guest:guest@127.0.0.1:5672//",
    "REDIS_URL": "redis://127.0.0.1:6379/15",
}
PORTS = {"postgresql": 5432, "postgres": 5432, "amqp": 5672, "redis": 6379}
COMPOSE = ["docker", "compose", "-f", "deploy/test-ports.yml"]
DEBIAN = {
    "DATABASE_URL": (
        "postgresql",
        "pg_ctlcluster --skip-systemctl-redirect $(ls /etc/postgresql) main start",
    ),
    "BROKER_URL": ("rabbitmq-server", "rabbitmq-server -detached"),
    "REDIS_URL": ("redis-server", "redis-server --daemonize yes --save ''"),
}
VHOST = "scrm_test"
# pytest's exit code when nothing was selected.
NO_TESTS = 5


def main(arguments: list[str]) -> int:
    if arguments[:1] in (["faults"], ["attacks"]):
        return only(arguments[0], arguments[1:])
    say("1/2 单进程配置：SQLite，无需任何服务")
    has_browser = find_browser()
    outcomes = {"SQLite": run_pytest({}, arguments, browser=has_browser)}
    urls = find_services()
    if urls is None:
        say("2/2 跳过：没有可用的 PostgreSQL、RabbitMQ、Redis，服务配置未测试")
        outcomes["PostgreSQL + RabbitMQ + Redis"] = 1 if CI else 0
    else:
        say("2/2 服务配置：PostgreSQL、RabbitMQ、Redis")
        outcomes["PostgreSQL + RabbitMQ + Redis"] = run_pytest(urls, arguments, browser=False)
    if CI and not has_browser:
        outcomes["浏览器"] = 1
    for name, code in outcomes.items():
        say(f"{name}：{'通过' if code == 0 else '失败'}")
    return max(outcomes.values())


def run_pytest(urls: dict[str, str], arguments: list[str], *, browser: bool) -> int:
    """The suite in two processes, then what speaks to the running system, then the brief faults.

    In the services profile that system has ten processes itself, and one queue and one Redis for all.
    """
    environment = {k: v for k, v in os.environ.items() if k not in DEFAULTS} | urls
    live = f"{'live' if browser else 'live and not browser'} and not attacks"
    # A browser and a dozen processes share a small machine here: what fails once is asked again, aloud.
    at_once = ["-n", "0"] if urls else ["-n", "2", "--dist", "loadfile"]
    quick = "not live and not faults and not attacks"
    again = ["--reruns", "1", "-r", "R"]
    parts = [["-n", "2", "-m", quick], ["-m", live, *at_once, *again]]
    if urls:
        parts.append(["-m", "faults and brief", *again])
    codes = [
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *part, *arguments],
            cwd=ROOT,
            env=environment,
            check=False,
        ).returncode
        for part in parts
    ]
    return max(0 if code == NO_TESTS else code for code in codes)


def only(marker: str, arguments: list[str]) -> int:
    """`make test-faults` kills servers of its own; `make test-attacks` takes long walks over every page."""
    urls = find_services()
    if urls is None:
        say("跳过：没有可用的 PostgreSQL、RabbitMQ、Redis")
        return 1 if CI else 0
    say(f"只运行 {marker}")
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", marker, *arguments],
        cwd=ROOT,
        env={**os.environ, **urls},
        check=False,
    ).returncode
    return 0 if code == NO_TESTS else code


def find_services() -> dict[str, str] | None:
    urls = {name: os.environ.get(name, default) for name, default in DEFAULTS.items()}
    if not all_reachable(urls):
        start_with_docker()
    if not all_reachable(urls):
        start_on_debian(urls)
    if not all_reachable(urls):
        return None
    urls["BROKER_URL"] = own_vhost(urls["BROKER_URL"])
    return urls


def all_reachable(urls: dict[str, str], seconds: float = 1) -> bool:
    deadline = time.monotonic() + seconds
    missing = list(urls.values())
    while missing:
        missing = [url for url in missing if not is_reachable(url)]
        if missing and time.monotonic() > deadline:
            return False
        if missing:
            time.sleep(0.5)
    return True


def is_reachable(url: str) -> bool:
    parts = urlsplit(url)
    try:
        address = (parts.hostname or "127.0.0.1", parts.port or PORTS[parts.scheme])
        with socket.create_connection(address, timeout=1):
            return True
    except OSError:
        return False


def start_with_docker() -> None:
    if shutil.which("docker") is None or quiet("docker", "info") != 0:
        return
    say("用 docker compose 启动 PostgreSQL、RabbitMQ、Redis …")
    quiet(*COMPOSE, "up", "--detach", "--wait", "postgres", "rabbitmq", "redis")


def start_on_debian(urls: dict[str, str]) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    wanted = [name for name, url in urls.items() if not is_reachable(url)]
    packages = [DEBIAN[name][0] for name in wanted]
    say(f"安装并启动 {'、'.join(packages)} …")
    install(packages)
    for name in wanted:
        quiet("sh", "-c", DEBIAN[name][1])
    all_reachable(urls, seconds=60)
    if "DATABASE_URL" in wanted:
        quiet(
            "su",
            "postgres",
            "-c",
            "sed -i 's/scram-sha-256/trust/' /etc/postgresql/*/main/pg_hba.conf",
        )
        quiet("su", "postgres", "-c", "psql -c 'SELECT pg_reload_conf()'")


def own_vhost(url: str) -> str:
    """A virtual host of the tests' own where we may make one; else the given one."""
    if shutil.which("rabbitmqctl") is None or urlsplit(url).path not in ("", "/", "//"):
        return url
    quiet("rabbitmqctl", "add_vhost", VHOST)
    if quiet("rabbitmqctl", "set_permissions", "-p", VHOST, "guest", ".*", ".*", ".*") != 0:
        return url
    return url.rstrip("/") + f"/{VHOST}"


def find_browser() -> bool:
    if os.environ.get("CHROMIUM") or Path("/usr/bin/chromium").exists():
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("安装 Chromium 与中文字体 …")
        install(["chromium", "fonts-noto-cjk", "fonts-noto-color-emoji"])
    if Path("/usr/bin/chromium").exists():
        return True
    say("没有 Chromium：浏览器测试未运行（可用环境变量 CHROMIUM 指定其路径）")
    return False


def install(packages: list[str]) -> None:
    quiet("apt-get", "update", "-qq")
    quiet("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)


def quiet(*command: str) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


def say(text: str) -> None:
    sys.stdout.write(f"\n=== {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
