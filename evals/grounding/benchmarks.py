"""The grounding benchmarks."""

from collections.abc import Sequence
from typing import Any

from handeye.actions.schema import AnyAction, Click
from handeye.evals.grounding.asker import NOWHERE, grounding_asker
from handeye.evals.grounding.formats import NAMES, prompt_digest
from handeye.evals.grounding.judges import PointInTarget, WithoutRefusals, WithRefusals
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.samples.benchmark import Benchmark, Table
from handeye.evals.samples.judge import Judge

_COOKBOOK = "the makers' cookbooks of Qwen2.5-VL show images of ScreenSpot: its weights may have seen them"

_BY_PLATFORM = Table("platform", "type")


def oracle(sample: GroundingSample) -> tuple[AnyAction, ...]:
    """Return the right answer."""
    return (NOWHERE,) if sample.target is None else (Click(point=sample.target.inside()),)


def screenspot() -> Benchmark[GroundingSample]:
    """ScreenSpot. Its macro average is the mean of platform x type."""
    return _benchmark("screenspot", "ScreenSpot", (_BY_PLATFORM,), ("platform", "type"), (_COOKBOOK,))


def screenspot_v2() -> Benchmark[GroundingSample]:
    """ScreenSpot-v2."""
    return _benchmark("screenspot-v2", "ScreenSpot-v2", (_BY_PLATFORM,), ("platform", "type"), (_COOKBOOK,))


def screenspot_pro() -> Benchmark[GroundingSample]:
    """ScreenSpot-Pro. Its own number is the micro average."""
    tables = (Table("group", "type"), Table("application"))
    return _benchmark("screenspot-pro", "ScreenSpot-Pro", tables, ("group", "type"))


def osworld_g() -> Benchmark[GroundingSample]:
    """OSWorld-G."""
    judges = (WithRefusals(), WithoutRefusals())
    return _benchmark("osworld-g", "OSWorld-G", (Table("target"), Table("type")), judges=judges)


def ui_vision() -> Benchmark[GroundingSample]:
    """UI-Vision's element grounding. Its own number is the macro average, over the splits."""
    notes = ("UI-Vision's own number is the mean of the three splits: the macro average",)
    return _benchmark("ui-vision", "UI-Vision", (Table("split"), Table("platform")), ("split",), notes)


def mmbench_gui() -> Benchmark[GroundingSample]:
    """MMBench-GUI, level 2. Its own number is the macro average, over basic and advanced instructions."""
    notes = ("MMBench-GUI's own number is the mean of basic and advanced: the macro average",)
    tables = (Table("platform", "instruction"), Table("type"))
    return _benchmark("mmbench-gui", "MMBench-GUI L2", tables, ("instruction",), notes)


def own_file() -> Benchmark[GroundingSample]:
    """A file of one's own."""
    return _benchmark("grounding", "Grounding", (), judges=(WithRefusals(), WithoutRefusals()))


def _benchmark(
    name: str,
    title: str,
    tables: Sequence[Table],
    macro: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    judges: Sequence[Judge[Any]] = (PointInTarget(),),
) -> Benchmark[GroundingSample]:
    return Benchmark(
        name=name,
        title=title,
        judges=judges,
        asker=grounding_asker,
        prompt_digest=prompt_digest,
        oracle=oracle,
        formats=NAMES,
        tables=tables,
        macro=macro,
        notes=notes,
    )
