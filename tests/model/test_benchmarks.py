"""The benches run, at a size that takes seconds."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import torch
from PIL import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.model.training.tiny.dataset import Example, Pair, ShardWriter

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
TINY = BENCHMARKS.parent / "model" / "checkpoints" / "handeye-tiny"


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *options], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "options"),
    [
        ("cpu_step.py", ("--max-pixels", "50000")),
        ("cpu_step.py", ("--max-pixels", "50000", "--history", "2")),
    ],
)
def test_a_bench_prints_its_table(script: str, options: tuple[str, ...]) -> None:
    done = run(script, *options, "--runs", "1", "--tokens", "3")
    assert done.returncode == 0, done.stderr
    rows = {line[:16].strip(): line[16:].split() for line in done.stdout.splitlines() if line.endswith("x")}
    assert list(rows) == ["preprocess ms", "vision ms", "prefill ms", "ms/token", "whole step ms"]
    assert all(len(figures) == 3 for figures in rows.values())
    assert "greatest logit difference" in done.stdout


@pytest.mark.slow
def test_the_bench_of_a_gpu_prints_its_tables() -> None:
    done = run("gpu_step.py", "--tiny", "--device", "cpu", "--runs", "1", "--tokens", "3")
    assert done.returncode == 0, done.stderr
    rows = [line.split()[0] for line in done.stdout.splitlines() if line.endswith("x")]
    assert rows == ["preprocess", "vision", "prefill", "each", "whole"]
    shares = [line for line in done.stdout.splitlines() if line.endswith("rate")]
    assert len(shares) == 3 and all("%" in line for line in shares)
    assert "on the CPU, the same numbers" in done.stdout
    assert "mean distance of the logits from float32: handeye" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_gpu_the_bench_says_so_in_one_line() -> None:
    done = run("gpu_step.py")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("gpu_step: PyTorch finds no CUDA device")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_bench_of_many_episodes_prints_its_table() -> None:
    done = run("gpu_serve.py", "--tiny", "--device", "cpu", "--runs", "1", "--tokens", "3")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.endswith("x")]
    assert [row[0] for row in rows] == ["1", "2", "4", "8"]
    assert rows[0][-1] == "1.00x"


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_gpu_the_bench_of_kernels_compares_the_twins() -> None:
    done = run("kernels.py", "--rows", "1", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kernels: times need a GPU that CUDA knows")
    rows = [(line[:14].strip(), line[14:]) for line in done.stdout.splitlines() if line[14:24].strip().startswith("0.")]
    assert [name for name, _ in rows[:5]] == ["norm", "gate", "turn", "attend", "fp8 q, k, v"]
    assert len(rows) == 2 * 12 + 8 + 3
    assert all(0 < float(error) < 0.01 for _, error in rows)


@pytest.mark.slow
def test_the_bench_of_number_formats_prints_its_table() -> None:
    done = run("cpu_dtype.py", "--runs", "1", "--tokens", "1", "2")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[-3:]] == ["1", "2", "weights"]
    assert "with --dtype bfloat16 handeye computes in torch." in done.stdout


@pytest.mark.slow
def test_the_bench_of_coordinates_prints_its_table(tmp_path: Path) -> None:
    pair = Pair("You operate a screen. Answer with one JSON step.", "Task: Click on Tab #2.\nScreen 168x224:\n", "")
    page = BytesIO()
    Image.new("RGB", (168, 224), "white").save(page, "PNG")
    with ShardWriter(tmp_path, "click-tab") as shard:
        shard.write(Example("click-tab", page.getvalue(), (pair,)))
    done = run("coordinates.py", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 questions, ")
    rows = done.stdout.splitlines()[3:]
    assert [row[:24].strip() for row in rows] == [
        "bfloat16",
        "stored in bfloat16",
        "fp8",
        "int8",
    ]


def test_a_part_of_the_layers_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from cpu_large import Step  # a script

    measured = Step(vision=2, prefill=4, token=1.5, head=0.5, memory=3, weights=1, dtype="")
    theirs = measured.extended(9, last_is_free=False)
    assert theirs == Step(vision=8, prefill=16, token=4.5, head=0.5, memory=6, weights=1, dtype="")
    assert measured.extended(9, last_is_free=True).prefill == 4 * 35 / 8
    assert measured.extended(36, last_is_free=True) == measured
    assert theirs.seconds(32) == 8 + 16 + 31 * 4.5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_the_large_bench_measures_a_folder(write: Callable[..., Path], tmp_path: Path) -> None:
    folder = write(tmp_path / "a", tied=True)
    for side in ("handeye auto", "transformers float32"):
        done = run("cpu_large.py", "--runs", side, "--tokens", "3", "--folder", str(folder))
        assert done.returncode == 0, done.stderr
        *figures, dtype = json.loads(done.stdout.splitlines()[-1])
        assert dtype == "float32" and all(figure > 0 for figure in figures)


@pytest.mark.slow
def test_loading_reserves_the_weights_and_a_tenth() -> None:
    done = run("load_memory.py", "--layers", "10")
    assert done.returncode == 0, done.stderr
    rows = [line.split()[-3:] for line in done.stdout.splitlines() if line.endswith("%")]
    assert len(rows) == 5
    for weights, reserved, _ in rows:
        assert float(weights) > 100 and float(reserved) <= 1.1 * float(weights), done.stdout


@pytest.mark.slow
def test_the_bench_of_videos_prints_its_table() -> None:
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    done = run("video.py", "--minutes", "0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0.1 minutes of 320x180 at 25/s: 150 frames")
    rows = [line for line in done.stdout.splitlines()[3:] if line]
    assert [line[:34].split()[0] for line in rows] == ["times", "released", "1/s,", "1/s,", "1/s,", "every"]
    assert all(float(line[44:54].replace(",", "")) > 0 for line in rows)


@pytest.mark.slow
def test_the_bench_of_grammars_prints_its_tables() -> None:
    done = run("grammar.py", "--size", "600", "--runs", "1", "--tokenizer", str(TINY))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line[:24].strip() for line in lines[3:8]] == [
        "a click",
        "one of 200 keys",
        "a text",
        "thought and action",
        "a call after a thought",
    ]
    assert all(float(line.split()[-1]) > 1 for line in lines[3:8]), "guesses save passes"
    assert [line[:24].strip() for line in lines[10:14]] == [
        "greedy",
        "greedy, not allowed",
        "sampled",
        "greedy, handeye-tiny",
    ]
    rows = [line.split() for line in lines[17:]]
    assert {row[1] for row in rows} == {"browser", "desktop", "phone"}
    assert len(rows) == 3 * len(AGENTS)
    assert all(int(row[4].replace(",", "")) > 100 for row in rows), "states"
    assert all(float(row[-1].rstrip("%")) > float(row[-2].rstrip("%")) for row in rows), "shares"
