"""Reading times out of answers, in all formats that models write."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.model.errors import UnreadableAnswer
from handeye.model.video.spans import TimeSpan, question, seconds, spans

ANSWERS = [
    ('[{"start": 1.5, "end": 4.0, "description": "a dialog"}]', [(1.5, 4.0, "a dialog")]),
    ('```json\n[{"start_time": "00:12.50", "end_time": "01:02.00"}]\n```', [(12.5, 62.0, "")]),
    ('[{"start": "0:00:12.5", "end": "1:01:12", "label": "x"}]', [(12.5, 3672.0, "x")]),
    ('[{"start": 1, "end": 2}, {"start": 3, "end', [(1, 2, ""), (3, 3, "")]),
    ("[{'start': 1, 'end': 2}]", [(1, 2, "")]),
    ('{"timestamp": "00:12 - 00:15", "event": "3-5 people"}', [(12, 15, "3-5 people")]),
    ('{"timestamp": 12.5}', [(12.5, 12.5, "")]),
    ('{"timestamps": [4, 9], "description": "say \\"hi\\""}', [(4, 9, 'say "hi"')]),
    ("The dialog appears from 12.5 to 17 seconds.", [(12.5, 17, "")]),
    ("It is open 12.5 - 17.0 seconds, and again 20s-21s.", [(12.5, 17, ""), (20, 21, "")]),
    ("Between 3 and 5 seconds.", [(3, 5, "")]),
    ("At 3 and 5 seconds.", [(5, 5, "")]),
    ("At 00:12.", [(12, 12, "")]),
    ("at 12 s, then at 1:12.5", [(12, 12, ""), (72.5, 72.5, "")]),
    ("00:00:01,500 --> 00:00:04,000", [(1.5, 4, "")]),
    ("[00:01,00:05]", [(1, 5, "")]),
    ("[12.5, 17]", [(12.5, 17, "")]),
    ("After 1 minute and 12 seconds.", [(72, 72, "")]),
    ("from 1m10s to 2 minutes", [(70, 120, "")]),
    ("17 to 12 seconds", [(12, 17, "")]),
    ("3 windows, 10-12 items; at 5 seconds", [(5, 5, "")]),
    ("at 5 seconds, yes, at 5 seconds", [(5, 5, "")]),
    ("version 1.2.3 s", []),
    ("[]", []),
    ("The dialog does not appear in the video.", []),
]


@pytest.mark.parametrize(("answer", "wanted"), ANSWERS)
def test_answers(answer: str, wanted: list[tuple[float, float, str]]) -> None:
    if not wanted and "version" in answer:
        with pytest.raises(UnreadableAnswer):
            spans(answer, 0, 7200)
        return
    assert spans(answer, 0, 7200) == [TimeSpan(*each) for each in wanted]


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("from 5 to 99 seconds", TimeSpan(15, 20)),
        ("at 10.1 seconds", TimeSpan(20, 20)),
        ("from 0 to 3 seconds", TimeSpan(10, 13)),
    ],
)
def test_times_are_those_of_the_video_clipped_to_the_part(answer: str, wanted: TimeSpan) -> None:
    assert spans(answer, 10, 20) == [wanted]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I cannot tell.", "contains no time: 'I cannot tell.'"),
        ("", "contains no time"),
        ("at 99 seconds", "only times outside the 10.0 s that it saw"),
        ("3 people, 12 chairs", "contains no time"),
    ],
)
def test_answers_without_a_time(answer: str, reason: str) -> None:
    with pytest.raises(UnreadableAnswer, match=reason):
        spans(answer, 0, 10)


def written(second: float, form: str) -> str:
    whole, hundredths = divmod(round(second * 100), 100)
    match form:
        case "seconds":
            return f"{whole}.{hundredths:02}"
        case "mm:ss":
            return f"{whole // 60:02}:{whole % 60:02}.{hundredths:02}"
        case _:
            return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{hundredths:02}"


TIMES = st.integers(0, 599_999).map(lambda hundredths: hundredths / 100)


@given(TIMES, TIMES, st.sampled_from(["seconds", "mm:ss", "hh:mm:ss"]), st.integers(0, 4))
def test_every_form_is_read(one: float, other: float, form: str, shape: int) -> None:
    start, end = min(one, other), max(one, other)
    first, last = written(start, form), written(end, form)
    unit = " seconds" if form == "seconds" else ""
    answer = [
        f"It happens from {first} to {last}{unit}.",
        f"{first}{unit} - {last}{unit}",
        json.dumps([{"start": first, "end": last}]),
        json.dumps({"timestamps": [first, last]}),
        f"between {first} and {last}{unit}, I think",
    ][shape]
    (found,) = spans(answer, 0, 6000)
    assert found == TimeSpan(pytest.approx(start), pytest.approx(end))
    assert seconds(first) == pytest.approx(start)


@given(st.text(max_size=80), st.floats(0, 100), st.floats(0, 100))
def test_any_text_is_read_or_refused(answer: str, one: float, other: float) -> None:
    start, end = min(one, other), max(one, other)
    try:
        found = spans(answer, start, end)
    except UnreadableAnswer as error:
        assert "\n" not in str(error)
    else:
        assert all(start <= span.start <= span.end <= end for span in found)


@pytest.mark.parametrize("time", ["", "x", "1:2", "-3", "1:2:3:4", "1e3", "inf"])
def test_what_is_no_time(time: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        seconds(time)


def test_spans_are_printed_in_seconds() -> None:
    assert [str(TimeSpan(3, 3)), str(TimeSpan(1.25, 70, "x"))] == ["3.0 s", "1.2-70.0 s  x"]
    assert "a dialog opens" in question(" a dialog opens ")
