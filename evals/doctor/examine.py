"""Examining a results folder."""

from collections.abc import Sequence

from handeye.evals.doctor.boxes import box_finding
from handeye.evals.doctor.episodes import ending_finding, never_solved_finding
from handeye.evals.doctor.finding import Finding
from handeye.evals.doctor.frames import frame_finding, frame_scores
from handeye.evals.doctor.pictures import picture_finding
from handeye.evals.doctor.replies import (
    error_finding,
    format_finding,
    missing_finding,
    same_place_finding,
    same_reply_finding,
)
from handeye.evals.doctor.scrolls import scroll_finding
from handeye.evals.results.find import Opened
from handeye.evals.samples.settings import SCRIPTED


def examine(opened: Opened) -> list[Finding]:
    """Return what was examined, in the order of what spoils a score most. It reads no image and asks no model."""
    results = opened.results
    if opened.judge is None:
        return [error_finding(results), ending_finding(results), never_solved_finding(results)]
    findings = [error_finding(results), missing_finding(results), format_finding(results)]
    pointing = any(each.sample.target is not None for each in opened.judged)
    if pointing:
        findings += [frame_finding(frame_scores(opened.judged, opened.judge)), box_finding(opened.judged)]
    if results.confusion:
        findings.append(scroll_finding(results.confusion))
    if results.model not in SCRIPTED:  # those look at nothing, and are meant to
        findings += [same_reply_finding(results), same_place_finding(results)]
    return [*findings, picture_finding(opened.judged, results.manifest)]


def suspicious(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that look wrong."""
    return [finding for finding in findings if finding.suspicious]
