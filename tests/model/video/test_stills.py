"""Videos made of images."""

import io
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest

from handeye.model.errors import EmptyVideo, InvalidImage, InvalidVideo
from handeye.model.video.open import open_video
from handeye.model.video.stills import Stills

MakeImage = Callable[..., PIL.Image.Image]


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """A folder of frames, one of them another's size; shade N is frame N."""
    for number in (10, 9, 1, 2):
        PIL.Image.new("RGB", (40, 20) if number != 9 else (20, 20), (number, number, number)).save(
            tmp_path / f"frame{number}.png"
        )
    (tmp_path / "notes.txt").write_text("no frame")
    return tmp_path


def shades(video: object) -> list[object]:
    assert isinstance(video, Stills)
    return [image.getpixel((20, 10))[0] for image in video.frames(range(len(video.times)))]  # type: ignore[index]


def test_a_folder_is_in_the_order_of_its_numbers(frames: Path) -> None:
    video = open_video(frames)
    assert shades(video) == [1, 2, 9, 10]
    assert (video.times, video.rate, video.duration) == ((0, 0.5, 1, 1.5), 2, 2)
    assert open_video(frames, rate=4).times == (0, 0.25, 0.5, 0.75)


def test_a_frame_of_another_shape_gets_black_edges(frames: Path) -> None:
    third = list(open_video(frames).frames([0, 2]))[1]
    assert third.size == (40, 20)
    assert (third.getpixel((5, 10)), third.getpixel((20, 10))) == ((0, 0, 0), (9, 9, 9))


@pytest.mark.parametrize("begin", ["file,seconds\n", "", "\ufefffile, seconds\r\n"])
def test_times_of_a_folder(frames: Path, begin: str) -> None:
    (frames / "times.csv").write_text(f"{begin}frame2.png,5\nframe1.png,5.5\n\nframe10.png,65\n", encoding="utf-8")
    video = open_video(frames)
    assert shades(video) == [2, 1, 10]
    assert (video.times, video.rate) == ((0, 0.5, 60), None)
    with pytest.raises(InvalidVideo, match="leave the rate out"):
        open_video(frames, rate=1)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("frame1.png,x", r"times.csv:1 is not a frame's name and second"),
        ("frame1.png,1\nframe2.png", r"times.csv:2"),
        ("frame1.png,nan", "nan is no second"),
        ("frame1.png,1\nframe1.png,2", "frame1.png is there twice"),
        ("frame1.png,2\nframe2.png,1", "do not ascend: 1 s follows 2 s"),
        ("../secret.png,1", "names '../secret.png', which is not a file of"),
        ("none.png,1", "names 'none.png'"),
        ("file,seconds", "names no frame"),
        ("frame1.png,1\0", "times.csv"),
    ],
)
def test_times_that_cannot_be_read(frames: Path, lines: str, reason: str) -> None:
    (frames.parent / "secret.png").write_bytes((frames / "frame1.png").read_bytes())
    (frames / "times.csv").write_text(lines, encoding="utf-8")
    with pytest.raises(InvalidVideo, match=reason):
        open_video(frames)


def test_a_folder_without_frames(tmp_path: Path) -> None:
    with pytest.raises(EmptyVideo, match="has no frames: it needs images"):
        open_video(tmp_path)


def test_images_in_memory_files_and_bytes(frames: Path, noise: MakeImage) -> None:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (40, 20), (7, 7, 7)).save(buffer, "PNG")
    video = Stills([PIL.Image.new("L", (40, 20), 3), frames / "frame1.png", buffer.getvalue()], [10, 11, 70])
    assert shades(video) == [3, 1, 7]
    assert (video.times, video.duration, video.pace) == ((0, 1, 60), 119, "given")


def test_a_frame_that_cannot_be_read_is_named(frames: Path) -> None:
    (frames / "frame2.png").write_bytes(b"x")
    with pytest.raises(InvalidImage, match=r"frame 1 of .*frame2.png is not an image"):
        shades(open_video(frames))


def test_arguments_that_make_no_sense(noise: MakeImage) -> None:
    image = noise(8, 8)
    with pytest.raises(EmptyVideo, match="the video has no frames"):
        Stills([])
    with pytest.raises(TypeError, match="images is a single Image"):
        Stills(image)  # type: ignore[arg-type]
    with pytest.raises(InvalidVideo, match="has 1 frames and 2 times"):
        Stills([image], [1, 2])
    with pytest.raises(InvalidVideo, match="not all finite"):
        Stills([image], [float("nan")])
    with pytest.raises(ValueError, match="rate must be above 0"):
        Stills([image], rate=0)
