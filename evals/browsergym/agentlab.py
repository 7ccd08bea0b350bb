"""Our policy as an agent of AgentLab. This module is for AgentLab's interpreter, and needs nothing that AgentLab lacks.

The model runs in the interpreter that has handeye, which `HandeyeAgentArgs.python` names: the packages that the two
require cannot always be installed together. Source: agentlab 0.4.2, `agents/agent_args.py`, `experiments/loop.py`;
browsergym-experiments 0.14.2, `agent.py`.
"""

import base64
import io
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import bgym
from agentlab.agents.agent_args import AgentArgs
from PIL import Image
from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.evals.browsergym.benchmarks import BENCHMARKS, SUBSETS
from handeye.evals.foreign.errors import ForeignLost, ForeignRaised
from handeye.evals.foreign.process import ForeignProcess

ADAPTER: Final = Path(__file__).with_name("policy_adapter.py")

_KEPT: Final = (
    *("goal", "goal_object", "open_pages_urls", "open_pages_titles", "active_page_index", "url"),
    *("screenshot", "last_action", "last_action_error", "elapsed_time", "chat_messages"),
)
_LOAD_SECONDS: Final = 3600.0
_ACT_SECONDS: Final = 3600.0
_BEGIN_SECONDS: Final = 60.0

_processes: Final[dict[tuple[object, ...], ForeignProcess]] = {}
"""The loaded policies of this process, by their settings: AgentLab makes an agent for each episode."""


class AgentFailed(HandeyeError):
    """The model failed, as opposed to the task: AgentLab records the episode as an error."""


@dataclass
class HandeyeAgentArgs(AgentArgs):  # type: ignore[misc]
    """The arguments of `HandeyeAgent`. The model is named as for `handeye run`."""

    agent_name: str = "handeye"
    model: str | None = None
    """A hub id, a folder, or with a server the name of its model."""
    server: str | None = None
    """The address of an OpenAI-compatible server that has the model."""
    profile: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    greedy: bool = False
    """Decode without sampling, whatever the profile says."""
    python: str = sys.executable
    """The interpreter that has handeye with what it requires."""
    subsets: tuple[str, ...] = SUBSETS
    """BrowserGym's sets of functions that may be used; `coord` is needed."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if Path(self.python).name != self.python:  # AgentLab's workers may be in another folder
            self.python = str(Path(self.python).expanduser().absolute())

    def make_agent(self) -> "HandeyeAgent":
        """Return an agent for one episode. The model is loaded once in each process."""
        return HandeyeAgent(self)

    def set_benchmark(self, benchmark: Any, demo_mode: bool) -> None:
        """Use the functions that the benchmark allows."""
        known = BENCHMARKS.get(benchmark.name.partition("_")[0])  # such as miniwob_tiny_test, workarena_l1
        self.subsets = SUBSETS if known is None else known.subsets

    def set_reproducibility_mode(self) -> None:
        """Decode without sampling."""
        self.greedy = True

    def close(self) -> None:
        """End the model's process, if it runs in this process."""
        process = _processes.pop(self.key, None)
        if process is not None:
            process.close()

    @property
    def key(self) -> tuple[object, ...]:
        """What two agents share whose model is the same."""
        return self.python, self.model, self.server, self.profile, self.device, self.dtype, self.greedy

    def process(self) -> ForeignProcess:
        """Return the process that has the model, started if necessary. Raises `ForeignFailed`."""
        if self.key not in _processes:
            policy: JsonValue = {
                "model": self.model,
                "server": self.server,
                "profile": self.profile,
                "device": self.device,
                "dtype": self.dtype,
            }
            arguments: dict[str, JsonValue] = {"policy": policy, "greedy": self.greedy, "version": version("handeye")}
            _processes[self.key] = ForeignProcess(self.python, ADAPTER, arguments, start_seconds=_LOAD_SECONDS)
        return _processes[self.key]


class HandeyeAgent(bgym.Agent):  # type: ignore[misc]
    """Sees BrowserGym's screenshot and goal, and answers with calls of its functions of coordinates."""

    def __init__(self, args: HandeyeAgentArgs) -> None:
        """Begin an episode. One agent at a time uses a model's process: a newer one ends the episode of this one."""
        self.args = args
        self.action_set = bgym.HighLevelActionSet(list(args.subsets), multiaction=True, strict=True, demo_mode="off")
        self._process = args.process()
        self._episode: JsonValue = None

    def obs_preprocessor(self, obs: dict[str, Any]) -> dict[str, Any]:
        """Keep what the agent looks at: no trees of elements are recorded."""
        return {name: obs[name] for name in _KEPT if name in obs}

    def get_action(self, obs: dict[str, Any]) -> tuple[str | None, Any]:
        """Return the calls to carry out next, or None at the end of the episode, and how they were decided.

        Raises `AgentFailed` if the model fails, and `ForeignLost` if its process is gone.
        """
        if self._episode is None:
            subsets: list[JsonValue] = list(self.args.subsets)
            self._episode = self._call("begin", {"subsets": subsets}, _BEGIN_SECONDS)["episode"]
        given = {"episode": self._episode, "shown": _shown(obs), "screenshot": _png(obs["screenshot"])}
        said = self._call("act", given, _ACT_SECONDS)
        info = bgym.AgentInfo(
            think=said["thought"],
            stats={f"n_token_{name}": count for name, count in (said["tokens"] or {}).items()},
            markdown_page=said["reply"],
            extra_info={"stop": said["stop"], "problem": said["problem"]},
        )
        return said["action"], info

    def _call(self, name: str, given: dict[str, JsonValue], seconds: float) -> Any:
        try:
            return self._process.call(name, given, seconds).value
        except ForeignRaised as error:
            raise AgentFailed(str(error)) from error
        except ForeignLost:
            self.args.close()  # so that the next episode begins with a new process
            raise


def _shown(obs: dict[str, Any]) -> dict[str, JsonValue]:
    """Return what `handeye.evals.browsergym.shown.Shown` holds."""
    goal = obs["goal_object"]
    return {
        "goal": [part["text"] for part in goal if part["type"] == "text"],
        "pictures": sum(part["type"] != "text" for part in goal),
        "urls": list(obs["open_pages_urls"]),
        "titles": list(obs["open_pages_titles"]),
        "active": int(obs["active_page_index"][0]),
        "error": obs["last_action_error"],
    }


def _png(pixels: Any) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")
