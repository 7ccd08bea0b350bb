"""The command `handeye`."""

import signal
import sys
from types import FrameType

from rich.console import Console
from rich.text import Text

from handeye.actions.errors import HandeyeError


def main() -> None:
    """Run the command line. A `HandeyeError` becomes one line on standard error, and exit status 2.

    A termination signal, or closing the terminal, cleans up as Ctrl-C does.
    """
    from handeye.agent.caption import printable
    from handeye.agent.cli.app import app
    from handeye.agent.cli.streams import write_anything
    from handeye.evals.cli.app import app as evals

    if all(group.typer_instance is not evals for group in app.registered_groups):  # not twice in one process
        app.add_typer(evals, name="eval")
    write_anything()
    for name in ("SIGTERM", "SIGHUP"):  # the latter not on Windows
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)
    try:
        app()
    except HandeyeError as error:
        line = Text.assemble(("error:", "bold red"), " ", printable(str(error)))
        Console(stderr=True, highlight=False).print(line, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def end(number: int, frame: FrameType | None) -> None:
    """Exit with the status of a program that a signal has ended; `sys.exit` releases all resources on the way."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
