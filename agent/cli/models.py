"""`handeye models`: which checkpoints are known, and how each is prompted."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from handeye.agent.caption import printable
from handeye.agent.prompts.catalog import PROFILES, UnknownProfile, choose_profile, find_profile
from handeye.agent.prompts.check import check
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.example import PHRASE, TASK, asked, example
from handeye.agent.prompts.facts import facts
from handeye.agent.prompts.plain import image_note
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.model.catalog import RELEASED, SHIPPED
from handeye.model.conversation.messages import Message
from handeye.model.files.origins import folder_origins
from handeye.model.hardware.footprint import fitting

WHERE = """
Each line is a profile and, below it, the checkpoints that it is made for; --model takes their names.
agent: it works on tasks. grounder: it finds what a phrase describes, for handeye ground and --grounder.
Memory is that of a GPU for the weights in bfloat16 and 16,384 tokens of context; a 1920x1080 screenshot is 2,691
tokens. A CPU needs as much; a step takes minutes there.
A model that is too large for one GPU is spread over all of them, or over the devices of a list, the CPU last, which is
slow: --device cuda:0,cuda:1,cpu.
handeye-tiny is in this package: {tiny}.
The others are downloaded from the Hugging Face hub on first use, and kept in its cache (HF_HOME)."""
FITS = """
What fits into a GPU's memory, with that context, in the most bits that do:"""
GPUS = (8, 12, 16, 24)
"""Memory of common GPUs, in 10^9 bytes."""


def models(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A profile, or a checkpoint by its hub id, folder or name.")
    ] = None,
    check_all: Annotated[
        bool, typer.Option("--check", help="Render and read back every profile, or that of NAME; needs no weights.")
    ] = False,
) -> None:
    """List the models with what they are good at, the memory they need and their licence; or show one profile in full.

    The list ends with what fits into 8, 12, 16 and 24 GB.

    A profile is how a family of checkpoints is prompted and read: exactly as its makers do it. Any folder or hub id of
    the Qwen2.5-VL architecture can be used as --model; its name chooses the profile, and --profile another.

    Exit status of --check: 0 every profile works, 1 one does not.

    Examples:

      handeye models

      handeye models UI-TARS-1.5-7B

      handeye models --check
    """
    console = Console(highlight=False)
    chosen = None if name is None else _chosen(name, console)
    if check_all:
        raise typer.Exit(0 if _checked(list(PROFILES.values()) if chosen is None else [chosen], console) else 1)
    if chosen is not None:
        console.print(described(chosen), soft_wrap=True)
        return
    width = max(len(model) for profile in PROFILES.values() for model in profile.models)
    for profile in PROFILES.values():
        console.print(
            Text.assemble((profile.name, "bold"), f"  {', '.join(profile.good_at)}; {profile.licence}"), soft_wrap=True
        )
        for model in profile.models:
            console.print(Text(f"  {model:{width}}  {memory(model)}".rstrip()), soft_wrap=True)
    console.print(Text(WHERE.format(tiny=SHIPPED["handeye-tiny"]), "dim"), soft_wrap=True)
    console.print(Text("\n".join((FITS, *map(fits, GPUS))), "dim"), soft_wrap=True)


def memory(model: str) -> str:
    """Return the GPU memory for the size in a checkpoint's name, such as "20 GB"; empty if it names no known size."""
    size = re.search(r"(?<![\d.])(\d+)b(?![a-z])", model.lower())
    for released in RELEASED:
        if size is not None and f"-{size[1]}b-" in released.name.lower():
            return f"{released.memory_gb} GB"
    return "none" if model in SHIPPED else ""


def fits(gigabytes: int) -> str:
    """Return the line that says which sizes fit into so much memory, and in which format."""
    sizes = [f"{each.model.size} in {each.form.name}" for each in fitting(gigabytes)]
    return f"{gigabytes:4} GB  {', '.join(sizes)}"


def described(profile: CheckpointProfile) -> Text:
    """Return everything about a profile, and the prompt of the third step of an example."""
    lines = Text()
    lines.append(f"{profile.name}  ", "bold").append(digest(profile), "dim")
    for what, said in _facts(profile):
        lines.append(f"\n{what:17}", "bold").append(said)
    if profile.agent is not None:
        lines.append(f"\n\nthe prompt of the third step of the task {TASK!r}:", "bold")
        lines.append_text(_conversation(profile.agent.compose(example(profile.agent, profile.pixels))))
    if profile.grounder is not None:
        lines.append(f"\n\nthe prompt that asks for {PHRASE!r}:", "bold")
        lines.append_text(_conversation(asked(profile.grounder, profile.pixels)))
    return lines


def _chosen(name: str, console: Console) -> CheckpointProfile:
    with suppress(UnknownProfile):
        return find_profile(name)
    profile, notice = choose_profile(name, *folder_origins(Path(name)))
    if notice:
        console.print(Text(notice, "yellow"), soft_wrap=True)
    return profile


def _facts(profile: CheckpointProfile) -> Iterator[tuple[str, str]]:
    yield "good at", ", ".join(profile.good_at)
    yield "checkpoints", ", ".join(profile.models)
    if profile.agent is not None:
        dialects = dict.fromkeys((profile.agent.dialects.computer.name, profile.agent.dialects.phone.name))
        yield "writes", ", ".join(dialects)
    if profile.grounder is not None:
        yield "points", profile.grounder.answer.name
        if profile.grounder.answer.prefix:
            yield "answer begins", json.dumps(profile.grounder.answer.prefix, ensure_ascii=False)
    for fact in facts(profile):
        named = (str(origin + 1) if isinstance(origin, int) else origin for origin in fact.origins)
        yield fact.part, f"{fact.said} [{'; '.join(named)}]"
    if profile.stop:
        yield "ends with", " ".join(json.dumps(each) for each in profile.stop)
    yield "licence", profile.licence
    for number, source in enumerate(profile.sources, start=1):
        yield "read from", f"[{number}] {source}"
    for note in profile.notes:
        yield "note", note


def _conversation(messages: Sequence[Message]) -> Text:
    shown = Text()
    for message in messages:
        shown.append(f"\n{message.role}:", "cyan")
        for part in message.content:
            if isinstance(part, str):
                shown.append("\n" + "\n".join(map(printable, part.split("\n"))))
            else:
                shown.append(f"\n{image_note(part)}", "dim")
    return shown


def _checked(profiles: Sequence[CheckpointProfile], console: Console) -> bool:
    """Print a line for each profile, and each problem; return whether there is none."""
    width = max(len(profile.name) for profile in profiles)
    works = True
    for profile in profiles:
        found = check(profile)
        works = works and not found.problems
        sign = ("✓", "green") if not found.problems else ("✗", "bold red")
        line = f" {profile.name:{width}}  {digest(profile)}  {'; '.join(found.lines)}"
        console.print(Text.assemble(sign, line), soft_wrap=True)
        for problem in found.problems:
            console.print(Text(f"  {problem}", "red"), soft_wrap=True)
    return works
