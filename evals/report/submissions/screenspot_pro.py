"""ScreenSpot-Pro: the file that its evaluation script writes, from which its notebook makes the leaderboard's entry.

Source: likaixin2000/ScreenSpot-Pro-GUI-Grounding, `eval_screenspot_pro.py` (the fields and the metrics) and
`leaderboard_submission.ipynb` (what is read of them).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from handeye.evals.report.submissions.errors import NoSubmission
from handeye.evals.results.answer import Item
from handeye.evals.results.run import Results

NAME: Final = "ScreenSpot-Pro"
SAMPLES: Final = 1581
_WORDS: Final = {"right": "correct", "miss": "wrong", "format": "wrong_format", "error": "wrong"}
_Key = Callable[[Mapping[str, Any]], str]


def screenspot_pro(results: Results) -> str:
    """Return the file's text. Of repeats the first one counts. Raises `NoSubmission` if samples or groups are missing.

    An answer at which the machine failed is wrong, since the script knows no other word for it.
    """
    if len(results.items) != SAMPLES:
        raise NoSubmission(f"{NAME} takes all {SAMPLES} samples, not {len(results.items)}: run the rest first")
    details = [_detail(item) for item in results.items]
    metrics = {
        "fine_grained": _by(details, _fine),
        "seeclick_style": _by(details, lambda each: f"plat:{each['platform']} inst_style:instruction gt_type:positive"),
        "leaderboard_simple_style": _by(details, lambda each: f"group:{each['group']}"),
        "leaderboard_detailed_style": _by(details, lambda each: f"app:{each['application']}"),
        "overall": _metrics(details),
    }
    return json.dumps({"details": details, "metrics": metrics}, indent=4, ensure_ascii=False) + "\n"


def _detail(item: Item) -> dict[str, Any]:
    answer = item.answers[0]
    application, platform = _group(item, "application"), _group(item, "platform")
    return {
        "id": item.id,
        "img_path": "" if item.image is None else f"{item.image.parent.name}/{item.image.name}",
        "group": _group(item, "group"),
        "platform": platform,
        "application": application,
        "lang": item.groups.get("language", "en"),
        "instruction_style": "instruction",
        "prompt_to_evaluate": item.instruction,
        "gt_type": "positive",
        "ui_type": _group(item, "ui_type", "type"),
        "task_filename": f"{application}_{platform}",
        "pred": None if answer.point is None else list(answer.point),
        "raw_response": answer.text,
        "bbox": None if item.target is None else list(item.target.bounds),
        "correctness": _WORDS[answer.fate],
    }


def _group(item: Item, *names: str) -> str:
    for name in names:
        if name in item.groups:
            return item.groups[name]
    raise NoSubmission(f"{NAME} needs the {names[0]} of each sample, and {item.id} has none: use the official files")


def _fine(detail: Mapping[str, Any]) -> str:
    return f"plat:{detail['platform']} app:{detail['application']} inst_style:instruction gt_type:positive"


def _by(details: Sequence[Mapping[str, Any]], key: _Key) -> dict[str, Any]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for detail in details:
        found.setdefault(key(detail), []).append(detail)
    return {name: _metrics(members) for name, members in found.items()}


def _metrics(details: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    right = [detail["correctness"] == "correct" for detail in details]
    return {
        "num_correct_action": sum(right),
        "num_total": len(right),
        "wrong_format_num": sum(detail["correctness"] == "wrong_format" for detail in details),
        "action_acc": _share(right),
        "text_acc": _share([hit for hit, each in zip(right, details, strict=True) if each["ui_type"] == "text"]),
        "icon_acc": _share([hit for hit, each in zip(right, details, strict=True) if each["ui_type"] == "icon"]),
    }


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0
