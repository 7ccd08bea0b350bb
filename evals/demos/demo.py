"""A demonstration: a few episodes, shown in the terminal as they are played."""

import os
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from handeye.actions.errors import HandeyeError
from handeye.agent.caption import printable
from handeye.agent.cli.streams import write_anything
from handeye.agent.live import LiveView
from handeye.agent.page.document import write_page
from handeye.agent.policy import Policy
from handeye.evals.errors import InvalidSeed
from handeye.evals.play import play
from handeye.evals.record import Record
from handeye.evals.worker import Suite


@dataclass(frozen=True, slots=True)
class Demo:
    """The tasks of a demonstration, and the texts around them."""

    title: str
    command: str
    """The command that runs it."""
    tasks: Mapping[str, int]
    """The step limit of each."""
    suite: Callable[[bool], AbstractContextManager[Suite]]
    """Returns what makes the tasks and their environment; the argument is `headless`."""
    enough: int
    """How many tasks must be solved."""
    first_seed: int
    before: str
    after: Sequence[RenderableType]
    """Lines of a string are not wrapped, so that commands can be copied."""
    policy: Callable[[LiveView], Policy] | None = None
    """Returns the policy that plays; None means the tasks' oracles."""

    def run(self) -> int:
        """Play, report the results, and return the exit status: 0 if enough tasks are solved.

        HEADED=1 shows a window; SEED=… plays the same episodes again.
        """
        write_anything()
        console = Console(highlight=False)
        try:
            seed = fresh_seed(os.environ.get("SEED", ""), self.first_seed)
            directory = Path("runs") / f"{self.command.removeprefix('make ')}-{datetime.now():%Y-%m-%d-%H%M%S}"
            console.print(Text(self.before))
            console.print(Text(f"seed {seed}: SEED={seed} {self.command} plays the same episodes again", style="dim"))
            view = LiveView(console)
            policy = None if self.policy is None else self.policy(view)
            records = self.play(policy, seed, directory, view, headless=os.environ.get("HEADED", "") in {"", "0"})
            page = write_page(directory, title=self.title).resolve()
        except HandeyeError as error:
            Console(stderr=True, highlight=False).print(f"error: {error}", style="red", markup=False, soft_wrap=True)
            return 2
        except KeyboardInterrupt:
            return 130
        for part in self.after:
            console.print()
            console.print(part, soft_wrap=isinstance(part, str), markup=False)
        solved = sum(record.success for record in records)
        console.print()
        style = "bold green" if solved >= self.enough else "bold red"
        console.print(f"solved {solved}/{len(self.tasks)}", style=style)
        console.print(str(page), markup=False, soft_wrap=True)
        return 0 if solved >= self.enough else 1

    def play(
        self, policy: Policy | None, seed: int, directory: Path, view: LiveView, *, headless: bool = True
    ) -> list[Record]:
        """Play each task once, with its journal in a folder of its name. None as the policy plays the oracles."""
        records = []
        with self.suite(headless) as suite:
            for number, (task, max_steps) in enumerate(self.tasks.items(), start=1):

                def announce(instruction: str, title: str = f"{number}/{len(self.tasks)} {task}  ") -> None:
                    view.console.print()
                    view.console.print(Text.assemble((title, "bold cyan"), (printable(instruction), "bold")))

                with view:
                    record = play(
                        suite.task(task, seed),
                        suite.environment(task),
                        policy,
                        max_steps=max_steps,
                        journal=directory / task,
                        on_step=view.step,
                        on_start=announce,
                    )
                view.console.print(verdict_line(record))
                records.append(record)
        return records


def verdict_line(record: Record) -> Text:
    """Return one line that says how an episode went."""
    outcome = ("solved", "bold green") if record.success else ("not solved", "bold red")
    steps = f"{record.steps} step{'' if record.steps == 1 else 's'}"
    facts = f"  reward {record.reward:.2f}, {steps}, {record.seconds:.1f} s"
    return Text.assemble(outcome, (facts, "dim"), "" if record.error is None else f"\n{printable(record.error)}")


def fresh_seed(text: str, first: int) -> int:
    """Return the seed in `text`, or a random one from `first` up; raise `InvalidSeed` if it is not a number."""
    if not text:
        return random.SystemRandom().randrange(first, 2**31)
    if not text.isdecimal():
        raise InvalidSeed(f"SEED={text} is not a number: give a whole number, from {first} up for new episodes")
    return int(text)
