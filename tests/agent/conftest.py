"""Screens, observations, steps, a small checkpoint and a chat server for the tests of the agent."""

import base64
import io
import json
import resource
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.reading import Problem
from handeye.actions.schema import Action, Click, Navigate
from handeye.agent.decision import Decision, TokenCount
from handeye.agent.outcome import Outcome
from handeye.agent.step import Step
from handeye.environments.observation import Observation
from handeye.model.conversation.messages import Message, images
from handeye.model.images.resize import smart_resize
from tests.agent.form import PAGE, Form, in_browser, on_desktop, on_phone

SIZE = Size(96, 64)

FileLimit = Callable[[int], AbstractContextManager[None]]
MakeObservation = Callable[..., Observation]
MakeStep = Callable[..., Step]


def png(shade: int) -> bytes:
    """A PNG of one grey."""
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, (shade, shade, shade)).save(buffer, "PNG")
    return buffer.getvalue()


@contextmanager
def file_limit(length: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def no_file_longer_than() -> FileLimit:
    """Lets every write beyond so many bytes of a file fail, as on a full disk."""
    return file_limit


@pytest.fixture
def observe() -> MakeObservation:
    """Makes an observation of a screen of one grey."""

    def make(shade: int = 0, url: str | None = None, notices: tuple[str, ...] = ()) -> Observation:
        return Observation(screenshot=png(shade), size=SIZE, time=1_700_000_000.0 + shade, url=url, notices=notices)

    return make


@pytest.fixture
def make_step(observe: MakeObservation) -> MakeStep:
    """Makes a step that clicks, or one whose reply could not be read."""

    def make(
        index: int,
        *outcomes: Outcome,
        thought: str = "",
        conclusion: str = "",
        actions: tuple[Action, ...] | None = None,
        problem: str | None = None,
        tokens: TokenCount | None = None,
    ) -> Step:
        if actions is None:
            actions = () if problem is not None else (Click(point=Point(index, index)),)
        decision = Decision(
            text=f"reply {index}",
            thought=thought,
            actions=actions,
            problem=None if problem is None else Problem(problem, f"reply {index}"),
            conclusion=conclusion,
            tokens=tokens,
        )
        return Step(index, observe(index), decision, outcomes)

    return make


class Room:
    """An environment whose every look is another shade, and whose actions do what a test says.

    `reactions` holds, by the number of the action, an exception to raise instead or the address to be at afterwards.
    """

    name = "room"
    supported = frozenset({"click", "press", "type", "navigate", "wait"})

    def __init__(self, reactions: dict[int, BaseException | str] | None = None, url: str = "http://room/") -> None:
        self.reactions = reactions or {}
        self.url = url
        self.looks = 0
        self.executed: list[Action] = []

    def reset(self) -> Observation:
        return self.observe()

    def observe(self) -> Observation:
        self.looks += 1
        return Observation(screenshot=png(self.looks), size=SIZE, time=float(self.looks), url=self.url)

    def execute(self, action: Action) -> Observation:
        match self.reactions.get(len(self.executed)):
            case BaseException() as error:
                self.executed.append(action)
                raise error
            case str(url):
                self.url = url
        if isinstance(action, Navigate):
            self.url = action.url
        self.executed.append(action)
        return self.observe()

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


@pytest.fixture
def room() -> type[Room]:
    return Room


Act = Callable[["Answering"], None]


@dataclass
class Stage:
    """What a chat server answers, and what it was asked. The acts answer in order, the last one again and again."""

    acts: list[Act]
    models: Any = field(
        default_factory=lambda: {"object": "list", "data": [{"id": "qwen2.5-vl-7b", "owned_by": "vllm"}]}
    )
    listing: Act | None = None
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    @property
    def chats(self) -> list[Any]:
        return [body for path, _, body in self.requests if path.endswith("/chat/completions")]

    @property
    def images(self) -> list[Image.Image]:
        """The images of all chats."""
        return [image for chat in self.chats for image in images_of(chat)]


def images_of(chat: Any) -> list[Image.Image]:
    found = []
    for message in chat["messages"]:
        for part in message["content"] if isinstance(message["content"], list) else ():
            if part["type"] == "image_url":
                kind, _, data = part["image_url"]["url"].partition(",")
                assert kind == "data:image/png;base64"
                found.append(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))
    return found


class Answering(BaseHTTPRequestHandler):
    stage: Stage
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.stage.requests.append((self.path, dict(self.headers), None))
        if self.stage.listing is not None:
            self.stage.listing(self)
        elif self.path == "/v1/models":
            self.whole(200, json.dumps(self.stage.models).encode())
        else:
            self.whole(404, b'{"error": {"message": "Not Found"}}')

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.stage.requests.append((self.path, dict(self.headers), body))
        self.body = body
        number = len(self.stage.chats) - 1
        self.stage.acts[min(number, len(self.stage.acts) - 1)](self)

    def whole(self, status: int, content: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def begin(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, value: Any) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.wfile.write(b"data: " + data + b"\n\n")
        self.wfile.flush()

    def log_message(self, *arguments: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up."""


def piece(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One object of a stream."""
    return {"choices": [{"index": 0, "delta": {"content": text, **more}, "finish_reason": finish}]}


def usage(prompt: int, generated: int = 1, cached: int | None = None) -> dict[str, Any]:
    details = None if cached is None else {"cached_tokens": cached}
    counts = {"prompt_tokens": prompt, "completion_tokens": generated, "prompt_tokens_details": details}
    return {"choices": [], "usage": counts}


def says(*pieces: Any, done: bool = True) -> Act:
    """Stream pieces of text, whole objects, or raw data."""

    def act(answer: Answering) -> None:
        answer.begin()
        for each in pieces:
            answer.event(piece(each) if isinstance(each, str) else each)
        if done:
            answer.event(b"[DONE]")

    return act


def reply(text: str, prompt: int = 40, finish: str = "stop") -> Act:
    """Stream a whole reply, a word at a time."""
    words = [word + " " for word in text.split(" ")]
    words[-1] = words[-1][:-1]
    return says(*words, piece("", finish), usage(prompt, len(words), 8))


def refuses(status: int, message: Any, **headers: str) -> Act:
    content = message if isinstance(message, bytes) else json.dumps(message).encode()
    kind = "text/html" if content.startswith(b"<") else "application/json"
    return lambda answer: answer.whole(status, content, kind, **headers)


def counting(most: int, least: int = 28 * 28, *, factor: int = 28, beside: int = 2, text: str = "") -> Act:
    """Answer as a server that resizes images into its limits, and counts what is left of them."""

    def act(answer: Answering) -> None:
        tokens = 17
        for image in images_of(answer.body):
            seen = smart_resize(Size(*image.size), factor, least, most)
            tokens += seen.width * seen.height // factor**2 + beside
        says(piece(text, "length"), usage(tokens))(answer)

    return act


class Words:
    """What the tests write acts with."""

    counting = staticmethod(counting)

    says = staticmethod(says)
    reply = staticmethod(reply)
    refuses = staticmethod(refuses)
    piece = staticmethod(piece)
    usage = staticmethod(usage)
    images_of = staticmethod(images_of)


@pytest.fixture
def words() -> type[Words]:
    return Words


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    """Start a server that plays acts; without a key in the environment."""
    for name in ("HANDEYE_SERVER_KEY", "HANDEYE_GROUNDER_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    servers: list[ThreadingHTTPServer] = []

    def start(*acts: Act, **options: Any) -> Stage:
        stage = Stage(list(acts), **options)
        handler = type("Handler", (Answering,), {"stage": stage})
        server = Quiet(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        stage.url = f"http://127.0.0.1:{server.server_port}"
        return stage

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def noise() -> Callable[[int, int], Image.Image]:
    """Make an image of a size whose every pixel matters."""
    return lambda width, height: Image.effect_noise((width, height), 90).convert("RGB")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small checkpoint with random weights and the released chat template.

    It has no more tokens than its tokenizer, because a server would choose among the others too.
    """
    from tests.model.random_checkpoint import build_tokenizer, config_fields, write_checkpoint  # imports torch

    tokenizer = build_tokenizer()
    fields = {**config_fields(tokenizer), "vocab_size": tokenizer.get_vocab_size()}
    folder = write_checkpoint(tmp_path_factory.mktemp("checkpoint") / "random", fields=fields)
    shutil.copy(Path(__file__).parents[1] / "model" / "qwen2_5_vl.jinja", folder / "chat_template.jinja")
    return folder


@pytest.fixture(scope="session")
def checkpoint_named(checkpoint: Path) -> Callable[[str], Path]:
    """Returns the folder of that checkpoint under another name, such as a released one's."""

    def named(name: str) -> Path:
        folder = checkpoint.parent / name
        if not folder.is_symlink():
            folder.symlink_to(checkpoint, target_is_directory=True)
        return folder

    return named


@pytest.fixture(scope="module")
def random_model(checkpoint: Path) -> Any:
    """That checkpoint, loaded: a real model that says junk."""
    from handeye.model.runtime import load_model  # imports torch

    return load_model(checkpoint, device="cpu")


@pytest.fixture(scope="session")
def length(checkpoint: Path) -> Callable[..., int]:
    """Counts the tokens of a conversation without its images, with the released template and the library itself."""
    import jinja2
    import tokenizers

    template = jinja2.Template((checkpoint / "chat_template.jinja").read_text("utf-8"))
    library = tokenizers.Tokenizer.from_file(str(checkpoint / "tokenizer.json"))

    def length(messages: Sequence[Message], prefix: str = "") -> int:
        turns = [
            {
                "role": message.role,
                "content": [
                    {"type": "text", "text": part} if isinstance(part, str) else {"type": "image"}
                    for part in message.content
                ],
            }
            for message in messages
        ]
        text = template.render(messages=turns, add_generation_prompt=True) + prefix
        return len(library.encode(text).ids) - len(list(images(messages)))

    return length


@pytest.fixture(scope="module")
def browser(site: Callable[[dict[str, str]], str]) -> Iterator[Form]:
    """A browser with a form, for all tests of a file."""
    with in_browser(site({"/": PAGE})) as form:
        yield form


@pytest.fixture(scope="module")
def desktop(needs: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Form]:
    """An isolated desktop with a form, for all tests of a file."""
    needs("Xvfb", "openbox")
    with on_desktop(tmp_path_factory.mktemp("form") / "form.json") as form:
        yield form


@pytest.fixture(scope="module")
def phone() -> Iterator[Form]:
    """A simulated phone, for all tests of a file."""
    with on_phone() as form:
        yield form
