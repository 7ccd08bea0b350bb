"""`handeye eval simulated-phone`."""

from handeye.evals.cli.command import EvalCommand, Harness

HELP = (
    "Play everyday tasks on a simulated phone, over adb: 37 of them, modelled on AndroidWorld.\n\n"
    "The model gets the screenshot and the instruction, and touches the screen. An episode is solved when the phone's "
    "final state is as requested, and nothing else has changed. The same command continues an interrupted run; with "
    "--retry-errors it also plays again what failed with an error.\n\n"
    "Exit status: 0 all episodes were played, 1 some had an error, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval simulated-phone --model oracle --episodes 5 --out runs/oracles\n\n"
    "  handeye eval simulated-phone --model Qwen/Qwen2.5-VL-7B-Instruct \\\n"
    "    --tasks airplane-mode,add-contact\n"
)


def harness() -> Harness:
    """Return what plays the tasks; all of them have an oracle."""
    from handeye.evals.simulated_phone.catalog import STEPS, select
    from handeye.evals.simulated_phone.task import PROTOCOL, SimulatedPhoneTasks

    return Harness(lambda text, oracle: select(text), lambda name: STEPS, SimulatedPhoneTasks, PROTOCOL)


SIMULATED_PHONE = EvalCommand(
    name="simulated-phone",
    help=HELP,
    harness=harness,
    model="oracle",
    tasks="all",
    tasks_help="Names separated by commas, or all, three.",
    episodes=5,
    first_seed=0,
    seed_help="Seed of the first one.",
    headed_help="Show the phone in a window.",
)
