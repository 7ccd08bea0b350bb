"""OSWorld: the folder of results that its own scripts read, as a zip.

Source: xlang-ai/OSWorld, `show_result.py` (read in a copy of it, MeshalNayim/osworld-gui-agent): `result.txt` with the
score, in a folder for each task, in one for each domain, in `ACTION_SPACE/OBSERVATION_TYPE/MODEL`. The leaderboard's
verified part is run by its authors.
"""

import io
import re
import zipfile
from statistics import fmean
from typing import Final

from handeye.evals.report.submissions.errors import NoSubmission
from handeye.evals.results.run import Results

NAME: Final = "OSWorld"
_TASK: Final = re.compile(r"([a-z_]{1,40})[/ :]([0-9a-zA-Z-]{8,64})")
_SPACE: Final = "pyautogui"
_OBSERVATION: Final = "screenshot"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def osworld(results: Results) -> bytes:
    """Return the zip. Scores are the rewards, which may be partial; of a repeated task the mean counts.

    Raises `NoSubmission` if a task does not say its domain.
    """
    model = re.sub(r"[^A-Za-z0-9._-]", "-", results.model.rsplit("/", 1)[-1]).strip(".") or "model"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in results.items:
            task = item.groups.get("task", item.id)
            found = _TASK.fullmatch(task)
            if found is None:
                raise NoSubmission(f"{NAME} names tasks DOMAIN/ID, not {task!r}: give a run of handeye eval osworld")
            path = f"{_SPACE}/{_OBSERVATION}/{model}/{found[1]}/{found[2]}/result.txt"
            reward = fmean(0.0 if answer.error else answer.reward or 0.0 for answer in item.answers)
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), f"{reward:g}\n")
    return buffer.getvalue()
