import base64
import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image

from handeye.actions.geometry import Box, Point
from handeye.actions.schema import Action, Answer, Back, Click, Navigate, NewTab, Note, Terminate, Type, Zoom
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.evals.browsergym.benchmarks import SUBSETS
from handeye.evals.browsergym.fake_adapter import BrowserEnv, HighLevelActionSet, Page
from handeye.evals.browsergym.lent import LentEpisode, PolicyFailed
from handeye.evals.browsergym.policy_adapter import Agent
from handeye.evals.browsergym.session import Stepped
from handeye.evals.browsergym.shown import Shown, read_shown


def shown_of(seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "goal": [part["text"] for part in seen["goal_object"]],
        "urls": list(seen["open_pages_urls"]),
        "titles": list(seen["open_pages_titles"]),
        "active": 0,
        "error": seen["last_action_error"],
    }


def png(pixels: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def stepped(seen: dict[str, Any]) -> Stepped:
    shown: Shown = read_shown(shown_of(seen))
    return Stepped(shown, shown.observation(png(seen["screenshot"])))


class Loop:
    """The loop of the other program: as AgentLab's, it asks for an action and steps its environment."""

    def __init__(self, task: str, actions: Sequence[Action | Decision], subsets: Sequence[str] = SUBSETS) -> None:
        self.env = BrowserEnv(task, action_mapping=HighLevelActionSet(subsets).to_python_code)
        self.episode = LentEpisode(ScriptedPolicy(actions), subsets)
        self.asked: list[str | None] = []
        self.reward = 0.0

    def run(self) -> list[str | None]:
        """Play to the end, and return the actions."""
        seen, _ = self.env.reset(seed=0)
        with self.episode:
            for _ in range(20):
                self.turn = self.episode.act(stepped(seen))
                self.asked.append(self.turn.action)
                if self.turn.action is None:
                    break
                seen, reward, terminated, _, _ = self.env.step(self.turn.action)
                self.reward += reward
                if terminated:
                    break
        return self.asked


WORD = Page("webarena.0", 0).word


def test_the_loops_take_turns_until_the_other_one_ends() -> None:
    word = Page("miniwob.enter-text", 0).word
    loop = Loop("miniwob.enter-text", [Click(point=Point(1, 2)), Type(text=word, submit=True)], ("coord",))
    assert loop.run() == ["mouse_click(1, 2, 'left')", f"keyboard_type('{word}')\nkeyboard_press('Enter')"]
    assert loop.reward == 1.0
    assert loop.turn.decision is not None


@pytest.mark.parametrize(
    ("task", "action", "call"),
    [
        ("webarena.0", Answer(text=WORD), f"send_msg_to_user('{WORD}')"),
        ("webarena.0", Terminate(status="success", message=WORD), f"send_msg_to_user('{WORD}')"),
        ("webarena.1", Terminate(status="infeasible"), "report_infeasible('The task cannot be done.')"),
        ("webarena.1", Terminate(status="infeasible", message="No."), "report_infeasible('No.')"),
    ],
)
def test_the_answer_is_the_last_call(task: str, action: Action, call: str) -> None:
    loop = Loop(task, [action])
    assert loop.run() == [call]
    assert loop.reward == 1.0


@pytest.mark.parametrize("action", [Terminate(status="failure", message="x"), Terminate(status="success")])
def test_an_end_without_an_answer_ends_the_episode(action: Terminate) -> None:
    loop = Loop("webarena.0", [action])
    assert loop.run() == [None]
    assert loop.turn.stop is not None and loop.turn.stop.value == action.status
    assert loop.episode.act(stepped(loop.env.reset(seed=0)[0])).action is None


def test_an_answer_where_nobody_listens_ends_the_episode() -> None:
    loop = Loop("miniwob.click-test", [Answer(text="x")], ("coord",))
    assert loop.run() == [None]


def test_a_note_takes_no_step_and_a_closer_look_one_that_does_nothing() -> None:
    closer = Zoom(box=Box(0, 0, 100, 100))
    loop = Loop("webarena.0", [Decision("", "", (Note(text="x"), Back())), closer, Answer(text=WORD)])
    assert loop.run() == ["go_back()", "noop(0)", f"send_msg_to_user('{WORD}')"]


class Told(ScriptedPolicy):
    """Keeps what it was told of its actions."""

    def decide(self, history: History) -> Decision:
        self.remarks = [step.remark for step in history.steps]
        return super().decide(history)


def test_the_policy_is_told_what_failed_and_sees_no_older_screen() -> None:
    loop = Loop("webarena.0", [])
    policy = Told([Navigate(url="http://elsewhere/"), NewTab(url="http://elsewhere/"), Answer(text=WORD)])
    loop.episode = LentEpisode(policy, SUBSETS)
    assert loop.run() == [
        "goto('http://elsewhere/')",
        "new_tab()\ngoto('http://elsewhere/')",
        f"send_msg_to_user('{WORD}')",
    ]
    assert [remark.split(":")[0] for remark in policy.remarks] == ["rejected", "partial"]
    assert all("ERR_NAME_NOT_RESOLVED" in remark for remark in policy.remarks)


def test_a_policy_that_fails_is_an_error_and_no_end() -> None:
    loop = Loop("webarena.0", [])
    with pytest.raises(PolicyFailed, match="the script holds 0 decisions"):
        loop.run()


def test_a_bug_in_a_policy_reaches_the_caller() -> None:
    class Broken:
        name = "broken"

        def decide(self, history: History) -> Decision:
            raise ZeroDivisionError("bug")

    loop = Loop("webarena.0", [])
    loop.episode = LentEpisode(Broken(), SUBSETS)
    with pytest.raises(ZeroDivisionError):
        loop.run()


def test_an_episode_can_be_left_in_the_middle() -> None:
    env = BrowserEnv("webarena.0", action_mapping=HighLevelActionSet(SUBSETS).to_python_code)
    seen, _ = env.reset(seed=0)
    episode = LentEpisode(ScriptedPolicy([Back(), Back()]), SUBSETS)
    assert episode.act(stepped(seen)).action == "go_back()"
    episode.close()
    episode.close()


def test_an_agent_is_in_one_episode_at_a_time() -> None:
    env = BrowserEnv("webarena.0", action_mapping=HighLevelActionSet(SUBSETS).to_python_code)
    seen, _ = env.reset(seed=0)
    given = {"shown": shown_of(seen), "screenshot": base64.b64encode(png(seen["screenshot"])).decode()}
    agent = Agent(ScriptedPolicy([Back(), Answer(text="x")], name="script"))
    first, second = (agent.begin({"subsets": list(SUBSETS)}) for _ in range(2))
    assert first["policy"] == "script"
    with pytest.raises(RuntimeError, match="another agent"):
        agent.act({**given, "episode": first["episode"]})
    told = agent.act({**given, "episode": second["episode"]})
    assert (told["action"], told["stop"], told["tokens"]) == ("go_back()", None, None)
    assert agent.act({**given, "episode": second["episode"]})["action"] == "send_msg_to_user('x')"
    assert agent.act({**given, "episode": second["episode"]})["stop"] == "answered"
    agent.close({})
