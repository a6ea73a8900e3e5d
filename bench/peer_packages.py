"""The peers' own virtual environment, made from `bench/requirements.txt` when it changed."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping

from bench.processes import ROOT, StartFailed, run

VENV = ROOT / "var" / "bench-venv"
PYTHON = VENV / "bin" / "python"
_REQUIREMENTS = ROOT / "bench" / "requirements.txt"


def install() -> None:
    """Raises `StartFailed`, for example without a network."""
    digest = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text() == digest:
        return
    uv = shutil.which("uv") or shutil.which(f"{os.path.dirname(sys.executable)}/uv")
    if uv:
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
        run([uv, "pip", "install", "--quiet", "-p", str(PYTHON), "-r", str(_REQUIREMENTS)])
    else:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(_REQUIREMENTS)])
    stamp.write_text(digest)


def race(module: str, environment: Mapping[str, str]) -> dict[str, object]:
    """Runs `bench.peers.<module>` there; what it told. Raises `StartFailed`."""
    output = run([str(PYTHON), "-m", f"bench.peers.{module}"], {**_clean(), **environment})
    try:
        told: dict[str, object] = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise StartFailed(f"{module} told nothing: {output[-500:]}") from error
    return told


def versions() -> dict[str, str]:
    """What is installed there, by name."""
    command = "import importlib.metadata as m, json, sys; json.dump("
    command += "{d.name.lower(): d.version for d in m.distributions()}, sys.stdout)"
    found: dict[str, str] = json.loads(run([str(PYTHON), "-c", command]))
    return found


def _clean() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "bench.peers.django_settings",
    }
