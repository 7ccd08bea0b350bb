"""Our agent as one of AndroidWorld's own, for its `run.py`: see docs/benchmarks/androidworld.md.

It needs `android_world` in this Python. There AndroidWorld runs the episode, counts the steps and keeps the results; a
step here is a step of our loop.
"""

from typing import Any, Final

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Size
from handeye.actions.schema import dump
from handeye.agent.approval import allow_all
from handeye.agent.episode import Episode
from handeye.agent.history import History
from handeye.agent.journal.writer import NoJournal
from handeye.agent.limits import Limits
from handeye.agent.loop import play
from handeye.agent.outcome import StopReason
from handeye.agent.perform import Performer
from handeye.agent.policy import Policy
from handeye.agent.step import Step
from handeye.environments.zoomed import ZoomedEnvironment
from handeye.evals.androidworld.errors import AndroidWorldMissing
from handeye.evals.androidworld.screen import AndroidWorldScreen, State

try:
    from android_world.agents import base_agent  # type: ignore[import-not-found]
    from android_world.env import json_action  # type: ignore[import-not-found]
except ImportError as error:
    raise AndroidWorldMissing(
        f"android_world cannot be imported here: {error}; install it into this Python (docs/benchmarks/androidworld.md)"
    ) from None

ANSWER: Final = "answer"


class StepFailed(HandeyeError):
    """The phone or the model was lost in a step, so that AndroidWorld counts the episode as one with an exception."""


class HandeyeAgent(base_agent.EnvironmentInteractingAgent):  # type: ignore[misc]
    """Sees AndroidWorld's screenshots, decides with a policy of handeye, and acts over adb."""

    def __init__(
        self,
        env: Any,
        policy: Policy,
        *,
        serial: str | None = None,
        adb_port: int | None = None,
        name: str = "handeye",
        transition_pause: float | None = 1.0,
        screenshots: int | None = None,
    ) -> None:
        """Connect to nothing yet.

        env: AndroidWorld's environment, from `env_launcher.load_and_setup_env`.
        policy: what decides, such as `QwenPolicy` or `ChatPolicy`.
        serial: the emulator of `env`, as adb lists it, such as "emulator-5554"; None for the only one.
        adb_port: the port of the adb server; None for the usual one.
        name, transition_pause: as for every agent; run.py sets both.
        screenshots: the most screenshots in a prompt; None for what the policy's profile says.

        Raises `InvalidOption`, `MissingDependency` and `AdbFailed`.
        """
        super().__init__(env, name, transition_pause)
        self._policy = policy
        self._screenshots = screenshots
        self._screen = AndroidWorldScreen(self, serial, adb_port=adb_port)
        self._performer = Performer(ZoomedEnvironment(self._screen), allow_all)
        self._history: History | None = None

    def reset(self, go_home: bool = False) -> None:
        """Begin an episode."""
        super().reset(go_home)
        self.env.hide_automation_ui()
        self._history = None

    def state(self) -> State:
        """Return the screen after the transition pause, for `AndroidWorldScreen`."""
        pixels = self.get_post_transition_state().pixels
        height, width = pixels.shape[:2]
        return State(pixels[:, :, :3].astype("uint8").tobytes(), Size(width, height), int(self.env.orientation))

    def step(self, goal: str) -> Any:
        """Look, decide and act once.

        An answer goes to AndroidWorld, and ends the episode. Raises `StepFailed` when the phone or the model is lost.
        """
        history = self._history
        if history is None or history.task != goal:
            first = self._screen.reset()
            history = History(goal, (), first, self._screenshots, self._performer.abilities)
        limits = Limits(steps=len(history.steps) + 1, problems=None)
        episode = play(NoJournal(), history, self._policy, self._performer, limits, None)
        if episode.stop is StopReason.INTERRUPTED:
            raise KeyboardInterrupt
        if episode.stop is StopReason.FAILED:
            raise StepFailed(episode.message)
        if episode.stop is StopReason.ANSWERED:
            self.env.execute_action(json_action.JSONAction(action_type=ANSWER, text=episode.answer or ""))
        step = episode.steps[-1]
        self._history = None if episode.stop.final else self._after(history, episode)
        return base_agent.AgentInteractionResult(episode.stop.final, _told(step))

    def close(self) -> None:
        """Disconnect from the emulator. Closing twice is harmless."""
        self._screen.close()

    def _after(self, history: History, episode: Episode) -> History:
        """Return the history with the step that was taken, and what is on the screen now."""
        step = episode.steps[-1]
        seen = step.outcomes[-1].observation if step.outcomes else None
        return history.after(step).with_(self._screen.observe() if seen is None else seen)


def _told(step: Step) -> dict[str, Any]:
    """Return what AndroidWorld keeps of a step."""
    decision = step.decision
    return {
        "screenshot": step.observation.screenshot,
        "reply": decision.text,
        "thought": decision.thought,
        "conclusion": decision.conclusion,
        "actions": [dump(action) for action in decision.actions],
        "outcomes": [{"status": outcome.status, "message": outcome.message} for outcome in step.outcomes],
        "problem": None if decision.problem is None else decision.problem.reason,
        "prompt_tokens": 0 if decision.tokens is None else decision.tokens.prompt,
        "generated_tokens": 0 if decision.tokens is None else decision.tokens.generated,
    }
