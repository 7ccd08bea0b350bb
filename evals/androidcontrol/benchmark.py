"""AndroidControl as an offline benchmark."""

from handeye.evals.androidcontrol.actions import oracle
from handeye.evals.androidcontrol.asker import StepAsker
from handeye.evals.androidcontrol.judges.catalog import JUDGES
from handeye.evals.androidcontrol.prompt import prompt_digest
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.samples.benchmark import Benchmark, Table


def androidcontrol() -> Benchmark[StepSample]:
    """AndroidControl. Its judges disagree by dozens of points over the same answers."""
    return Benchmark(
        name="androidcontrol",
        title="AndroidControl",
        judges=JUDGES,
        asker=StepAsker,
        prompt_digest=prompt_digest,
        oracle=oracle,
        tables=(Table("action"), Table("split")),
        labels="scroll direction",
        notes=("right is EM: the action and its arguments; type is TM. Compare what one judge says of the same steps",),
    )
