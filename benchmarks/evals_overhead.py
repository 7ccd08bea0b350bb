"""The time that an offline benchmark takes besides the model: harness, judging, error bars.

    python benchmarks/evals_overhead.py                 # 2,000 samples asked, 10,000 predictions judged
    python benchmarks/evals_overhead.py --samples 500

A rule answers in place of a model. Each sample is hashed, sent to a worker, answered, judged, and its prediction is on
the disk before the next one; the images are drawn beforehand, 1280x720, four samples an image. Reach: 2 ms a sample,
and 10 s for 10,000 predictions with all error bars.
"""

import argparse
import io
import json
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from rich.console import Console

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.evals.offline import OFFLINE
from handeye.evals.pool.run import Workers
from handeye.evals.samples.log import PREDICTIONS, read_predictions
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.rescore import newest_of, score_all
from handeye.evals.samples.run import Loading, run_samples
from handeye.evals.samples.settings import AskSettings

SIZE = Size(1280, 720)
PER_IMAGE = 4
REACH_MILLISECONDS = 2.0
REACH_SECONDS = 10.0
"""For 10,000 predictions."""


def main() -> None:
    """Ask, judge, and print both times beside what they must reach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--predictions", type=int, default=10_000)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        asked = ask(Path(folder), options.samples)
        judged = judge(Path(folder), options.predictions)
    share = asked / REACH_MILLISECONDS
    print(f"harness, a sample      {asked:6.2f} ms   reach {REACH_MILLISECONDS:.2f} ms   {share:.2f}x")
    scaled = judged * 10_000 / options.predictions
    print(f"judging, 10,000        {scaled:6.2f} s    reach {REACH_SECONDS:.2f} s    {scaled / REACH_SECONDS:.2f}x")


def ask(folder: Path, count: int) -> float:
    """Return the milliseconds of a sample in a run of one worker, without starting it."""
    offline, options = OFFLINE["grounding"], {"part": True}
    small, large = (offline.load(str(drawn(folder / str(number), number)), options) for number in (8, count))
    seconds = []
    for dataset in (small, large):
        began = time.perf_counter()
        run_samples(
            offline.benchmark,
            dataset,
            Loading("", {}),
            AskSettings(model="random"),
            folder / f"out-{len(dataset.samples)}",
            workers=Workers(1),
            console=Console(file=io.StringIO()),
        )
        seconds.append(time.perf_counter() - began)
    # The small run costs what starting and ending costs.
    return (seconds[1] - seconds[0]) / (count - 8) * 1000


def judge(folder: Path, count: int) -> float:
    """Return the seconds that reading and judging predictions takes, with error bars."""
    offline = OFFLINE["grounding"]
    dataset = offline.load(str(drawn(folder / "many", count)), {"part": True})
    chance = random.Random(0)
    out = folder / "predictions"
    out.mkdir()
    with (out / PREDICTIONS).open("w") as file:
        for index, sample in enumerate(dataset.samples):
            point = Point(chance.randrange(SIZE.width), chance.randrange(SIZE.height))
            prediction = Prediction(
                key=str(index),
                sample=sample.id,
                text=f"({point.x},{point.y})",
                actions=(Click(point=point),),
                size=SIZE,
            )
            file.write(prediction.model_dump_json(exclude_defaults=True) + "\n")
    began = time.perf_counter()
    score_all(offline.benchmark(), dataset.samples, newest_of(read_predictions(out)))
    return time.perf_counter() - began


def drawn(folder: Path, count: int) -> Path:
    """Write a dataset of random boxes, and return its file."""
    folder.mkdir()
    chance = random.Random(count)
    drawing = io.BytesIO()
    Image.effect_noise(SIZE, 20).convert("RGB").save(drawing, "PNG")
    lines = []
    for index in range(count):
        name = f"{index // PER_IMAGE}.png"
        if index % PER_IMAGE == 0:
            # Bytes after the end of a PNG are not read: the same picture, and another file.
            (folder / name).write_bytes(drawing.getvalue() + name.encode())
        left, top = chance.randrange(SIZE.width - 300), chance.randrange(SIZE.height - 200)
        box = [left, top, left + chance.randrange(20, 300), top + chance.randrange(20, 200)]
        lines.append(json.dumps({"image": name, "instruction": f"box {index}", "bbox": box, "box": "xyxy"}))
    file = folder / "boxes.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return file


if __name__ == "__main__":
    main()
