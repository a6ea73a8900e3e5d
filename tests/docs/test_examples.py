"""Documents' examples against the running system: the written answers are its own, the blocks run."""

import subprocess

import pytest

from tests.docs import examples
from tests.docs.documents import BY_NAME
from tests.live import PASSWORD

pytestmark = [pytest.mark.live, pytest.mark.embedded_only, pytest.mark.timeout(300)]
# A refusal ends the block: each `curl` tells its status by its exit.
STRICT = """set -euo pipefail
curl() { command curl --fail-with-body --show-error "$@" || { echo "refused: $*" >&2; exit 1; }; }
"""


def test_the_written_answers_are_those_of_the_system(live_system):
    """When this fails for a good reason: `python -m tests.docs.examples`."""
    assert examples.TARGET.read_text(encoding="utf-8") == examples.written(live_system)


@pytest.mark.parametrize("name", ["README.md", "docs/chat.md"])
def test_blocks_run_as_they_stand(live_system, name, tmp_path):
    blocks = [body for language, body in BY_NAME[name].blocks() if language == "bash"]
    assert blocks
    script = "\n".join(blocks).replace("http://127.0.0.1:8000", live_system.base)
    done = subprocess.run(
        ["bash", "-c", STRICT + script],
        cwd=tmp_path,
        env={**live_system.environment, "DEMO_PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
