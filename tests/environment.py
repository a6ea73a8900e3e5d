"""The environment of every test run, set before Django reads its settings (a pytest plugin)."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scrm-test-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-0000")
os.environ.setdefault("SANDBOX", "1")
os.environ.setdefault("DEMO_PASSWORD", "demo-password-for-tests")
os.environ.setdefault("LOG_LEVEL", "ERROR")

DATA_DIR = Path(os.environ["DATA_DIR"])
