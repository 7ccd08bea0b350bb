"""`handeye eval`: measuring a model on benchmarks that are scored automatically."""

import typer

from handeye.evals.cli.androidcontrol import add_androidcontrol
from handeye.evals.cli.androidworld import ANDROIDWORLD
from handeye.evals.cli.browsergym import BROWSERGYM
from handeye.evals.cli.command import add_command
from handeye.evals.cli.compare import add_compare
from handeye.evals.cli.doctor import add_doctor
from handeye.evals.cli.grounding import add_grounding
from handeye.evals.cli.miniwob import MINIWOB
from handeye.evals.cli.mobile_miniwob import MOBILE_MINIWOB
from handeye.evals.cli.osworld import OSWORLD
from handeye.evals.cli.report import add_report
from handeye.evals.cli.rescore import add_rescore
from handeye.evals.cli.selftest import add_selftest
from handeye.evals.cli.simulated_phone import SIMULATED_PHONE

app = typer.Typer(no_args_is_help=True, help="Measure a model on benchmarks that are scored automatically.")


@app.callback()
def evals() -> None:
    """Measure a model on benchmarks that are scored automatically."""


for command in (MINIWOB, MOBILE_MINIWOB, SIMULATED_PHONE, ANDROIDWORLD, OSWORLD, BROWSERGYM):
    add_command(app, command)
for name, title in (
    ("screenspot", "ScreenSpot, 1,272 targets"),
    ("screenspot-v2", "ScreenSpot-v2, 1,272 targets"),
    ("screenspot-pro", "ScreenSpot-Pro, 1,581 small targets on large screens"),
    ("osworld-g", "OSWorld-G, 564 targets, some of which are not there"),
    ("ui-vision", "UI-Vision, in three splits"),
    ("mmbench-gui", "MMBench-GUI, level 2"),
    ("grounding", "a file of your own, one JSON object a line"),
):
    add_grounding(app, name, title)
add_androidcontrol(app)
add_rescore(app)
add_selftest(app)
add_report(app)
add_compare(app)
add_doctor(app)
