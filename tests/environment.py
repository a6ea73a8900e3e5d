"""The environment of every test run, set before Django reads its settings (a pytest plugin)."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scrm-test-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-0000")
os.environ.setdefault("SANDBOX", "1")
os.environ.setdefault("DEMO_PASSWORD", "demo-password-for-tests")
os.environ.setdefault("LOG_LEVEL", "ERROR")

# Each of several test processes has a Redis database of its own; the running system has number 14.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _worker.startswith("gw") and os.environ.get("REDIS_URL"):
    _base, _, _number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{_base}/{13 - int(_worker[2:]) % 10}"

DATA_DIR = Path(os.environ["DATA_DIR"])
