"""An adapter is a part of what was measured: of the manifest, and of the key of each prediction."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.evals.cli.app import app
from handeye.evals.errors import ResultsError
from handeye.evals.grounding.drawn import LAYOUTS, draw
from handeye.evals.manifest import read_manifest
from handeye.evals.samples.log import read_predictions
from tests.model.adapters.folders import write_adapter
from tests.model.opencua_checkpoint import write_opencua


@pytest.mark.slow
def test_an_adapter_is_a_part_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_opencua(tmp_path / "opencua")
    write_adapter(tmp_path / "lora", layers=["lm_head"])
    layout, images, conventions = LAYOUTS["screenspot"]
    layout(tmp_path / "data", draw(tmp_path / "data" / images), conventions[0])
    common = ["--part", "--limit", "2", "--max-tokens", "4", "--device", "cpu", "--model", "opencua"]

    def ask(out: str, *options: str) -> None:
        done = CliRunner().invoke(app, ["screenspot", "data", *common, "--out", out, *options], catch_exceptions=False)
        assert done.exit_code == 0, done.output

    ask("plain")
    ask("adapted", "--adapter", "lora=0.5")
    plain, adapted = read_manifest(tmp_path / "plain"), read_manifest(tmp_path / "adapted")
    (named,) = adapted["adapters"]
    assert (named["name"], named["weight"]) == (str(tmp_path / "lora"), 0.5)
    assert (plain["adapters"], plain["revision"]) == ([], adapted["revision"])
    keys = [{each.key for each in read_predictions(tmp_path / out)} for out in ("plain", "adapted")]
    assert len(keys[0]) == len(keys[1]) == 2
    assert keys[0].isdisjoint(keys[1])
    with pytest.raises(ResultsError, match="holds results with adapters"):
        ask("adapted")
    with pytest.raises(ResultsError, match="holds results with adapters"):
        ask("adapted", "--adapter", "lora=0.25")
