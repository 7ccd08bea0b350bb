"""The wheel holds the tracked files of the packages, all of them and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
FOLDERS = ("actions", "agent", "environments", "evals", "model")
BUILD_FILES = ("pyproject.toml", "README.md", "LICENSE")


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "handeye", *FOLDERS], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it from the tracked files alone, by way of the sdist, as a release would be."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in [*tracked_files(), *map(Path, BUILD_FILES)]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = out.glob("*.whl")
    return path


def test_wheel_holds_the_tracked_files_and_nothing_else(wheel: Path) -> None:
    expected = {
        name.as_posix() if name.parts[0] == "handeye" else f"handeye/{name.as_posix()}" for name in tracked_files()
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert sorted(names - expected) == []
    assert sorted(expected - names) == [], "list the package under `packages`, or the file under `package-data`"


def test_wheel_brings_its_license_and_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = {name.split(".dist-info/")[1]: name for name in archive.namelist() if ".dist-info/" in name}
        assert "Apache License" in archive.read(metadata["licenses/LICENSE"]).decode()
        assert "handeye = handeye.__main__:main" in archive.read(metadata["entry_points.txt"]).decode()
