"""What operators read about the settings is what the settings read."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_lists_every_name_that_the_environment_may_set():
    sources = [
        *(ROOT / "config").glob("*.py"),
        *(ROOT / "config" / "management" / "commands").glob("*.py"),
    ]
    pattern = re.compile(
        r"(?:env\.\w+|kept_secret|environ\.get)\(\s*\"([A-Z][A-Z_]+)\"", re.MULTILINE
    )
    read = {name for path in sources for name in pattern.findall(path.read_text())}
    assert len(read) > 20
    example = (ROOT / ".env.example").read_text()
    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE))
    assert read == listed
