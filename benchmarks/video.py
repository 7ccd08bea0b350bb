"""Reading an hour of video: frames a second, and memory.

    OMP_NUM_THREADS=1 python benchmarks/video.py                  # an hour of 320x180 at 25 frames a second
    python benchmarks/video.py --minutes 5 --size 1920x1080

The file is made on the spot: a moving square, with a key frame every ten seconds. It is read as handeye reads it for a
released checkpoint, by the released rule and at one frame a second, and for comparison by decoding every frame to RGB.
Memory is what the process has more than before, at its highest; frames a second counts those of the file.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from PIL.Image import Resampling

from handeye.model.architecture.config import VisionConfig
from handeye.model.video.clip import read_clip
from handeye.model.video.open import open_video
from handeye.model.video.sampling import RELEASED_CONTEXT, Budget

VISION = VisionConfig(
    depth=32,
    hidden_size=1280,
    intermediate_size=3420,
    num_heads=16,
    out_hidden_size=2048,
    patch_size=14,
    spatial_merge_size=2,
    temporal_patch_size=2,
    window_size=112,
    fullatt_block_indexes=(7, 15, 23, 31),
    tokens_per_second=2,
)
"""The released 3B."""


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=int, default=25)
    parser.add_argument("--size", default="320x180")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    count = round(options.minutes * 60 * options.rate)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.mp4"
        spent, _ = measured(lambda: write(path, count, options.rate, width, height))
        print(
            f"{options.minutes:g} minutes of {width}x{height} at {options.rate}/s: {count:,} frames, "
            f"{path.stat().st_size / 1e6:.1f} MB, made in {spent:.0f} s; {torch.get_num_threads()} threads\n"
        )
        print(f"{'':34}{'seconds':>10}{'frames/s':>10}{'memory MB':>11}{'seen':>7}{'tokens':>9}{'of size':>11}")
        row("times only", count, *measured(lambda: open_video(path)))
        released = Budget.of(3136, 12_845_056, VISION.factor**2, RELEASED_CONTEXT)
        small = Budget.of(3136, 64 * VISION.factor**2, VISION.factor**2, RELEASED_CONTEXT)
        for what, budget, choice in (
            ("released rule, 2/s, 768 at most", released, {}),
            ("1/s, 768 at most", released, {"fps": 1}),
            ("1/s, as many as fit", released, {"fps": 1, "max_frames": 3600}),
            ("1/s, 64 tokens a pair", small, {"fps": 1, "max_frames": 3600}),
        ):
            row(what, count, *measured(lambda b=budget, c=choice: clip_of(path, b, c)))  # type: ignore[misc]
        row("every frame decoded, none kept", count, *measured(lambda: decode_all(path)))


def clip_of(path: Path, budget: Budget, choice: dict[str, Any]) -> Any:
    """Read a file as the model reads it."""
    return read_clip(open_video(path, **choice), budget, VISION, Resampling.BICUBIC, torch.get_num_threads())


def decode_all(path: Path) -> None:
    """Decode every frame to RGB, one at a time."""
    import av

    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            frame.to_ndarray(format="rgb24")


def write(path: Path, count: int, rate: int, width: int, height: int) -> None:
    """Write frames on which a square moves."""
    import av

    background = np.zeros((height, width, 3), np.uint8)
    background[:] = np.linspace(20, 200, width, dtype=np.uint8)[None, :, None]
    side = height // 6
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "30"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", 10 * rate
        for index in range(count):
            picture = background.copy()
            left, top = (index // 3) % (width - side), (index // 50) % (height - side)
            picture[top : top + side, left : left + side] = (220, 60, 40)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def measured(work: Callable[[], Any]) -> tuple[float, tuple[float, Any]]:
    """Return the seconds that work took, and with its result the most memory in MB that it had more than before."""
    process = psutil.Process()
    before = most = process.memory_info().rss
    done = threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, process.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    began = time.perf_counter()
    try:
        result = work()
        spent = time.perf_counter() - began
        most = max(most, process.memory_info().rss)
    finally:
        done.set()
        looking.join()
    return spent, ((most - before) / 1e6, result)


def row(what: str, count: int, spent: float, found: tuple[float, Any]) -> None:
    """Print a line of the table."""
    memory, result = found
    line = f"{what:34}{spent:10.1f}{count / spent:10,.0f}{memory:11.0f}"
    if hasattr(result, "grid"):
        frames, height, width, _ = result.frames.shape
        line += f"{frames:7,}{result.grid.patches // 4:9,}{f'{width}x{height}':>11}"
    print(line)


if __name__ == "__main__":
    main()
