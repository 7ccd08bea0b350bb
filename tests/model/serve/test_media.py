"""Images and videos: sent along, or from one folder; never fetched."""

import base64
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Model
from handeye.model.serve.app import Options
from handeye.model.video.open import open_video
from tests.model.serve.serving import Served, serving, user
from tests.model.video.films import write_film

DataUrl = Callable[[Image.Image], str]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, noise: Callable[..., Image.Image]) -> Path:
    """A folder with an image, beside another image."""
    folder = tmp_path_factory.mktemp("media") / "shown"
    (folder / "inside").mkdir(parents=True)
    noise(112, 84).save(folder / "a picture.png")
    noise(112, 84).save(folder.parent / "secret.png")
    noise(112, 84).save(folder.parent / "shown.png")
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "circle.png").symlink_to(folder / "circle.png")
    return folder


@pytest.fixture(scope="module")
def showing(named: Checkpoint, shown: Path) -> Iterator[Served]:
    """A server that shows the files of a folder."""
    with serving(named, Options(media=shown)) as served:
        yield served


def show(served: Served, url: str, what: str = "image_url") -> Any:
    return served.post(messages=[user([{"type": what, what: {"url": url}}])], temperature=0)


def test_files_of_the_folder_are_shown(showing: Served, shown: Path, model: Model) -> None:
    answer = show(showing, (shown / "a picture.png").as_uri())
    assert answer.status_code == 200, answer.text
    ours = model.generate([Message("user", (Image.open(shown / "a picture.png"),))], max_new_tokens=4)
    assert answer.json()["choices"][0]["message"]["content"] == ours.text


@pytest.mark.parametrize(
    "place",
    [
        "../secret.png",
        "inside/../../secret.png",
        "..%2Fsecret.png",
        "%2e%2e/secret.png",
        "link.png",
        "circle.png",
        "../shown.png",
        "none.png",
        "a%00b.png",
        "x" * 5000,
    ],
)
def test_no_other_file_is_shown(showing: Served, shown: Path, place: str) -> None:
    answer = show(showing, f"file://{shown}/{place}")
    assert answer.status_code == 400
    assert "no such image in the folder" in answer.json()["error"]["message"]


def test_no_file_of_another_machine(showing: Served, shown: Path) -> None:
    assert show(showing, f"file://elsewhere{shown}/a%20picture.png").status_code == 400


def test_no_file_without_a_folder(served: Served, shown: Path) -> None:
    answer = show(served, (shown / "a picture.png").as_uri())
    assert answer.status_code == 400
    assert "--media" in answer.json()["error"]["message"]


@pytest.mark.parametrize("what", ["image_url", "video_url"])
def test_nothing_is_fetched(served: Served, what: str) -> None:
    asked: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, args=(0.01,), daemon=True).start()
        for scheme in ("http", "https", "HTTP", "ftp"):
            answer = show(served, f"{scheme}://127.0.0.1:{elsewhere.server_port}/a.png", what)
            assert answer.status_code == 400
            assert "fetches nothing" in answer.json()["error"]["message"]
            assert "data:" in answer.json()["error"]["message"]
        elsewhere.shutdown()
    assert asked == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("data:image/png;base64,AAAA", "not an image in a known format"),
        ("data:image/png;base64,@@@@", "damaged"),
        ("data:image/png;base64", "damaged"),
        ("", "fetches nothing"),
    ],
)
def test_a_broken_image_is_refused(served: Served, url: str, said: str) -> None:
    answer = show(served, url)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_an_image_that_is_cut_off_is_refused(
    served: Served, noise: Callable[..., Image.Image], data_url: DataUrl
) -> None:
    whole = data_url(noise(200, 200))
    answer = show(served, whole[: whole.index(",") + 1 + 40_000])
    assert answer.status_code == 400
    assert "damaged or truncated" in answer.json()["error"]["message"]


@pytest.mark.parametrize(("size", "said"), [((10_000, 8_900), "pixels: make it smaller"), ((300, 1), "crop it")])
def test_an_image_beyond_the_limits_is_refused(
    served: Served, data_url: DataUrl, size: tuple[int, int], said: str
) -> None:
    answer = show(served, data_url(Image.new("1", size)))
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def claimed(side: int) -> str:
    """Return the data URL of a PNG that says it has such a side, and holds a pixel."""
    file = BytesIO()
    Image.new("1", (1, 1)).save(file, "PNG")
    head = b"IHDR" + side.to_bytes(4) * 2 + file.getvalue()[24:29]
    data = file.getvalue()[:12] + head + zlib.crc32(head).to_bytes(4) + file.getvalue()[33:]
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize("side", [9460, 14_000])
def test_an_image_that_may_be_a_bomb_is_refused_without_a_word_on_the_console(
    served: Served, recwarn: pytest.WarningsRecorder, side: int
) -> None:
    """Pillow warns of one size, and refuses another."""
    answer = show(served, claimed(side))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_image")
    assert "more than 80,000,000 pixels" in answer.json()["error"]["message"]
    assert [each for each in recwarn if each.category is Image.DecompressionBombWarning] == []


def test_a_video_is_seen(served: Served, model: Model, tmp_path: Path) -> None:
    pytest.importorskip("av")
    film = write_film(tmp_path / "film.mp4")
    answer = show(served, f"data:video/mp4;base64,{base64.b64encode(film.read_bytes()).decode()}", "video_url")
    assert answer.status_code == 200, answer.text
    ours = model.generate([Message("user", (open_video(film),))], max_new_tokens=4)
    assert answer.json()["choices"][0]["message"]["content"] == ours.text
    assert answer.json()["usage"]["prompt_tokens"] == ours.prompt_tokens


def test_a_broken_video_is_refused(served: Served) -> None:
    pytest.importorskip("av")
    answer = show(served, "data:video/mp4;base64,AAAA", "video_url")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("the video is not a video file")


def test_small_files_of_huge_images_are_refused_before_they_are_decoded(
    showing: Served, data_url: DataUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handeye.model.serve.media.MOST_PIXELS", 3_000_000)
    part = {"type": "image_url", "image_url": {"url": data_url(Image.new("1", (1000, 1000)))}}
    answer = showing.post(messages=[user([part] * 4)])
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "images_too_large")
    assert "3,000,000 pixels in all: send fewer or smaller ones" in answer.json()["error"]["message"]


def test_a_folder_of_frames_is_not_shown(showing: Served, shown: Path) -> None:
    """It could hold links that lead out of it."""
    assert show(showing, (shown / "inside").as_uri(), "video_url").status_code == 400


@pytest.mark.parametrize("words", ["ffconcat version 1.0\nfile {}\n", "#EXTM3U\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"])
def test_a_playlist_is_no_video(showing: Served, shown: Path, tmp_path: Path, words: str) -> None:
    """It names other files of this machine."""
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    write_film(tmp_path / "secret.mp4")
    playlist = shown / "list.m3u8"
    playlist.write_text(words.format(tmp_path / "secret.mp4"))
    try:
        sent = f"data:video/mp4;base64,{base64.b64encode(playlist.read_bytes()).decode()}"
        assert [show(showing, url, "video_url").status_code for url in (sent, playlist.as_uri())] == [400, 400]
    finally:
        playlist.unlink()
