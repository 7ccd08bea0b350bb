"""`handeye eval miniwob`."""

from handeye.evals.cli.command import EvalCommand, Harness

HELP = (
    "Play MiniWoB++ from pixels: 125 small web tasks whose pages give the reward.\n\n"
    "The model gets the screenshot and the instruction, and uses a real mouse and keyboard. An episode is solved when "
    "the page's own raw reward is 1. An episode with an error counts as a failure and is listed. The same command "
    "continues an interrupted run; with --retry-errors it also plays again what failed with an error.\n\n"
    "Exit status: 0 all episodes were played, 1 some had an error, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval miniwob --tasks five --episodes 50 --workers 2 --out runs/five\n\n"
    "  handeye eval miniwob --tasks oracles --episodes 10 --model oracle \\\n    --out runs/oracles\n"
)


def harness() -> Harness:
    """Return what plays the pages. Raises `MissingDependency` without the package `miniwob`."""
    from handeye.evals.miniwob.selection import select, step_limit
    from handeye.evals.miniwob.sets import BREAKDOWN
    from handeye.evals.miniwob.task import PROTOCOL, MiniWob

    return Harness(lambda text, oracle: select(text, oracle=oracle), step_limit, MiniWob, PROTOCOL, (BREAKDOWN,))


MINIWOB = EvalCommand(
    name="miniwob",
    help=HELP,
    harness=harness,
    model="handeye-tiny",
    tasks="five",
    tasks_help="Names separated by commas, or all, five, oracles, webgum-56.",
    episodes=50,
    first_seed=1_000_000,
    seed_help="Seed of the first one. handeye-tiny was trained on seeds below 100,000.",
    headed_help="Show the browser.",
)
