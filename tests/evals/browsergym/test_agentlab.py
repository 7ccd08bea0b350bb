"""Our agent in the real AgentLab, where HANDEYE_AGENTLAB_PYTHON names an interpreter that has it, and handeye."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
import json, pickle, sys
import numpy as np
from types import SimpleNamespace
from bgym import Agent, AgentInfo
from agentlab.agents.agent_args import AgentArgs
from handeye.evals.browsergym.agentlab import AgentFailed, HandeyeAgentArgs

args = HandeyeAgentArgs(model="handeye-tiny", device="cpu", python=sys.argv[1])
args.set_reproducibility_mode()
args.set_benchmark(SimpleNamespace(name="miniwob_tiny_test"), False)
args = pickle.loads(pickle.dumps(args))
agent = args.make_agent()
assert isinstance(args, AgentArgs) and isinstance(agent, Agent)
obs = agent.obs_preprocessor({
    "goal": "Click the button.",
    "goal_object": ({"type": "text", "text": "Click the button."},),
    "open_pages_urls": ("http://a/",), "open_pages_titles": ("A",), "active_page_index": np.asarray([0]),
    "url": "http://a/", "screenshot": np.zeros((321, 498, 3), np.uint8), "last_action_error": "",
    "dom_object": {}, "axtree_object": {}, "extra_element_properties": {},
})
action, info = agent.get_action(obs)
assert isinstance(info, AgentInfo)
known = agent.action_set.to_python_code(action) is not None
newer = args.make_agent()
newer.get_action(obs)
try:
    agent.get_action(obs)
    stale = ""
except AgentFailed as error:
    stale = str(error)
args.close()
print(json.dumps({
    "action": action, "known": known, "stats": info.stats, "reply": info.markdown_page, "subsets": args.subsets,
    "kept": sorted(obs), "stale": stale, "greedy": args.greedy,
}))
"""


def test_agentlab_gets_an_action_from_our_interpreter(tmp_path: Path) -> None:
    python = os.environ.get("HANDEYE_AGENTLAB_PYTHON")
    if not python:
        pytest.skip("needs the interpreter of a virtual environment with agentlab in HANDEYE_AGENTLAB_PYTHON")
    ran = subprocess.run(
        [python, "-c", SCRIPT, sys.executable], capture_output=True, text=True, encoding="utf-8", cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    assert said["known"]
    assert said["reply"]
    assert said["stats"]["n_token_generated"] > 0
    assert (said["subsets"], said["greedy"]) == (["coord"], True)
    assert "screenshot" in said["kept"]
    assert not {"dom_object", "axtree_object"} & set(said["kept"])
    assert "another agent has begun an episode" in said["stale"]
