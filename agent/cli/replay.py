"""`handeye replay`: repeats a trajectory without a model."""

import re
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from handeye.actions.errors import HandeyeError
from handeye.agent.cli.environment import BrowserSettings
from handeye.agent.cli.local import Changes, with_other_acting
from handeye.agent.cli.notices import Notices
from handeye.agent.cli.options import (
    Approve,
    ApproveOption,
    OpenOption,
    OtherGrounderServerOption,
    OtherModelOption,
    OtherServerOption,
    ProfileOption,
    SecondsOption,
    SecretOption,
    TokensOption,
    as_url,
    parse_secret,
)
from handeye.agent.cli.run import default_directory, exit_code, person
from handeye.agent.cli.settings import MissingSecret, Settings
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import require_room
from handeye.agent.limits import Limits
from handeye.agent.live import LiveView
from handeye.agent.outcome import StopReason
from handeye.agent.page.document import write_page
from handeye.agent.policy import Policy
from handeye.agent.replay.compare import TOLERANCE, Region
from handeye.agent.replay.cues import Cue, cues, secret_names
from handeye.agent.replay.environment import PATIENCE
from handeye.agent.replay.policy import Judge, OnDivergence
from handeye.agent.replay.run import Replay
from handeye.agent.replay.run import replay as replay_trajectory
from handeye.environments.errors import InvalidOption

_MODEL_STEPS = 30
"""The default number of steps for a model that takes over."""


@with_other_acting
def replay(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the episode to replay.")],
    on_divergence: Annotated[
        OnDivergence,
        typer.Option(
            help="When a screen differs from the recorded one: stop, continue, or let the model take over (policy)."
        ),
    ] = OnDivergence.STOP,
    tolerance: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="How much the most different spot may differ: 0 is identical, 1 is black instead of white.",
        ),
    ] = TOLERANCE,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LEFT,TOP,RIGHT,BOTTOM",
            help="A region that may differ, in pixels of the recorded screenshots; an empty RIGHT or BOTTOM is the "
            "edge; may be repeated.",
        ),
    ] = None,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for a screen to match the recorded one.")
    ] = PATIENCE,
    url: Annotated[
        str | None,
        typer.Option(
            help="Start at a different page than the recorded one.", show_default=False, rich_help_panel="Browser"
        ),
    ] = None,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser.", rich_help_panel="Browser")] = False,
    secret: SecretOption = None,
    model: OtherModelOption = None,
    server: OtherServerOption = None,
    profile: ProfileOption = None,
    grounder_server: OtherGrounderServerOption = None,
    *,
    local: Changes,
    max_steps: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Stop after this many steps, including the replayed ones.",
            show_default=f"the recorded steps plus {_MODEL_STEPS}",
            rich_help_panel="Limits",
        ),
    ] = None,
    seconds: SecondsOption = None,
    tokens: TokensOption = None,
    approve: ApproveOption = Approve.ALL,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder of the replay.", show_default="runs/TIME-replay-DIR", metavar="DIR"),
    ] = None,
    open_page: OpenOption = False,
) -> None:
    """Repeat what an episode did, without a model, and compare each screen with the recorded one.

    It runs in the same environment with the same options. At a divergence, pictures of the recorded screen, the current
    screen and the differences are saved, and their paths are printed. The replay is saved in its own folder, which
    handeye show and handeye replay also accept.

    Exit status:

      0 every screen matched         1 the replay diverged

      2 wrong usage, or an error     3 a limit was reached

      4 you denied an action         5 the environment was lost     130 Ctrl-C

    Examples:

      handeye replay runs/login

      handeye replay runs/login --ignore 1100,0,1280,40 \\
        --url http://localhost:3000

      handeye replay runs/phone --ignore 0,0,,72 \\
        --on-divergence policy --model Qwen/Qwen2.5-VL-7B-Instruct
    """
    trajectory = read_trajectory(directory)
    script = cues(trajectory)
    settings = Settings.from_journal(trajectory.settings, directory)
    changes: dict[str, object] = {
        "policy": settings.policy.changed(
            local, model=model, server=server, profile=profile, grounder_server=grounder_server
        ),
        "secrets": settings.secrets | dict(map(parse_secret, secret or ())),
        "environment": _environment(settings, url, headed),
    }
    settings = settings.model_copy(update=changes)
    _require_secrets(settings, script)
    judge = Judge(tuple(map(parse_region, ignore or ())), tolerance)
    takes_over = on_divergence is OnDivergence.POLICY
    if takes_over:
        settings.policy.require()
        settings.policy.require_servers_named(server, grounder_server)
    limits = Limits(
        steps=len(script) + _MODEL_STEPS if max_steps is None else max_steps,
        seconds=seconds,
        problems=3 if takes_over else None,
        tokens=tokens,
    )
    place = default_directory(f"replay {directory.resolve().name}") if out is None else out
    require_room(place)
    view = LiveView(Console(highlight=False))

    def take_over() -> Policy:
        view.console.print(f"the replay diverged; {settings.policy.label} takes over", style="yellow", markup=False)
        policy = settings.policy.make(view.text)
        Notices().tell(policy)
        return policy

    with settings.make_environment() as environment, view:
        done = replay_trajectory(
            trajectory,
            environment,
            judge=judge,
            patience=patience,
            on_divergence=on_divergence,
            take_over=take_over if takes_over else None,
            limits=limits,
            approve=view.asking(approve.approver),
            journal=place,
            on_step=view.step,
            user=person(view),
            settings=settings.to_journal(),
        )
    report(done, view, place)
    if open_page:
        webbrowser.open((place / "index.html").resolve().as_uri())
    raise typer.Exit(status(done))


def parse_region(text: str) -> Region:
    """Parse a region `LEFT,TOP,RIGHT,BOTTOM`; raise `InvalidOption` for any other text."""
    found = re.fullmatch(r"(\d{1,5}),(\d{1,5}),(\d{0,5}),(\d{0,5})", text.replace(" ", ""))
    if found is None:
        raise InvalidOption(
            f"the region {text!r} must be LEFT,TOP,RIGHT,BOTTOM in pixels, such as 0,0,1280,40 or 0,0,,40"
        )
    left, top, right, bottom = (int(number) if number else None for number in found.groups())
    region = Region(left or 0, top or 0, right, bottom)
    if (right is not None and right <= region.left) or (bottom is not None and bottom <= region.top):
        raise InvalidOption(f"the region {text!r} is empty: LEFT must be less than RIGHT, and TOP less than BOTTOM")
    return region


def status(done: Replay) -> int:
    """Return the exit status: 0 only if everything was as recorded."""
    match done.episode.stop:
        case (
            StopReason.SUCCESS
            | StopReason.ANSWERED
            | StopReason.FAILURE
            | StopReason.INFEASIBLE
            | StopReason.TASK_ENDED
            | StopReason.PROBLEM_LIMIT
        ):
            return 0 if done.reproduced else 1
        case stop:
            return exit_code(stop)


def report(done: Replay, view: LiveView, place: Path) -> None:
    """Show how the replay went, and write its page."""
    view.end(done.episode)

    def line(text: str, style: str) -> None:
        view.console.print(text, style=style, soft_wrap=True, markup=False)

    line(f"{done.matched} of {done.screens} screens matched", "green" if done.reproduced else "red")
    for divergence in done.divergences:
        line(f"diverged at {divergence.reason}", "red")
    for path in done.pictures:
        line(f"  {path.resolve()}", "dim")
    try:
        line(f"page: {write_page(place).resolve()}", "dim")
    except HandeyeError as error:
        # The replay itself is done: its exit status stands, and the page can be written later.
        line(f"no page: {error}", "yellow")


def _environment(settings: Settings, url: str | None, headed: bool) -> object:
    """Return the recorded environment with the user's changes."""
    environment = settings.environment
    changes: dict[str, object] = {}
    if url is not None:
        if not isinstance(environment, BrowserSettings):
            raise InvalidOption(f"--url needs a browser, but the episode ran in {environment.kind}: leave it out")
        changes["url"] = as_url(url)
    if headed:
        if "headed" not in type(environment).model_fields:
            raise InvalidOption(f"--headed needs a browser, but the episode ran in {environment.kind}: leave it out")
        changes["headed"] = True
    return environment.model_copy(update=changes)


def _require_secrets(settings: Settings, script: tuple[Cue, ...]) -> None:
    for name in sorted(secret_names(script) - settings.secrets.keys()):
        raise MissingSecret(
            f"the episode types the secret {name!r}: name the variable that holds it, --secret {name}=VARIABLE"
        )
