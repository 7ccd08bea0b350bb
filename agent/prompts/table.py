"""The table of all profiles for the documentation: each part, and what it comes from."""

from collections.abc import Iterable, Iterator, Sequence

from handeye.agent.prompts.facts import PARTS, Fact, facts
from handeye.agent.prompts.profile import CheckpointProfile


def table(profiles: Iterable[CheckpointProfile]) -> Iterator[str]:
    """Yield the lines of a Markdown table, a row for each profile, and of the list of files that its numbers name."""
    shown = tuple(profiles)
    files = list(dict.fromkeys(source for profile in shown for source in _used(profile)))
    yield f"| profile | {' | '.join(PARTS)} |"
    yield f"|{'---|' * (1 + len(PARTS))}"
    for profile in shown:
        cells = {fact.part: _cell(fact, profile.sources, files) for fact in facts(profile)}
        name = "<br>".join((f"`{profile.name}`", *profile.models))
        yield f"| {name} | {' | '.join(cells.get(part, '–') for part in PARTS)} |"
    yield ""
    for number, file in enumerate(files, start=1):
        yield f"{number}. `{file}`"


def _used(profile: CheckpointProfile) -> Iterator[str]:
    for fact in facts(profile):
        for origin in fact.origins:
            if isinstance(origin, int):
                yield profile.sources[origin]


def _cell(fact: Fact, sources: Sequence[str], files: Sequence[str]) -> str:
    named = [str(files.index(sources[origin]) + 1) if isinstance(origin, int) else origin for origin in fact.origins]
    return f"{fact.said} [{'; '.join(named)}]"
