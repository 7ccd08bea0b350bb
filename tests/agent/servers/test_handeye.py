"""handeye's own server as a server of a model: it says how large the model sees images, and no larger ones are sent."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from PIL.Image import radial_gradient

from handeye.actions.geometry import Size
from handeye.agent.policies.chat import ChatPolicy
from handeye.agent.servers.chunk import ListedModel, ModelList
from handeye.agent.servers.kind import Kind
from handeye.agent.servers.server import ChatServer
from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Model
from tests.model.serve.serving import Served, serving

pytest.importorskip("fastapi", reason='needs FastAPI: pip install "handeye[serve]"')
SCREEN = Size(1280, 720)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The checkpoint of the repository, which sees images at 168x224 pixels."""
    with serving(open_checkpoint("handeye-tiny", device="cpu")) as served:
        yield served


def test_screens_are_sent_at_the_size_at_which_they_are_seen(served: Served) -> None:
    with ChatServer(served.url) as server:
        policy = ChatPolicy(server)
        policy.ready(SCREEN)
        assert policy.server.image_size(SCREEN) == Model(served.service.checkpoint).image_size(SCREEN)
        assert policy.server.image_size(Size(84, 112)) == Size(84, 112)
        server.generate(
            [Message("user", (radial_gradient("L").resize(SCREEN).convert("RGB"), "Go."))], max_new_tokens=1
        )


def test_the_least_of_the_limits_counts(served: Served) -> None:
    with ChatServer(served.url) as server:
        server.endpoint.require()
        assert server.seeing(3136, 12_544).image_size(Size(1000, 1000)) == Size(112, 112)
        assert server.seeing(10**6, 2 * 10**6).image_size(Size(1000, 1000)).width < 224


@pytest.mark.parametrize("most", [None, "100", 2.5, 0, -4, [1]])
def test_a_limit_that_is_none_has_no_effect(monkeypatch: pytest.MonkeyPatch, most: Any) -> None:
    listed = ListedModel.model_validate({"id": "m", "owned_by": "handeye", "max_pixels": most})
    server = ChatServer("localhost:1", "m")
    monkeypatch.setattr(server.endpoint, "_listed", (listed,))
    assert server.image_size(SCREEN) == Size(1288, 728)


def test_other_servers_may_mean_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = ListedModel.model_validate({"id": "m", "owned_by": "vllm", "max_pixels": 10_000})
    server = ChatServer("localhost:1", "m")
    monkeypatch.setattr(server.endpoint, "_listed", (listed,))
    assert server.endpoint.kind is Kind.VLLM
    assert server.image_size(SCREEN) == Size(1288, 728)


def test_the_server_says_it(served: Served) -> None:
    answer = httpx2.get(f"{served.url}/models", trust_env=False)
    [listed] = ModelList.model_validate_json(answer.content).data
    assert listed.max_pixels == served.service.checkpoint.preprocessor.rule.max_pixels
