"""Fetches the browser's libraries that package-lock.json names; they are never committed.

    python config/packages.py [--dev]

Standard library only: neither Node nor a package of ours is needed. A tarball is used only when all
of its bytes have the lock's sha512, and only the files below leave it.
"""

import base64
import hashlib
import hmac
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
# Served under /static/<package>/, each library with its licence beside it.
FOLDER = ROOT / "var" / "packages"
REGISTRY = "https://registry.npmjs.org"
FILES = {
    "echarts": ("dist/echarts.min.js", "LICENSE", "NOTICE", "licenses/LICENSE-d3"),
    "axe-core": ("axe.min.js", "LICENSE"),
}
_STAMP = ".integrity"
_TIMEOUT_SECONDS = 30
_LARGEST_TARBALL = 64 * 1024 * 1024
_LARGEST_FILE = 16 * 1024 * 1024


class PackageError(Exception):
    """Why a package is not to be had, in one sentence for whoever starts the system."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    address: str
    integrity: str


def main(arguments: list[str]) -> int:
    registry = os.environ.get("NPM_REGISTRY") or REGISTRY
    try:
        for package in wanted(LOCK, registry=registry, dev="--dev" in arguments):
            fetch(package, FOLDER)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def is_fetched(name: str) -> bool:
    """Whether a page may refer to the files of this library."""
    return (FOLDER / name / _STAMP).is_file()


def wanted(lock: Path, *, registry: str, dev: bool) -> list[Package]:
    """The packages of `lock` that we take files from, at the registry to ask."""
    locked = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    found = []
    for name in FILES:
        entry = locked.get(f"node_modules/{name}")
        if entry is None:
            raise PackageError(f"package-lock.json 中没有 {name}")
        if dev or not entry.get("dev"):
            path = urlsplit(entry["resolved"]).path
            found.append(Package(name, registry.rstrip("/") + path, entry["integrity"]))
    return found


def fetch(package: Package, folder: Path) -> bool:
    """Puts a package's files under `folder`; False when just these were there already.

    Raises `PackageError`, and then what was there before stays.
    """
    there = folder / package.name
    stamp = there / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == package.integrity:
        return False
    tarball = _download(package)
    check(tarball, package.integrity)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as fresh:
        made = Path(fresh) / package.name
        made.mkdir()
        for name, content in unpack(tarball, FILES[package.name]).items():
            (made / name).write_bytes(content)
        (made / _STAMP).write_text(package.integrity, encoding="utf-8")
        shutil.rmtree(there, ignore_errors=True)
        made.rename(there)
    return True


def check(tarball: bytes, integrity: str) -> None:
    """Raises unless the whole tarball is the one that was locked."""
    kind, _, told = integrity.partition("-")
    if kind != "sha512":
        raise PackageError(f"package-lock.json 的校验值不是 sha512：{kind}")
    found = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if not hmac.compare_digest(found, told):
        raise PackageError("下载的文件与 package-lock.json 的校验值不符，未使用")


def unpack(tarball: bytes, files: tuple[str, ...]) -> dict[str, bytes]:
    """The named files of an npm tarball by their last name.

    Raises for a tarball that tries to leave its folder, and for a named file that is a link.
    """
    wanted_paths = {f"package/{path}": PurePosixPath(path).name for path in files}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
            for member in archive:
                path = PurePosixPath(member.name)
                if path.is_absolute() or ".." in path.parts:
                    raise PackageError(f"压缩包中有越界的路径：{member.name}")
                name = wanted_paths.get(member.name)
                if name is None:
                    continue
                if not member.isreg() or member.size > _LARGEST_FILE:
                    raise PackageError(f"压缩包中的 {member.name} 不是普通文件或过大")
                stream = archive.extractfile(member)
                found[name] = stream.read() if stream else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        raise PackageError(f"压缩包无法解开：{error}") from error
    missing = set(wanted_paths.values()) - set(found)
    if missing:
        raise PackageError(f"压缩包中缺少 {'、'.join(sorted(missing))}")
    return found


def _download(package: Package) -> bytes:
    if urlsplit(package.address).scheme not in ("https", "http"):
        raise PackageError(f"NPM_REGISTRY 必须是 https 地址，现在是 {package.address}")
    try:
        with urllib.request.urlopen(package.address, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read(_LARGEST_TARBALL + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise PackageError(
            f"无法下载 {package.name}（{reason}）；可用 NPM_REGISTRY 指定镜像"
        ) from error
    if len(content) > _LARGEST_TARBALL:
        raise PackageError(f"{package.name} 的压缩包过大，未使用")
    return content


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
