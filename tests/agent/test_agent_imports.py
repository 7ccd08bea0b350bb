import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "playwright", "numpy", "typer", "rich")


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", ["loop", "resume", "journal.trajectory", "policies.qwen", "prompts.catalog", "policies.scripted"]
)
def test_importing_the_agent_brings_in_nothing_heavy_and_says_nothing(module: str) -> None:
    code = f"import sys, handeye.agent.{module}; sys.exit(' '.join(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "\n")
