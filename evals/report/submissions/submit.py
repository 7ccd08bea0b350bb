"""Choosing the form of a submission by the benchmark."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from handeye.agent.journal.durable import write_whole
from handeye.evals.errors import ResultsError
from handeye.evals.report.submissions.errors import NoSubmission
from handeye.evals.report.submissions.osworld import osworld
from handeye.evals.report.submissions.screenspot_pro import screenspot_pro
from handeye.evals.results.run import Results

FORMS: Final[Mapping[str, Callable[[Results], str | bytes]]] = {"screenspotpro": screenspot_pro, "osworld": osworld}
"""By the benchmark's name without case and hyphens."""
NONE: Final[Mapping[str, str]] = {
    "androidworld": "its leaderboard is a spreadsheet that its authors fill in from what one sends them",
    "mobileminiwob": "it has no leaderboard",
    "miniwob": "its leaderboard takes the logs of BrowserGym only",
}
"""Why there is none where people look for one."""


def submission(results: Results) -> str | bytes:
    """Return the contents of the file that the benchmark's leaderboard takes. Raises `NoSubmission`."""
    names = [
        "".join(letter for letter in name.lower() if letter.isalnum()) for name in (results.benchmark, results.title)
    ]
    for name in names:
        if name in FORMS:
            return FORMS[name](results)
    why = next((NONE[name] for name in names if name in NONE), "no form of submission is known for it")
    raise NoSubmission(f"there is no submission file for {results.title}: {why}; use --markdown or --csv")


def write_submission(results: Results, path: Path) -> None:
    """Write the file atomically. Raises `NoSubmission` and `ResultsError`."""
    content = submission(results)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror or error}") from error


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
