"""A policy over a real HTTP server on this machine."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.agent.decision import Decision, SeenImage
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.chat import ChatPolicy
from handeye.agent.policies.grounder import Grounder
from handeye.agent.policies.planner import PlannerPolicy
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.policies.zooming import ZoomingPolicy
from handeye.agent.policy import Policy, Profiled
from handeye.agent.prompts.catalog import NotAnAgent, UnknownProfile, UnsupportedCheckpoint
from handeye.agent.prompts.families.qwen import QWEN
from handeye.agent.servers.errors import ImagesRescaled, ServerNotFound, UnknownServerModel
from handeye.agent.servers.server import ChatServer
from handeye.environments.browser.environment import BrowserEnvironment
from tests.agent.policies.test_grounder import profile as pointer

Serve = Callable[..., Any]
SQUARE = 28 * 28
WIDE = 16384 * SQUARE
PAGE = """<!doctype html><title>Waiting</title><style>* { margin: 0 }</style>
<button style="position: absolute; left: 40px; top: 60px; width: 120px; height: 40px"
  onclick="document.title = 'Pressed'">OK</button>"""


def tool_call(action: str, **arguments: object) -> str:
    called = {"name": "computer_use", "arguments": {"action": action, **arguments}}
    return f"<thinking>\nWhy not.\n</thinking>\n<tool_call>\n{json.dumps(called)}\n</tool_call>"


def replies(words: Any, *texts: str, most: int = WIDE) -> Callable[[Any], None]:
    """Answer the requests for one token by counting, and the others with texts in order."""
    left: Iterator[str] = iter(texts)

    def act(answer: Any) -> None:
        asked = answer.body["max_tokens"]
        words.counting(most, text="" if asked == 1 else next(left))(answer)

    return act


def listed(name: str) -> dict[str, Any]:
    return {"data": [{"id": name, "owned_by": "vllm"}]}


def test_a_reply_becomes_a_decision(serve: Serve, words: Any, observe: Any) -> None:
    stage = serve(replies(words, tool_call("left_click", coordinate=[42, 28])))
    heard: list[str] = []
    policy = ChatPolicy(stage.url, on_text=heard.append)
    decision = policy.decide(History("Click OK.", (), observe()))
    assert policy.name == f"qwen2.5-vl-7b at {stage.url.removeprefix('http://')}"
    assert policy.profile_id.name == "qwen2.5-vl"
    # The screenshot has 96x64 pixels, and 84x56 as the model sees it.
    assert decision.actions == (Click(point=Point(48, 32)),)
    assert decision.image == SeenImage(Size(84, 56), 6)
    assert decision.tokens is not None and decision.tokens.prompt == 17 + 6 + 2
    assert decision.text == "".join(heard)
    assert {image.size for image in stage.images} == {(84, 56), (84, 28)}
    whole = stage.chats[-1]
    assert whole["max_tokens"] == QWEN.sampling.max_tokens
    assert "Click OK." in json.dumps(whole["messages"])


def test_it_is_a_policy_with_a_profile(serve: Serve) -> None:
    policy: Policy = ChatPolicy(serve().url)
    assert isinstance(policy, Profiled)


@pytest.mark.slow
def test_an_episode_in_a_browser(serve: Serve, words: Any, site: Any, tmp_path: Path) -> None:
    size = Size(640, 480)
    texts = (tool_call("left_click", coordinate=[96, 78]), tool_call("terminate", status="success"))
    stage = serve(replies(words, *texts))
    policy = ChatPolicy(ChatServer(stage.url, key="sk-0123456789abcdef"))
    with BrowserEnvironment(site({"/": PAGE}), viewport=size) as environment:
        episode = run_episode("Press OK.", environment, policy, journal=tmp_path / "run")
        assert environment.evaluate("document.title") == "Pressed"
    assert episode.stop is StopReason.SUCCESS, episode.message
    assert read_trajectory(tmp_path / "run").meta.policy == policy.name
    seen = policy.server.image_size(size)
    assert [image.size for image in stage.images[-2:]] == [seen, seen]
    for path in (tmp_path / "run").rglob("*"):
        assert path.is_dir() or b"0123456789abcdef" not in path.read_bytes()


class TestScale:
    def test_images_that_the_server_would_shrink_end_the_episode(self, serve: Serve, words: Any, observe: Any) -> None:
        stage = serve(replies(words, "never", most=3 * SQUARE))
        with pytest.raises(ImagesRescaled, match=r"--mm-processor-kwargs .* max_pixels=") as error:
            ChatPolicy(stage.url).decide(History("T", (), observe()))
        assert str(error.value).isprintable()

    def test_smaller_images_pass(self, serve: Serve, words: Any, observe: Any) -> None:
        stage = serve(replies(words, tool_call("wait", time=1), most=3 * SQUARE))
        policy = ChatPolicy(stage.url, max_pixels=4 * SQUARE)
        assert policy.server.image_size(Size(96, 64)) == Size(56, 28)
        assert policy.decide(History("T", (), observe())).problem is None

    def test_it_is_looked_at_once(self, serve: Serve, words: Any, observe: Any) -> None:
        stage = serve(replies(words, "a", "b", "c"))
        policy = ChatPolicy(stage.url)
        for _ in range(3):
            policy.decide(History("T", (), observe()))
        assert [chat["max_tokens"] == 1 for chat in stage.chats] == [True, True, False, False, False]

    def test_and_again_for_a_larger_screenshot(self, serve: Serve, words: Any, observe: Any) -> None:
        stage = serve(replies(words, "a", most=6 * SQUARE))
        policy = ChatPolicy(stage.url)
        policy.decide(History("T", (), observe()))
        with pytest.raises(ImagesRescaled):
            policy.ready(Size(1280, 720))

    def test_a_server_that_does_not_count_is_told(self, serve: Serve, words: Any, observe: Any) -> None:
        policy = ChatPolicy(serve(words.says("x", words.piece(None, "stop"))).url)
        assert policy.notices == ()
        decision = policy.decide(History("T", (), observe()))
        assert decision.tokens is None
        assert decision.problem is not None
        assert any("cannot be checked" in notice for notice in policy.notices)


class TestScaleOfEveryPolicy:
    """Whatever a model behind a server does, it sees images as they are sent, or that is an error."""

    @pytest.fixture
    def served(self, serve: Serve, words: Any) -> ChatServer:
        return ChatServer(serve(replies(words, "never", most=3 * SQUARE)).url)

    def test_planning(self, served: ChatServer, speaker: Any, observe: Any) -> None:
        policy = PlannerPolicy(served, Grounder(speaker(), pointer()))
        with pytest.raises(ImagesRescaled):
            policy.decide(History("T", (), observe()))

    def test_finding(self, served: ChatServer, observe: Any) -> None:
        with pytest.raises(ImagesRescaled):
            Grounder(served, pointer()).find(observe().image, "the button")

    def test_looking_closer(self, served: ChatServer, observe: Any) -> None:
        click = Decision("{}", "Click OK.", (Click(point=Point(40, 30)),))
        policy = ZoomingPolicy(ScriptedPolicy([click]), Grounder(served, pointer()))
        with pytest.raises(ImagesRescaled):
            policy.decide(History("T", (), observe()))


class TestReady:
    def test_all_is_well(self, serve: Serve, words: Any) -> None:
        stage = serve(replies(words))
        assert ChatPolicy(stage.url).ready() == ()
        assert {image.size for image in stage.images} == {(1932, 1092), (1932, 532)}

    def test_nothing_is_there(self) -> None:
        with pytest.raises(ServerNotFound):
            ChatPolicy("http://127.0.0.1:9", "qwen2.5-vl-7b").ready()

    def test_the_model_is_not_there(self, serve: Serve, words: Any) -> None:
        stage = serve(words.refuses(404, {"error": {"message": "The model `qwen-x` does not exist."}}))
        with pytest.raises(UnknownServerModel, match=r"qwen2\.5-vl-7b"):
            ChatPolicy(stage.url, "qwen-x").ready()

    def test_an_unknown_model_is_noticed(self, serve: Serve, words: Any) -> None:
        (notice,) = ChatPolicy(serve(replies(words), models=listed("my-model")).url).ready()
        assert notice.startswith("my-model is not known")
        assert ChatPolicy(serve(replies(words), models=listed("my-model")).url, profile="qwen2.5-vl").ready() == ()


class TestProfile:
    def test_without_limits_those_of_the_server_are_capped(self, serve: Serve) -> None:
        server = ChatServer(serve(models=listed("handeye-tiny")).url).seeing(4 * SQUARE, 100 * SQUARE)
        for given, limits in ((None, (4, 100)), (1000 * SQUARE, (4, 100)), (50 * SQUARE, (4, 50)), (SQUARE, (1, 1))):
            policy = ChatPolicy(server, max_pixels=given)
            assert policy.server.pixel_limits == (limits[0] * SQUARE, limits[1] * SQUARE)

    def test_it_is_the_models_own(self, serve: Serve) -> None:
        assert ChatPolicy(serve(models=listed("handeye-tiny")).url).profile.name == "handeye-tiny"
        assert ChatPolicy(serve(models=listed("m")).url, profile="handeye-tiny").profile.name == "handeye-tiny"

    def test_the_host_says_nothing_of_the_model(self) -> None:
        assert ChatPolicy("http://handeye-tiny.example.org:1/v1", "qwen2.5-vl-7b").profile is QWEN

    def test_what_cannot_act_is_refused_before_anything_is_sent(self, serve: Serve) -> None:
        grounder = replace(QWEN, agent=None)
        stage = serve()
        with pytest.raises(NotAnAgent):
            ChatPolicy(stage.url, "m", profile=grounder)
        with pytest.raises(UnknownProfile):
            ChatPolicy(stage.url, "m", profile="no-such")
        with pytest.raises(UnsupportedCheckpoint):
            ChatPolicy(stage.url, "GUI-Actor-7B")
        assert stage.requests == []


def test_each_step_draws_with_a_seed_of_its_own(serve: Serve, words: Any, observe: Any, make_step: Any) -> None:
    stage = serve(replies(words, "a", "b"))
    policy = ChatPolicy(stage.url, temperature=0.7, seed=10, max_new_tokens=5)
    history = History("T", (), observe())
    policy.decide(history)
    decision = policy.decide(history.after(make_step(0)))
    assert [(chat["seed"], chat["temperature"]) for chat in stage.chats[-2:]] == [(10, 0.7), (11, 0.7)]
    assert decision.problem is not None and "cut off after 5 tokens" in decision.problem.reason
