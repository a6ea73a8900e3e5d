"""Starting and stopping as a newcomer does, in processes of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap as bootstrapping
from tests import live

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "config" / "bootstrap.py"

pytestmark = pytest.mark.embedded_only


def bootstrap(*arguments, root=ROOT, python=sys.executable, **environment):
    script = root / "config" / "bootstrap.py"
    return subprocess.run(
        [python, str(script), *arguments],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def runs(python):
    found = shutil.which(python)
    return found is not None and subprocess.run([found, "-c", ""], check=False).returncode == 0


def one_sentence(done):
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("✗ ")
    return lines[0]


@pytest.fixture
def bare(tmp_path):
    """A checkout with nothing installed."""
    (tmp_path / "config").mkdir()
    shutil.copy(BOOTSTRAP, tmp_path / "config")
    return tmp_path


def test_a_busy_port_is_said_before_anything_is_installed(bare):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        sentence = one_sentence(bootstrap("run", root=bare, PORT=port))
    assert f"端口 {port} 已被占用" in sentence
    assert not (bare / ".venv").exists()


def test_a_port_in_the_env_file_counts_too(bare):
    (bare / ".env").write_text("# settings\nPORT=99999\n")
    environment = {k: v for k, v in os.environ.items() if k != "PORT"}
    done = subprocess.run(
        [sys.executable, str(bare / "config" / "bootstrap.py"), "run"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PORT 必须是" in one_sentence(done)


def test_an_old_python_is_named(bare):
    old = next(filter(runs, ("python3.10", "python3.9", "python3.8")), "")
    if not old:
        script = (bare / "config" / "bootstrap.py").read_text()
        (bare / "config" / "bootstrap.py").write_text(script.replace("(3, 11)", "(3, 99)"))
        old = sys.executable
    assert "需要 Python 3." in one_sentence(bootstrap("run", root=bare, python=old))


def test_a_half_made_environment_is_made_anew(tmp_path, monkeypatch):
    """Debian's `venv` without python3-venv leaves a Python that has no pip."""
    made = tmp_path / ".venv"
    monkeypatch.setattr(bootstrapping, "VENV", made)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made)], check=True)
    assert not bootstrapping.is_whole(made)
    bootstrapping.make_venv()
    assert bootstrapping.is_whole(made)
    (made / "kept").touch()
    bootstrapping.make_venv()
    assert (made / "kept").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_named(bare):
    bare.chmod(0o555)
    assert "没有写入" in one_sentence(bootstrap("dev", root=bare))


@pytest.mark.live
def test_the_server_stops_cleanly_on_ctrl_c():
    system = live.start()
    process = system.processes[0]
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 0
    log = system.tail()
    assert "已停止" in log
    assert "Traceback" not in log


@pytest.mark.live
def test_a_second_start_keeps_what_was_there_and_finishes_what_was_left():
    first = live.start()
    admin = first.as_user("admin")
    made = admin.post(
        first.url("/api/tickets"), json={"description": "留下", "customer_name": "张三"}
    ).json()
    first.processes[0].send_signal(signal.SIGKILL)
    first.processes[0].wait()
    second = live.start(DATA_DIR=str(first.logs))
    with second:
        again = second.as_user("admin")
        ticket = again.get(second.url(f"/api/tickets/{made['id']}")).json()
        assert ticket["title"] == "留下"
        card = second.url(f"/api/messages/{made['group_message_id']}")
        # Sent before the kill, or after it by the sweep: never left behind.
        second.until(lambda: again.get(card).json()["status"] == "sent", 60)


def test_a_wrong_setting_is_said_by_doctor():
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env={
            **os.environ,
            "WECOM_ENCODING_AES_KEY": "short",
            "GROUP_WEBHOOK_URL": "https://x.example/",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "WECOM_ENCODING_AES_KEY must have 43 characters" in done.stdout
    assert "GROUP_WEBHOOK_URL 的主机不在" in done.stdout
    assert "short" not in done.stdout
