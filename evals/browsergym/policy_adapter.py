"""Our policy for an agent of AgentLab: an adapter, which runs in the interpreter that has handeye and its model."""

import base64
from importlib.metadata import version
from typing import Any

from handeye.agent.cli.policy import PolicySettings
from handeye.agent.policies.prompted import PromptedPolicy
from handeye.agent.policy import Policy
from handeye.evals.browsergym.lent import LentEpisode, Turn
from handeye.evals.browsergym.session import Stepped
from handeye.evals.browsergym.shown import read_shown


class Agent:
    """The policy, and the one episode that it is in."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._number = 0
        self._episode: LentEpisode | None = None

    def begin(self, given: dict[str, Any]) -> dict[str, Any]:
        """Begin an episode, and return its number; the one before it is left."""
        self.close({})
        self._number += 1
        self._episode = LentEpisode(self._policy, given["subsets"])
        return {"policy": self._policy.name, "episode": self._number}

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the next action of an episode, given what is shown; none at its end."""
        if self._episode is None or given["episode"] != self._number:
            raise RuntimeError("another agent has begun an episode: use one at a time in each process")
        shown = read_shown(given["shown"])
        return told(self._episode.act(Stepped(shown, shown.observation(base64.b64decode(given["screenshot"])))))

    def close(self, given: dict[str, Any]) -> None:
        """Leave the episode."""
        episode, self._episode = self._episode, None
        if episode is not None:
            episode.close()


def told(turn: Turn) -> dict[str, Any]:
    """Return a turn as JSON values."""
    decision = turn.decision
    tokens = None if decision is None else decision.tokens
    return {
        "action": turn.action,
        "stop": None if turn.stop is None else turn.stop.value,
        "thought": "" if decision is None else decision.thought,
        "reply": "" if decision is None else decision.text,
        "problem": None if decision is None or decision.problem is None else decision.problem.reason,
        "tokens": None if tokens is None else {"prompt": tokens.prompt, "generated": tokens.generated},
    }


def start(arguments: dict[str, Any]) -> dict[str, Any]:
    """Load the policy and return the calls."""
    own = version("handeye")
    if arguments["version"] != own:
        raise RuntimeError(f"handeye is {own} here and {arguments['version']} beside AgentLab: install one version")
    policy = PolicySettings.model_validate(arguments["policy"]).make()
    if arguments["greedy"] and isinstance(policy, PromptedPolicy):
        policy.temperature = 0.0
    agent = Agent(policy)
    return {"begin": agent.begin, "act": agent.act, "close": agent.close}
