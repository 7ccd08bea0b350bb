"""`handeye actions`: which action works where, and what a model says for it."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from handeye.actions.dialects.catalog import AGENTS
from handeye.agent.cli.action_table import SCREENS, Row, rows
from handeye.environments.errors import InvalidOption


def actions(
    env: Annotated[
        str, typer.Option(metavar="NAME", help="browser, desktop or android; what follows a colon does not matter.")
    ] = "browser",
    dialect: Annotated[
        str,
        typer.Option(metavar="NAME", help="; ".join(f"{name}: {each.models}" for name, each in AGENTS.items())),
    ] = "qwen",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every action: what a model says for it, or the message with which it is refused.

    It starts no environment and loads no model.

    Examples:

      handeye actions

      handeye actions --env desktop:xvfb --dialect qwen

      handeye actions --env android --dialect unified --json
    """
    screen = env.partition(":")[0]
    if screen not in SCREENS:
        raise InvalidOption(f"there is no environment {env!r}: it must be one of {', '.join(SCREENS)}")
    if dialect not in AGENTS:
        raise InvalidOption(f"there is no dialect {dialect!r}: it must be one of {', '.join(AGENTS)}")
    table = list(rows(screen, dialect))
    if as_json:
        typer.echo(json.dumps([_json(row) for row in table], ensure_ascii=False, indent=2))
        return
    shown = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    shown.add_column("action", no_wrap=True)
    shown.add_column(f"as {dialect} says it", overflow="fold")
    for row in table:
        shown.add_row(row.name, _cell(row))
    Console(highlight=False).print(shown)


def _cell(row: Row) -> Text:
    if row.refusal:
        return Text.assemble(("refused: ", "red"), row.refusal)
    return Text("\n".join(row.said)) if row.said else Text.assemble(("not said: ", "yellow"), row.unsaid)


def _json(row: Row) -> dict[str, object]:
    return {
        "action": row.name,
        "type": row.action.type,
        "delivered": not row.refusal,
        "refusal": row.refusal or None,
        "said": list(row.said),
        "unsaid": row.unsaid or None,
    }
