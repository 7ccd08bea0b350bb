"""Video files, each encoded here: what is read of them, and what is said of those that cannot be read."""

import random
import sys
import weakref
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handeye.actions.errors import MissingDependency
from handeye.model.checkpoint import Checkpoint
from handeye.model.errors import DamagedVideo, EmptyVideo, InvalidVideo, NoVideoTrack
from handeye.model.video.film import Film
from handeye.model.video.open import open_video
from handeye.model.video.source import Choice
from tests.model.video.films import shade, write_film, write_sound

pytest.importorskip("av", reason="needs PyAV: pip install av")

FAST = {"movflags": "faststart"}
"""The index comes first, so that a file that is cut off can still be read up to there."""
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("h264.mp4", {}),
        ("h264.mkv", {}),
        ("h264.ts", {}),
        ("vp9.webm", {"codec": "libvpx-vp9"}),
        ("mpeg4.avi", {"codec": "mpeg4"}),
        ("ten bits.mp4", {"pixels": "yuv420p10le"}),
        ("ten bits.mkv", {"codec": "libx265", "pixels": "yuv420p10le"}),
        ("full colours.mp4", {"pixels": "yuv444p"}),
        ("fragments.mp4", {"options": FRAGMENTS, "key_every": 5}),
        ("-o 日本 %d.mp4", {}),
        ("title.mp4", {"title": "x"}),
    ],
)
def test_every_kind_of_file(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    film = Film(write_film(tmp_path / name, **options))
    assert (len(film.times), film.rate, film.duration) == (20, 10, 2)
    assert film.times[:3] == (0, pytest.approx(0.1, abs=0.002), pytest.approx(0.2, abs=0.002))
    images = list(film.frames([0, 7, 8, 19]))
    assert [image.size for image in images] == [(64, 48)] * 4
    assert [shade(image) for image in images] == [pytest.approx(index * 255 // 19, abs=6) for index in (0, 7, 8, 19)]
    red, green, blue = images[3].getpixel((2, 2))  # type: ignore[misc]
    assert red > 240 and max(green, blue) < 16


def test_a_stream_without_timestamps(tmp_path: Path) -> None:
    film = Film(write_film(tmp_path / "raw.h264"))
    assert len(film.times) == 20 and film.rate == 25  # what FFmpeg assumes
    assert [shade(image) for image in film.frames([3, 19])] == [pytest.approx(40, abs=4), pytest.approx(255, abs=4)]


def test_every_frame_is_found_from_any_other(tmp_path: Path) -> None:
    """Over several key frames, in steps that seek and steps that decode on."""
    film = Film(write_film(tmp_path / "long.mp4", 200, key_every=20))
    for indices in (range(0, 200, 3), [0, 1, 2, 60, 61, 180, 199], [150], [59, 60]):
        shades = [shade(image) for image in film.frames(list(indices))]
        assert shades == [pytest.approx(index * 255 // 199, abs=2) for index in indices]


@pytest.mark.parametrize(
    ("turned", "size", "corner"),
    [(90, (48, 64), (2, 61)), (180, (64, 48), (61, 45)), (-90, (48, 64), (45, 2)), (0, (64, 48), (2, 2))],
)
def test_rotated_by_metadata(turned: int, size: tuple[int, int], corner: tuple[int, int], tmp_path: Path) -> None:
    (image,) = Film(write_film(tmp_path / "turned.mp4", turned=turned)).frames([0])
    assert image.size == size
    red, green, _ = image.getpixel(corner)  # type: ignore[misc]
    assert red > 200 > 60 > green


@pytest.mark.parametrize("name", ["vfr.mp4", "vfr.mkv"])
def test_a_variable_rate_keeps_its_times(name: str, tmp_path: Path, checkpoint: Checkpoint) -> None:
    stamps = [500, 600, 1400, 1450, 1500, 8500]
    film = Film(write_film(tmp_path / name, 6, stamps=stamps))
    assert film.rate is None
    assert film.times == tuple(pytest.approx((stamp - 500) / 1000) for stamp in stamps)
    clip = checkpoint.preprocessor.clip(film, 128_000)  # six frames at even steps from 0 to 8 s: 0, 1.6, ..., 8
    assert [shade_of(frame) for frame in clip.frames] == [pytest.approx(v, abs=4) for v in (0, 204, 204, 204, 204, 255)]
    assert clip.seconds_per_grid == pytest.approx(film.duration / 3)


def shade_of(frame: Any) -> int:
    return int(np.asarray(frame)[frame.shape[0] // 2, frame.shape[1] // 2].mean())


def test_a_rate_that_is_no_whole_number(tmp_path: Path, checkpoint: Checkpoint) -> None:
    film = open_video(write_film(tmp_path / "ntsc.mp4", 60, rate=Fraction(30000, 1001)))
    assert film.rate == pytest.approx(30000 / 1001)
    clip = checkpoint.preprocessor.clip(film, 128_000)
    assert clip.grid.t == 2  # of 2.002 s four frames
    assert clip.seconds_per_grid == pytest.approx(60 * 1001 / 30000 / 2)


def test_a_single_frame(tmp_path: Path, checkpoint: Checkpoint) -> None:
    clip = checkpoint.preprocessor.clip(open_video(write_film(tmp_path / "one.mp4", 1)), 128_000)
    assert (clip.grid.t, clip.seconds, clip.start) == (1, (0.0,), 0)


def test_a_part_of_a_file(tmp_path: Path, checkpoint: Checkpoint) -> None:
    film = open_video(write_film(tmp_path / "long.mp4", 200, key_every=20), start=5, end=7.05)
    clip = checkpoint.preprocessor.clip(film, 128_000)
    assert (clip.start, clip.end, clip.grid.t) == (5, 7.05, 2)
    first, last = shade_of(clip.frames[0]), shade_of(clip.frames[-1])
    assert (first, last) == (pytest.approx(50 * 255 // 199, abs=3), pytest.approx(70 * 255 // 199, abs=3))


def test_it_tells_how_far_it_is(tmp_path: Path, checkpoint: Checkpoint) -> None:
    told: list[tuple[int, int]] = []
    film = open_video(
        write_film(tmp_path / "long.mp4", 40), fps=5, on_progress=lambda done, total: told.append((done, total))
    )
    clip = checkpoint.preprocessor.clip(film, 128_000)
    assert told == [(number, 20) for number in range(1, 21)]
    assert checkpoint.preprocessor.clip(film, 128_000) is clip and len(told) == 20  # it is read once


def test_only_a_few_frames_are_held_at_full_size(tmp_path: Path, checkpoint: Checkpoint) -> None:
    """What is kept of a long video is its resized frames: they are made one at a time."""
    film = open_video(write_film(tmp_path / "large.mp4", 60, size=(320, 180)), fps=10)
    made: list[weakref.ref[Any]] = []
    held: list[int] = []
    frames = film.frames

    def watched(indices: Any) -> Any:
        for image in frames(indices):
            made.append(weakref.ref(image))
            held.append(sum(each() is not None for each in made))
            yield image

    film.frames = watched  # type: ignore[method-assign]
    clip = checkpoint.preprocessor.clip(film, 4096)
    assert len(held) - 1 == len(clip.frames) == 50 and max(held) <= 4  # one more, for the size
    assert clip.grid.patches // 4 <= 4096 * 0.9


def test_without_pyav_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_film(tmp_path / "a.mp4")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependency, match=r'needs PyAV: pip install "handeye\[video\]"'):
        open_video(path)


def test_only_sound(tmp_path: Path) -> None:
    with pytest.raises(NoVideoTrack, match=r"sound.m4a holds only sound: give a file with a video track"):
        open_video(write_sound(tmp_path / "sound.m4a"))


def test_a_track_without_a_frame(tmp_path: Path) -> None:
    with pytest.raises(EmptyVideo, match=r"empty.mkv has a video track without a frame"):
        open_video(write_sound(tmp_path / "empty.mkv", empty_video=True))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 5000])
def test_what_is_no_video(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_bytes(content)
    with pytest.raises(InvalidVideo, match=r"text\.mp4"):
        open_video(path)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidVideo, match=r"none.mp4 is not a file: give a video file, or a folder of frames"):
        open_video(tmp_path / "none.mp4")
    with pytest.raises(InvalidVideo, match=r"'a.x00b.mp4' "):
        open_video("a\0b.mp4")


def test_the_index_of_a_truncated_file_is_missing(tmp_path: Path) -> None:
    path = write_film(tmp_path / "cut.mp4", 200, key_every=20)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedVideo, match="is truncated or damaged"):
        open_video(path)


@pytest.mark.parametrize(("name", "options"), [("cut.mp4", FAST), ("cut.mkv", {})])
def test_a_truncated_file_is_read_up_to_where_it_ends_if_that_is_asked_for(
    name: str, options: dict[str, str], tmp_path: Path, checkpoint: Checkpoint
) -> None:
    path = write_film(tmp_path / name, 200, key_every=20, options=options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(DamagedVideo, match=r"can be read up to [\d.]+ of 20\.0 s; get the whole file") as caught:
        open_video(path)
    end = float(str(caught.value).split("up to ")[1].split()[0])
    assert 2 < end < 20
    clip = checkpoint.preprocessor.clip(open_video(path, end=end - 1), 128_000)
    assert clip.end == end - 1
    with pytest.raises(DamagedVideo):
        open_video(path, end=end + 5)


def test_fragments_that_are_complete_are_read(tmp_path: Path) -> None:
    path = write_film(tmp_path / "killed.mp4", 60, key_every=10, options=FRAGMENTS)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moof", len(content) // 2) - 4])
    film = Film(path)
    assert 10 <= len(film.times) < 60
    assert len(list(film.frames([0, len(film.times) - 1]))) == 2


@pytest.mark.parametrize("seed", range(12))
def test_damage_is_an_error_or_does_no_harm(seed: int, tmp_path: Path) -> None:
    """Bytes that are wrong anywhere end in frames or in a named error, never in another exception."""
    chance = random.Random(seed)
    path = write_film(tmp_path / "damaged.mp4", 60, key_every=10)
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([3, 30, 300])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    try:
        film = Film(path, Choice())
        assert all(image.size[0] > 0 for image in film.frames(range(0, len(film.times), 7)))
    except InvalidVideo as error:
        assert "damaged.mp4" in str(error) and "\n" not in str(error)
