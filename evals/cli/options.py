"""The options that the evals have in common."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

ModelOption: TypeAlias = Annotated[
    str, typer.Option("--model", "-m", envvar="HANDEYE_MODEL", help="Hugging Face id, folder, handeye-tiny, or oracle.")
]
EpisodesOption: TypeAlias = Annotated[int, typer.Option(min=1, help="Episodes of each task.")]
WorkersOption: TypeAlias = Annotated[
    int, typer.Option(min=1, help="Processes, each with a screen and a model of its own.")
]
OutOption: TypeAlias = Annotated[
    Path, typer.Option(help="Folder for episodes.jsonl and summary.json. One that holds some goes on.")
]
MaxStepsOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="Steps of each episode, instead of each task's own.")
]
KeepOption: TypeAlias = Annotated[
    Literal["none", "failures", "all"], typer.Option(help="Whose journals to keep, for handeye show DIR/journals.")
]
