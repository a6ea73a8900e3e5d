"""From a bare machine to a running system, with nothing but Python (`make run`, `make test`).

Standard library only, and written so that an old Python gets far enough to say that it is too old.
"""

import hashlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NEEDED = (3, 11)


class Stop(Exception):
    """One sentence that tells the newcomer what to do."""


def main(command):
    try:
        if command == "run":
            run()
        elif command == "test":
            prepare(dev=True)
            become(str(PYTHON), "-m", "tests.suite", *sys.argv[2:])
        elif command == "dev":
            prepare(dev=True)
        else:
            raise Stop("用法：python config/bootstrap.py run|test|dev")
    except Stop as stop:
        sys.stderr.write("✗ %s\n" % stop)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\n已取消\n")
        return 130
    return 0


def run():
    """Everything from nothing to the server; the server then takes this process's place."""
    check_python()
    check_port()
    prepare(dev=False)
    os.environ.setdefault("SANDBOX", "1")
    # Unbuffered: `make run > log` shows the password at once.
    become(str(PYTHON), "-u", str(ROOT / "manage.py"), "serve", "--demo")


def become(*command):
    sys.stdout.flush()
    os.chdir(str(ROOT))
    os.execv(command[0], list(command))


def prepare(dev):
    """The virtual environment with the locked packages; nothing is done twice."""
    check_python()
    check_writable()
    locks = [ROOT / "requirements.txt"] + ([ROOT / "requirements-dev.txt"] if dev else [])
    make_venv()
    for lock in locks:
        install(lock)
    fetch_packages(dev)


def check_python():
    if sys.version_info < NEEDED:
        raise Stop(
            "需要 Python %d.%d 或更新，当前是 %s；可用 make run PYTHON=python3.11 指定"
            % (NEEDED + (sys.version.split()[0],))
        )


def check_port():
    text = os.environ.get("PORT") or read_env_file().get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Stop("PORT 必须是 1 到 65535 之间的整数，现在是 %s" % text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("HOST", "127.0.0.1"), int(text)))
        except OSError:
            raise Stop("端口 %s 已被占用；换一个：PORT=8001 make run" % text)


def read_env_file():
    path = ROOT / ".env"
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if "=" in line and line[:1] != "#"]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def check_writable():
    if not os.access(str(ROOT), os.W_OK):
        raise Stop("没有写入 %s 的权限；请换一个可写的目录，或修改其权限" % ROOT)


def make_venv():
    if is_whole(VENV):
        return
    with Step("创建虚拟环境"):
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, check=False
        )
        if made.returncode != 0:
            raise Stop(
                "无法创建虚拟环境；Debian/Ubuntu 上请先安装：sudo apt-get install python3-venv"
            )


def is_whole(venv):
    """Without ensurepip, and when interrupted, `venv` leaves a Python that has no pip."""
    return (venv / "bin" / "python").exists() and any(venv.glob("lib/python3*/site-packages/pip"))


def install(lock):
    """Installs a lock with its hashes, unless just this lock was installed before."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = VENV / (lock.name + ".installed")
    if stamp.exists() and stamp.read_text() == digest:
        return
    with Step("安装依赖（%s）" % lock.name):
        done = subprocess.run(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            + ["--require-hashes", "--requirement", str(lock)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or ["未知原因"])[-1]
            raise Stop("安装依赖失败（请检查网络或 pip 镜像设置）：%s" % reason)
    stamp.write_text(digest)


def fetch_packages(dev):
    """The browser's libraries; without them everything but the charts works, so nothing stops here."""
    environment = dict(os.environ)
    if "NPM_REGISTRY" not in environment and read_env_file().get("NPM_REGISTRY"):
        environment["NPM_REGISTRY"] = read_env_file()["NPM_REGISTRY"]
    command = [str(PYTHON), str(ROOT / "config" / "packages.py")] + (["--dev"] if dev else [])
    with Step("准备前端组件"):
        done = subprocess.run(
            command, env=environment, stderr=subprocess.PIPE, text=True, check=False
        )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["未知原因"])[-1]
        sys.stderr.write("! 前端组件没有备齐，图表将以表格代替：%s\n" % reason)


class Step:
    """A progress line: what is being done, and how long it took."""

    def __init__(self, title):
        self.title = title

    def __enter__(self):
        sys.stdout.write("▸ %s … " % self.title)
        sys.stdout.flush()
        self.started = time.monotonic()

    def __exit__(self, kind, error, trace):
        sys.stdout.write("失败\n" if kind else "%.1f 秒\n" % (time.monotonic() - self.started))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
