"""Replaying on screens that a test gives."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from pydantic import JsonValue

from handeye.actions.geometry import Point
from handeye.actions.schema import (
    Action,
    Answer,
    AskUser,
    Click,
    Drag,
    Navigate,
    NewTab,
    Note,
    Press,
    Scroll,
    Terminate,
    Type,
)
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.journal.trajectory import Trajectory, read_trajectory
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.replay.compare import Region
from handeye.agent.replay.cues import NothingToReplay, RedactedAddress, cues, secret_names
from handeye.agent.replay.policy import InvalidReplay, Judge, OnDivergence
from handeye.agent.replay.run import replay
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.scripted import ScriptedEnvironment

CLICK, WORD, ENTER = Click(point=Point(50, 30)), Type(text="word"), Press(keys=("enter",))
DONE = Terminate(status="success", message="all done")


def screen(number: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A screen with a bar whose length is a number, and a clock that is always the same."""
    image = Image.new("RGB", (160, 120), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 50, 20 + 20 * number, 80), fill="navy")
    return image if size == image.size else image.resize(size)


def clock(image: Image.Image, minute: int) -> Image.Image:
    """The screen with another time in its upper right corner."""
    ImageDraw.Draw(image).rectangle((120, 2, 124 + 6 * minute, 14), fill="black")
    return image


SCREENS = [screen(number) for number in range(4)]
Record = Callable[..., Trajectory]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Journals an episode that plays a script on screens."""

    def record(
        script: Sequence[Action | Decision],
        screens: Sequence[Image.Image] = SCREENS,
        **errors: ActionRejected | ActionPartial,
    ) -> Trajectory:
        environment = ScriptedEnvironment(screens, errors={int(name[1:]): error for name, error in errors.items()})
        folder = tmp_path / f"recorded-{len(list(tmp_path.iterdir()))}"
        run_episode("The task.", environment, ScriptedPolicy(script), journal=folder)
        return read_trajectory(folder)

    return record


def test_the_actions_are_carried_out_again_and_every_screen_matches(record: Record, tmp_path: Path) -> None:
    recorded = record([CLICK, Decision("raw", "because", (WORD, ENTER)), DONE])
    environment = ScriptedEnvironment(SCREENS)
    done = replay(recorded, environment, journal=tmp_path / "again", settings={"a": 1})
    assert environment.actions == [CLICK, WORD, ENTER]
    assert done.reproduced and (done.matched, done.screens) == (4, 4)
    assert (done.episode.stop, done.episode.answer) == (StopReason.SUCCESS, "all done")
    kept = read_trajectory(tmp_path / "again")
    assert kept.steps == done.episode.steps
    assert [step.decision.thought for step in kept.steps] == ["", "because", "", ""]
    assert (kept.meta.policy, kept.meta.settings, kept.task) == ("replay", {"a": 1}, "The task.")
    # What was replayed can be replayed.
    assert replay(kept, ScriptedEnvironment(SCREENS)).reproduced


def test_it_stops_where_the_screen_is_another_one(record: Record, tmp_path: Path) -> None:
    recorded = record([CLICK, WORD, ENTER, DONE])
    environment = ScriptedEnvironment([SCREENS[0], SCREENS[3], SCREENS[2]])
    done = replay(recorded, environment, patience=0, journal=tmp_path / "again")
    assert environment.actions == [CLICK]
    assert not done.reproduced and (done.matched, done.screens) == (1, 4)
    (divergence,) = done.divergences
    assert divergence.cue.step == 1
    assert divergence.difference.box is not None and divergence.difference.box.left in range(35, 45)
    assert (done.episode.stop, done.episode.answer) == (StopReason.FAILURE, divergence.reason)
    assert divergence.reason.startswith("recorded step 2: the screen differs by ")
    names = ["1-step-2-recorded.png", "1-step-2-now.png", "1-step-2-difference.png"]
    assert [path.name for path in done.pictures] == names
    with Image.open(done.pictures[1]) as now:
        assert now.tobytes() == SCREENS[3].tobytes()


def test_the_last_screen_counts_too(record: Record) -> None:
    recorded = record([CLICK, WORD])  # and the script is at its end: the episode failed
    assert recorded.stop is StopReason.FAILED
    assert replay(recorded, ScriptedEnvironment(SCREENS)).reproduced
    done = replay(recorded, ScriptedEnvironment([*SCREENS[:2], SCREENS[0]]), patience=0)
    assert (done.matched, done.screens, done.divergences[0].cue.step) == (2, 3, 1)


def test_it_goes_on_when_told_to(record: Record) -> None:
    recorded = record([CLICK, WORD, ENTER, DONE])
    environment = ScriptedEnvironment([SCREENS[0], SCREENS[3], *SCREENS[2:]])
    done = replay(recorded, environment, patience=0, on_divergence=OnDivergence.CONTINUE)
    assert environment.actions == [CLICK, WORD, ENTER]
    assert (done.matched, len(done.divergences), done.episode.stop) == (3, 1, StopReason.SUCCESS)
    assert not done.reproduced
    assert done.episode.steps[1].decision.notes == (done.divergences[0].reason,)


def test_a_policy_takes_over_with_what_was_done_as_its_history(record: Record) -> None:
    histories: list[History] = []

    class Successor(ScriptedPolicy):
        def decide(self, history: History) -> Decision:
            histories.append(history)
            return super().decide(history)

    recorded = record([CLICK, WORD, ENTER, DONE])
    environment = ScriptedEnvironment([SCREENS[0], SCREENS[3], *SCREENS[2:]])
    answer = Answer(text="by another way")
    successor = Successor([ENTER, ENTER, AskUser(text="really?"), answer])
    done = replay(
        recorded,
        environment,
        patience=0,
        on_divergence=OnDivergence.POLICY,
        take_over=lambda: successor,
        user=lambda question: f"{question} yes",
    )
    assert environment.actions == [CLICK, ENTER]
    assert done.took_over and not done.reproduced and done.matched == 1
    assert (done.episode.stop, done.episode.answer) == (StopReason.ANSWERED, "by another way")
    assert [step.decision.actions for step in histories[0].steps] == [(CLICK,)]
    assert done.episode.steps[2].remark == "the user answered: really? yes"


def test_a_policy_that_should_take_over_must_be_there(record: Record) -> None:
    with pytest.raises(InvalidReplay):
        replay(record([CLICK, DONE]), ScriptedEnvironment(SCREENS), on_divergence=OnDivergence.POLICY)


def test_a_clock_can_be_ignored(record: Record) -> None:
    recorded = record([CLICK, DONE], [clock(screen(number), 1) for number in range(2)])
    later = [clock(screen(number), 4) for number in range(2)]
    assert not replay(recorded, ScriptedEnvironment(later), patience=0).reproduced
    assert replay(recorded, ScriptedEnvironment(later), judge=Judge((Region(110, 0, None, 20),))).reproduced


class Slow(ScriptedEnvironment):
    """Shows what an action leads to only when it is looked at for the third time."""

    def __init__(self, screens: Sequence[Image.Image]) -> None:
        super().__init__(screens, notices={1: ("a notice",)})
        self.shows: list[Observation] = []

    def execute(self, action: Action) -> Observation:
        before = self.observe()
        self.shows = [before, super().execute(action)]
        return before

    def observe(self) -> Observation:
        return self.shows.pop(0) if self.shows else super().observe()


def test_a_screen_that_takes_its_time_is_waited_for(record: Record) -> None:
    recorded = record([CLICK, WORD, DONE])
    done = replay(recorded, Slow(SCREENS), patience=60)
    assert done.reproduced
    assert done.episode.steps[1].observation.notices == ("a notice",)
    assert not replay(recorded, Slow(SCREENS), patience=0).reproduced


class Blinking(ScriptedEnvironment):
    """Has a caret that only every fourth look catches."""

    def __init__(self, screens: Sequence[Image.Image], caret: bool) -> None:
        super().__init__(screens)
        self._looks = 0 if caret else 3

    def execute(self, action: Action) -> Observation:
        return self._blinked(super().execute(action))

    def observe(self) -> Observation:
        return self._blinked(super().observe())

    def _blinked(self, observation: Observation) -> Observation:
        self._looks += 1
        if self._looks % 4:
            return observation
        image = observation.image.copy()
        ImageDraw.Draw(image).line((140, 90, 140, 106), "black")
        encoded = BytesIO()
        image.save(encoded, "PNG")
        return replace(observation, screenshot=encoded.getvalue())


@pytest.mark.parametrize("caret", [True, False])
def test_a_caret_that_blinks_is_waited_for(tmp_path: Path, caret: bool) -> None:
    recorded = tmp_path / "recorded"
    run_episode("T", Blinking(SCREENS, caret), ScriptedPolicy([CLICK, DONE]), journal=recorded)
    trajectory = read_trajectory(recorded)
    assert replay(trajectory, Blinking(SCREENS, not caret)).reproduced
    assert replay(trajectory, Blinking(SCREENS, caret)).reproduced
    assert not replay(trajectory, Blinking(SCREENS, not caret), patience=0).reproduced


def test_only_what_was_carried_out_is_done_again(record: Record) -> None:
    answered = [CLICK, Note(text="remember"), AskUser(text="which?"), WORD, DONE]
    recorded = record(answered, x0=ActionRejected("not there"))
    environment = ScriptedEnvironment(SCREENS)
    done = replay(recorded, environment)
    assert environment.actions == [WORD]  # the click was refused, and nobody was there to ask
    assert done.reproduced and done.screens == 3


def test_a_question_gets_the_recorded_answer(tmp_path: Path) -> None:
    script = ScriptedPolicy([AskUser(text="which?"), CLICK, DONE])
    run_episode("T", ScriptedEnvironment(SCREENS), script, journal=tmp_path / "r", user=lambda question: "the left one")
    done = replay(read_trajectory(tmp_path / "r"), ScriptedEnvironment(SCREENS))
    assert done.episode.steps[0].remark == "the user answered: the left one"


def test_an_action_that_is_refused_now_is_a_divergence(record: Record) -> None:
    recorded = record([CLICK, WORD, DONE])
    stopped = ScriptedEnvironment([SCREENS[0]], errors={0: ActionRejected("it is locked")})
    done = replay(recorded, stopped, patience=0)
    assert done.divergences[0].reason == (
        "recorded step 1: the recorded action was carried out, but now it was rejected: it is locked"
    )
    assert done.episode.stop is StopReason.FAILURE
    going = ScriptedEnvironment(SCREENS, errors={0: ActionRejected("it is locked")})
    done = replay(recorded, going, patience=0, on_divergence=OnDivergence.CONTINUE)
    assert going.actions == [WORD] and not done.reproduced


def test_of_a_part_of_an_action_the_part_is_replayed(record: Record) -> None:
    half = Type(text="wo")
    recorded = record([CLICK, WORD, ENTER, DONE], _1=ActionPartial("2 of 4 characters", half))
    environment = ScriptedEnvironment(SCREENS)
    done = replay(recorded, environment, patience=0)
    assert environment.actions == [CLICK, half, ENTER] and done.reproduced


def test_a_part_that_no_action_describes_is_replayed_whole_if_the_screen_changed(record: Record) -> None:
    recorded = record([CLICK, WORD, DONE], _1=ActionPartial("some of the secret"))
    assert [cue.action for cue in cues(recorded)] == [CLICK, WORD, DONE]
    still = record([CLICK, WORD, DONE], [SCREENS[0]], _1=ActionPartial("some of the secret"))
    assert [cue.action for cue in cues(still)] == [CLICK, DONE]


def test_an_action_that_is_done_only_in_part_now_is_a_divergence(record: Record) -> None:
    environment = ScriptedEnvironment(SCREENS, errors={1: ActionPartial("2 of 4 characters", Type(text="wo"))})
    done = replay(record([CLICK, WORD, DONE]), environment, patience=0)
    assert done.divergences[0].reason == (
        "recorded step 2: the recorded action was carried out, but now it was partial: 2 of 4 characters"
    )


def test_a_lost_environment_ends_the_replay(record: Record) -> None:
    environment = ScriptedEnvironment(SCREENS, errors={0: EnvironmentLost("the cable was pulled")})
    done = replay(record([CLICK, WORD, DONE]), environment)
    assert (done.episode.stop, done.reproduced) == (StopReason.FAILED, False)


def test_points_follow_a_screen_of_another_scale(record: Record) -> None:
    drag = Drag(path=(Point(10, 10), Point(159, 119)))
    recorded = record([CLICK, drag, Scroll(point=Point(1, 2), dy=30), DONE])
    environment = ScriptedEnvironment([screen(number, (320, 240)) for number in range(4)])
    done = replay(recorded, environment, patience=0)
    assert done.reproduced
    assert environment.actions == [
        Click(point=Point(101, 61)),
        Drag(path=(Point(21, 21), Point(319, 239))),
        Scroll(point=Point(3, 5), dy=60),
    ]
    assert done.episode.steps[0].decision.transforms[0].target.size == (320, 240)


def test_a_screen_of_another_shape_diverges_and_keeps_its_points(record: Record) -> None:
    environment = ScriptedEnvironment([screen(0, (120, 160)), *SCREENS[1:]])
    done = replay(record([CLICK, DONE]), environment, patience=0, on_divergence=OnDivergence.CONTINUE)
    assert environment.actions == [CLICK]
    assert done.divergences[0].reason == (
        "recorded step 1: the screen was 160x120 and is now 120x160, which is a different shape"
    )


def test_limits_hold(record: Record) -> None:
    done = replay(record([CLICK, WORD, DONE]), ScriptedEnvironment(SCREENS), limits=Limits(steps=1))
    assert (done.episode.stop, done.matched, done.reproduced) == (StopReason.STEP_LIMIT, 1, False)


def test_an_action_that_may_have_happened_is_done_if_the_next_screen_shows_it(record: Record, tmp_path: Path) -> None:
    recorded = record([CLICK, WORD, DONE])
    journal = recorded.directory / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    outcome = next(number for number, line in enumerate(lines) if b'"outcome"' in line)
    journal.write_bytes(b"".join(lines[:outcome] + lines[outcome + 1 :]))
    assert [cue.action for cue in cues(read_trajectory(recorded.directory))] == [CLICK, WORD, DONE]
    still = run_episode(
        "T", ScriptedEnvironment([SCREENS[0]]), ScriptedPolicy([CLICK, WORD, DONE]), journal=tmp_path / "still"
    )
    assert still.directory is not None
    journal = still.directory / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:outcome] + lines[outcome + 1 :]))
    assert [cue.action for cue in cues(read_trajectory(still.directory))] == [WORD, DONE]


def test_an_episode_without_actions_cannot_be_replayed(record: Record) -> None:
    with pytest.raises(NothingToReplay):
        cues(record([CLICK], x0=ActionRejected("no")))


@pytest.mark.parametrize("url", ["https://a.example/?k=<pin>", "https://a.example/?k=%3Cpin%3E&b"])
@pytest.mark.parametrize("opening", [Navigate, NewTab])
def test_an_address_without_its_secret_is_refused(
    record: Record, url: str, opening: type[Navigate] | type[NewTab]
) -> None:
    trajectory = record([CLICK, opening(url=url), DONE])
    environment = ScriptedEnvironment(SCREENS)
    with pytest.raises(RedactedAddress, match=r"recorded step 2 opens https://a\.example/\?k="):
        replay(trajectory, environment)
    settings = {"secrets": {"pin": "PIN"}}
    with pytest.raises(RedactedAddress):
        cues(with_settings(trajectory, settings))


def test_angle_brackets_in_an_address_are_no_secret_where_the_secrets_are_known(record: Record) -> None:
    trajectory = record([CLICK, Navigate(url="https://a.example/?k=%3Cpin%3E"), DONE])
    assert len(cues(with_settings(trajectory, {"secrets": {"other": "OTHER"}}))) == 3


def test_an_address_that_was_refused_then_is_no_obstacle_now(record: Record) -> None:
    trajectory = record([CLICK, Navigate(url="https://a.example/<pin>"), DONE], _1=ActionRejected("no such host"))
    assert len(cues(trajectory)) == 2


def with_settings(trajectory: Trajectory, settings: dict[str, JsonValue]) -> Trajectory:
    return replace(trajectory, settings=settings)


def test_secrets_are_known_by_their_names(record: Record) -> None:
    assert secret_names(cues(record([Type(secret="password"), WORD, DONE]))) == {"password"}
