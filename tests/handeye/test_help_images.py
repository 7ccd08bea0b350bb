"""The examples of `handeye detect`, `parse` and `extract`."""

import base64
import io
import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from handeye.agent.cli.images.marked import RED
from handeye.agent.cli.model import DEFAULT
from handeye.model import runtime
from tests.agent.saying import Saying

if TYPE_CHECKING:
    from conftest import Example, Played

    Play = Callable[..., Played]
    Says = Callable[..., Saying]

PAGE = (
    '<h1 data-bbox="10 20 110 40">Report</h1><table data-bbox="10 50 110 90"><tr><th>Year</th></tr>'
    "<tr><td>2024</td></tr></table>"
)


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> "Says":
    """Lets the default model be one that says some replies."""

    def give(*replies: str) -> Saying:
        model = Saying([*replies])

        def load(name: str, *, device: str, dtype: str, adapters: Sequence[object]) -> Saying:
            assert (name, device, dtype, [*adapters]) == (DEFAULT, "auto", "auto", [])
            return model

        monkeypatch.setattr(runtime, "load_model", load)
        return model

    return give


def paper(path: Path, width: int = 400, height: int = 300) -> None:
    Image.new("RGB", (width, height), "white").save(path)


@pytest.mark.example('handeye detect shelf.jpg bottle "can with a red label" --save found.png')
def test_objects_are_found(example: "Example", play: "Play", tmp_path: Path, says: "Says") -> None:
    paper(tmp_path / "shelf.jpg")
    model = says('[{"bbox_2d": [10, 20, 60, 80], "label": "bottle"}, {"bbox_2d": [100, 20, 150, 80], "label": "can"}]')
    done = play(example.words, folder=tmp_path)
    assert (done.status, done.output) == (0, "[20, 40, 120, 160] bottle\n[200, 40, 300, 160] can\n")
    assert "each bottle and each can with a red label" in str(model.asked[0][0].content[1])
    with Image.open(tmp_path / "found.png") as picture:
        assert picture.getpixel((20, 100)) == picture.getpixel((299, 100)) == RED
        assert picture.getpixel((60, 100)) == (255, 255, 255)


@pytest.mark.example("handeye detect shelf.jpg bottle --points")
def test_objects_are_pointed_at(example: "Example", play: "Play", tmp_path: Path, says: "Says") -> None:
    paper(tmp_path / "shelf.jpg")
    says('<points x1="10" y1="20" x2="30" y2="40" alt="bottle">bottle</points>')
    done = play(example.words, folder=tmp_path)
    assert (done.status, done.output) == (0, "[21, 41] bottle\n[61, 81] bottle\n")


@pytest.mark.example("handeye detect shelf.jpg bottle can --count --json")
def test_objects_are_counted(example: "Example", play: "Play", tmp_path: Path, says: "Says") -> None:
    paper(tmp_path / "shelf.jpg")
    says('[{"bbox_2d": [10, 20, 60, 80]}, {"bbox_2d": [10, 20, 60, 80]}]', "There are no cans in the image.")
    done = play(example.words, folder=tmp_path)
    assert done.status == 0
    box = [20, 40, 120, 160]
    assert json.loads(done.output) == [
        {
            "phrase": "bottle",
            "number": 1,
            "detections": [
                {"label": "bottle", "box": box, "duplicate": False},
                {"label": "bottle", "box": box, "duplicate": True},
            ],
            "cut_off": False,
        },
        {"phrase": "can", "number": 0, "detections": [], "cut_off": False},
    ]


@pytest.mark.example("handeye parse page.png --save page.html")
def test_a_page_is_shown_with_its_boxes(example: "Example", play: "Play", tmp_path: Path, says: "Says") -> None:
    paper(tmp_path / "page.png")
    says(PAGE)
    done = play(example.words, folder=tmp_path)
    assert (done.status, done.output) == (0, "")
    html = (tmp_path / "page.html").read_text("utf-8")
    assert '<rect class="heading" data-part="1-0" x="20" y="40" width="200" height="40">' in html
    assert ">Report</h1>" in html and "data:image/png;base64," in html


@pytest.mark.example("handeye parse report.pdf --pages 1-2 --markdown")
def test_pages_of_a_pdf_become_markdown(example: "Example", play: "Play", tmp_path: Path, says: "Says") -> None:
    pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed: make test installs it")
    pages = [Image.new("RGB", (200, 300), "white") for _ in range(3)]
    pages[0].save(tmp_path / "report.pdf", save_all=True, append_images=pages[1:])
    says(PAGE, "<p>The end.</p>")
    done = play(example.words, folder=tmp_path)
    assert done.status == 0
    assert done.output == (
        "reading page 1 of 3\nreading page 2 of 3\n# Report\n\n| Year |\n| --- |\n| 2024 |\n\n---\n\nThe end.\n\n"
    )


@pytest.mark.example("handeye parse page.png --json --server localhost:8000")
def test_a_server_reads_a_page(example: "Example", play: "Play", tmp_path: Path) -> None:
    paper(tmp_path / "page.png", 560, 280)
    sent: list[tuple[int, int]] = []

    class Reading(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({"data": [{"id": "qwen2.5-vl", "owned_by": "llamacpp"}]})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            parts = asked["messages"][-1]["content"]
            if {"type": "text", "text": "QwenVL HTML "} in parts:
                data = next(part["image_url"]["url"] for part in parts if part["type"] == "image_url")
                with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as image:
                    sent.append(image.size)
                answer = '<p data-bbox="0 0 560 140">Above</p>'
            else:
                answer = "OK"
            self._say({"choices": [{"message": {"content": answer}, "finish_reason": "stop"}]})

        def _say(self, value: object) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Reading) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        done = play(example.where("localhost:8000", f"127.0.0.1:{server.server_port}").words, folder=tmp_path)
        server.shutdown()
    assert done.status == 0, done.output
    assert sent == [(560, 280)]
    (page,) = json.loads(done.output[done.output.index("{") :])["pages"]
    assert page["blocks"] == [{"box": [0, 0, 560, 140], "polygon": [], "type": "paragraph", "text": "Above"}]


@pytest.mark.example("handeye extract invoice.png --schema invoice.json")
def test_an_invoice_is_read(example: "Example", play: "Play", tmp_path: Path, says: "Says") -> None:
    paper(tmp_path / "invoice.png")
    schema = {
        "type": "object",
        "properties": {"number": {"type": "string"}, "total": {"type": "number"}},
        "required": ["number", "total"],
    }
    (tmp_path / "invoice.json").write_text(json.dumps(schema), encoding="utf-8")
    model = says('{"number": "A-7", "total": "twelve"}', '```json\n{"number": "A-7", "total": 12.5}\n```')
    done = play(example.words, folder=tmp_path)
    assert done.status == 0
    assert json.loads(done.output) == {"number": "A-7", "total": 12.5}
    assert "total: Input should be a valid number" in str(model.asked[1][-1].content[0])
