"""Servers that count tokens as real ones do, each with its own limits of images."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from handeye.actions.geometry import Size
from handeye.agent.servers.errors import ImagesRescaled
from handeye.agent.servers.kind import Kind, template_fields
from handeye.agent.servers.scale import check_scale
from handeye.agent.servers.server import ChatServer
from handeye.environments.doctor.finding import Finding, Status
from handeye.model.conversation.messages import Message
from handeye.model.images.resize import smart_resize

Serve = Callable[..., Any]
SQUARE = 28 * 28


def finding(serve: Serve, act: Any, size: Size = Size(1920, 1080), owner: str = "vllm") -> Finding:
    stage = serve(act, models={"data": [{"id": "m", "owned_by": owner}]})
    with ChatServer(stage.url) as server:
        found = check_scale(server.seeing(56 * 56, 16384 * SQUARE), size)
    assert all(chat["max_tokens"] == 1 for chat in stage.chats)
    return found


@pytest.mark.parametrize("size", [Size(1920, 1080), Size(1080, 2400), Size(320, 240), Size(64, 64), Size(5000, 40)])
@pytest.mark.parametrize("beside", [0, 2, 5])
def test_a_server_that_leaves_images_alone(size: Size, beside: int, serve: Serve, words: Any) -> None:
    found = finding(serve, words.counting(16384 * SQUARE, beside=beside), size)
    assert found.status is Status.OK, found


@pytest.mark.parametrize(
    ("owner", "advice"),
    [
        ("vllm", """--mm-processor-kwargs '{"max_pixels": 2109744}'"""),
        ("sglang", "SGLANG_IMAGE_MAX_PIXELS=2109744"),
        ("llamacpp", "--image-max-tokens 2691"),
        ("organization_owner", "in its settings"),
        ("someone", "in its settings"),
    ],
)
def test_a_server_that_shrinks_them(owner: str, advice: str, serve: Serve, words: Any) -> None:
    limit = 1280 * SQUARE
    found = finding(serve, words.counting(limit), owner=owner)
    assert found.status is Status.MISSING
    assert "1932x1092 pixels" in found.detail and "instead of 2,691" in found.detail
    assert advice in found.fix
    # The area that it advises is one that the server leaves alone.
    most = int(found.fix.rpartition("max_pixels=")[2])
    assert most <= limit
    stage = serve(words.counting(limit))
    with ChatServer(stage.url) as server:
        assert check_scale(server.seeing(56 * 56, most)).status is Status.OK


def limiting(words: Any, edge: int) -> Callable[[Any], None]:
    """Answer as a server that limits the longer side of images."""

    def act(answer: Any) -> None:
        tokens = 17
        for image in words.images_of(answer.body):
            scale = min(1.0, edge / max(image.size))
            shrunk = Size(*(max(1, math.floor(side * scale)) for side in image.size))
            seen = smart_resize(shrunk, 28, SQUARE, 16384 * SQUARE)
            tokens += seen.width * seen.height // SQUARE + 2
        words.says(words.piece("", "length"), words.usage(tokens))(answer)

    return act


@pytest.mark.parametrize("edge", [500, 1024, 2048])
def test_a_server_that_limits_the_longer_side(edge: int, serve: Serve, words: Any) -> None:
    assert finding(serve, limiting(words, edge)).status is (Status.OK if edge == 2048 else Status.MISSING)


@pytest.mark.parametrize(
    ("owner", "advice"),
    [
        ("vllm", """--mm-processor-kwargs '{"min_pixels": 477456}'"""),
        ("llamacpp", "without --image-min-tokens, or with at most 609"),
        ("someone", "lower the least size"),
    ],
)
def test_a_server_that_enlarges_them(owner: str, advice: str, serve: Serve, words: Any) -> None:
    act = words.counting(4096 * SQUARE, least=1024 * SQUARE)
    assert finding(serve, act, owner=owner).status is Status.OK
    found = finding(serve, act, Size(800, 600), owner)
    assert found.status is Status.MISSING
    assert "enlarges images of 812x588 pixels" in found.detail and "as 1,064 tokens" in found.detail
    assert "instead of 609" in found.detail
    assert advice in found.fix


def test_a_single_square_is_compared_with_none(serve: Serve, words: Any) -> None:
    size = Size(28, 28)
    for least, status in ((SQUARE, Status.OK), (16 * SQUARE, Status.MISSING)):
        with ChatServer(serve(words.counting(4096 * SQUARE, least=least)).url) as server:
            assert check_scale(server.seeing(1, SQUARE), size).status is status


class TestEachSize:
    """A size that was seen as it was sent says nothing of another."""

    def send(self, server: ChatServer, *sizes: Size) -> None:
        server.generate([Message("user", (*(Image.new("RGB", size) for size in sizes), "Where?"))])

    def test_is_checked_once_for_all_views(self, serve: Serve, words: Any) -> None:
        stage = serve(words.counting(4096 * SQUARE))
        wide, tall = Size(280, 140), Size(140, 280)
        with ChatServer(stage.url) as server:
            self.send(server, wide)
            assert [chat["max_tokens"] for chat in stage.chats] == [1, 1, 512]
            self.send(server.seeing(SQUARE, 4096 * SQUARE), wide, wide)
            assert [chat["max_tokens"] for chat in stage.chats[3:]] == [512]
            self.send(server, wide, tall, Size(282, 139))
            # What is beside an image is known by now, so one request tells.
            assert [chat["max_tokens"] for chat in stage.chats[4:]] == [1, 512]

    def test_a_longer_side_after_a_longer_one_that_fits(self, serve: Serve, words: Any) -> None:
        stage = serve(limiting(words, 1960))
        with ChatServer(stage.url) as server:
            self.send(server, Size(1932, 1092))
            with pytest.raises(ImagesRescaled, match=r"shrinks images of 868x2408 pixels.*max_pixels="):
                self.send(server, Size(868, 2408))
            assert stage.chats[-1]["max_tokens"] == 1
            self.send(server, Size(1092, 1932))

    def test_a_smaller_one_after_a_larger_one_that_fits(self, serve: Serve, words: Any) -> None:
        with ChatServer(serve(words.counting(4096 * SQUARE, least=1024 * SQUARE)).url) as server:
            self.send(server, Size(1932, 1092))
            with pytest.raises(ImagesRescaled, match="enlarges images of 812x588"):
                self.send(server, Size(800, 600))

    def test_a_server_that_was_mended_is_asked_again(self, serve: Serve, words: Any) -> None:
        stage = serve(*[words.counting(4 * SQUARE)] * 3, words.counting(4096 * SQUARE))
        with ChatServer(stage.url) as server:
            with pytest.raises(ImagesRescaled):
                self.send(server, Size(280, 140))
            self.send(server, Size(280, 140))


def test_a_server_that_drops_images(serve: Serve, words: Any) -> None:
    found = finding(serve, words.says(words.piece("", "length"), words.usage(17)))
    assert found.status is Status.MISSING
    assert "does not see images" in found.detail


def test_a_model_with_another_grid(serve: Serve, words: Any) -> None:
    assert finding(serve, words.counting(16384 * SQUARE, factor=32)).status is Status.MISSING


def test_a_server_that_does_not_count(serve: Serve, words: Any) -> None:
    found = finding(serve, words.says(words.piece("OK", "stop")))
    assert found.status is Status.WARNING
    assert "cannot be checked" in found.detail


def test_a_profile_says_how_large_a_token_is() -> None:
    server = ChatServer("http://localhost:1", "m")
    larger = server.squared(32)
    assert (server.image_size(Size(1920, 1080)), larger.image_size(Size(1920, 1080))) == (
        Size(1932, 1092),
        Size(1920, 1088),
    )
    assert (server.scale.factor, larger.scale.factor) == (28, 32)
    # What is known of the sizes of images is kept where the grid is the same.
    assert server.squared(28).scale is server.scale
    assert larger.seeing(4096, 102_400).image_size(Size(1920, 1080)) == Size(416, 224)


def test_servers_that_can_are_told_what_a_template_leaves_out() -> None:
    told = {kind for kind in Kind if template_fields(kind, {"thinking": False})}
    assert told == {Kind.VLLM, Kind.SGLANG, Kind.LLAMA_CPP}
    assert template_fields(Kind.VLLM, {"thinking": False}) == {"chat_template_kwargs": {"thinking": False}}
