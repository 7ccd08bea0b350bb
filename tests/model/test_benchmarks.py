"""The benches run, at a size that takes seconds."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


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
        ("gpu_step.py", ("--tiny", "--device", "cpu")),
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
def test_the_bench_of_number_formats_prints_its_table() -> None:
    done = run("cpu_dtype.py", "--runs", "1", "--tokens", "1", "2")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[-3:]] == ["1", "2", "weights"]
    assert "with --dtype bfloat16 handeye computes in torch." in done.stdout


@pytest.mark.slow
def test_the_bench_of_videos_prints_its_table() -> None:
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    done = run("video.py", "--minutes", "0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0.1 minutes of 320x180 at 25/s: 150 frames")
    rows = [line for line in done.stdout.splitlines()[3:] if line]
    assert [line[:34].split()[0] for line in rows] == ["times", "released", "1/s,", "1/s,", "1/s,", "every"]
    assert all(float(line[44:54].replace(",", "")) > 0 for line in rows)
