"""The command `handeye`."""

import sys

from rich.console import Console
from rich.text import Text

from handeye.actions.errors import HandeyeError


def main() -> None:
    """Run the command line. A `HandeyeError` becomes one line on standard error, and exit status 2."""
    from handeye.agent.caption import printable
    from handeye.agent.cli import app
    from handeye.evals.cli import app as evals

    app.add_typer(evals, name="eval")
    try:
        app()
    except HandeyeError as error:
        line = Text.assemble(("error:", "bold red"), " ", printable(str(error)))
        Console(stderr=True, highlight=False).print(line, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
