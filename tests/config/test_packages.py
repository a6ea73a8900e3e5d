"""The browser's libraries come whole as they were locked, or not at all."""

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config import bootstrap, packages
from config.packages import Package, PackageError

ROOT = Path(__file__).resolve().parents[2]
CONTENT = {
    "package/dist/echarts.min.js": b"chart",
    "package/LICENSE": b"Apache-2.0",
    "package/NOTICE": b"notice",
    "package/licenses/LICENSE-d3": b"d3",
    "package/src/much.ts": b"never unpacked",
}


def tarball(content, *, extra=()):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, body in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
        for member in extra:
            archive.addfile(member)
    return made.getvalue()


def integrity(body):
    return "sha512-" + base64.b64encode(hashlib.sha512(body).digest()).decode()


@pytest.fixture
def registry():
    """A registry that hands out whatever lies in `bodies`, and remembers who asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            body = server.bodies.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.bodies, server.asked = {}, []
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def echarts(registry, body, *, told=None):
    registry.bodies["/echarts.tgz"] = body
    return Package("echarts", registry.url + "/echarts.tgz", told or integrity(body))


def test_only_the_named_files_are_unpacked_with_their_licence(registry, tmp_path):
    assert packages.fetch(echarts(registry, tarball(CONTENT)), tmp_path)
    found = {path.name for path in (tmp_path / "echarts").iterdir()}
    assert found == {"echarts.min.js", "LICENSE", "NOTICE", "LICENSE-d3", ".integrity"}
    assert (tmp_path / "echarts" / "echarts.min.js").read_bytes() == b"chart"


def test_what_is_there_is_not_fetched_again_until_the_lock_changes(registry, tmp_path):
    package = echarts(registry, tarball(CONTENT))
    packages.fetch(package, tmp_path)
    assert not packages.fetch(package, tmp_path)
    assert registry.asked == ["/echarts.tgz"]
    newer = echarts(registry, tarball({**CONTENT, "package/dist/echarts.min.js": b"newer"}))
    assert packages.fetch(newer, tmp_path)
    assert (tmp_path / "echarts" / "echarts.min.js").read_bytes() == b"newer"


@pytest.mark.parametrize(
    "told", [integrity(b"another"), "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="], ids=["another", "sha1"]
)
def test_a_wrong_integrity_is_refused_and_what_was_there_stays(registry, tmp_path, told):
    packages.fetch(echarts(registry, tarball(CONTENT)), tmp_path)
    swapped = tarball({**CONTENT, "package/dist/echarts.min.js": b"evil"})
    with pytest.raises(PackageError):
        packages.fetch(echarts(registry, swapped, told=told), tmp_path)
    assert (tmp_path / "echarts" / "echarts.min.js").read_bytes() == b"chart"
    assert [path.name for path in tmp_path.iterdir()] == ["echarts"]


@pytest.mark.parametrize("name", ["../outside.js", "package/../../outside.js", "/etc/outside.js"])
def test_a_tarball_that_tries_to_leave_its_folder_is_refused(registry, tmp_path, name):
    folder = tmp_path / "packages"
    body = tarball({name: b"out", **CONTENT})
    with pytest.raises(PackageError, match="越界"):
        packages.fetch(echarts(registry, body), folder)
    assert not list(folder.iterdir())
    assert not (tmp_path / "outside.js").exists()


def test_a_link_in_the_place_of_a_file_is_refused():
    link = tarfile.TarInfo("package/dist/echarts.min.js")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    content = {k: v for k, v in CONTENT.items() if not k.endswith(".js")}
    with pytest.raises(PackageError, match="不是普通文件"):
        packages.unpack(tarball(content, extra=[link]), packages.FILES["echarts"])


@pytest.mark.parametrize(
    "body", [b"", b"not a tarball", tarball(CONTENT)[:80]], ids=["empty", "words", "cut"]
)
def test_a_broken_tarball_is_an_error_of_ours(body):
    with pytest.raises(PackageError):
        packages.unpack(body, packages.FILES["echarts"])


def test_a_file_that_is_missing_is_named():
    with pytest.raises(PackageError, match=r"缺少 echarts\.min\.js"):
        content = {k: v for k, v in CONTENT.items() if not k.endswith("min.js")}
        packages.unpack(tarball(content), packages.FILES["echarts"])


def test_a_registry_that_is_no_web_address_is_refused(tmp_path):
    with pytest.raises(PackageError, match="NPM_REGISTRY"):
        packages.fetch(Package("echarts", "file:///etc/passwd", integrity(b"")), tmp_path)


def test_the_lock_names_what_we_take_and_axe_only_for_development():
    lock = ROOT / "package-lock.json"
    served = packages.wanted(lock, registry="https://mirror.example/npm/", dev=False)
    assert [package.name for package in served] == ["echarts"]
    assert served[0].address.startswith("https://mirror.example/npm/echarts/-/echarts-5.")
    every = packages.wanted(lock, registry=packages.REGISTRY, dev=True)
    assert [package.name for package in every] == list(packages.FILES)
    assert all(package.integrity.startswith("sha512-") for package in every)


def test_the_lock_is_of_the_package_file():
    root = json.loads((ROOT / "package-lock.json").read_text())["packages"][""]
    named = json.loads((ROOT / "package.json").read_text())
    assert root["dependencies"] == named["dependencies"]
    assert root["devDependencies"] == named["devDependencies"]


def test_without_network_one_sentence_says_so_and_how_to_help_it(tmp_path):
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config" / "packages.py", tmp_path / "config")
    shutil.copy(ROOT / "package-lock.json", tmp_path)
    done = subprocess.run(
        [sys.executable, "config/packages.py"],
        cwd=tmp_path,
        env={**os.environ, "NPM_REGISTRY": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (sentence,) = done.stderr.strip().splitlines()
    assert "无法下载 echarts" in sentence
    assert "NPM_REGISTRY" in sentence


def test_a_start_goes_on_without_the_libraries(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "ROOT", Path("/nowhere"))
    bootstrap.fetch_packages(dev=False)
    assert "图表将以表格代替" in capsys.readouterr().err
