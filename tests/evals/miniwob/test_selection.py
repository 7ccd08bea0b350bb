import pytest

from handeye.evals.errors import UnknownTask
from handeye.evals.miniwob.oracles import ALTERNATIVES, ORACLES
from handeye.evals.miniwob.pages import names
from handeye.evals.miniwob.selection import FIVE, MORE_STEPS, select, step_limit
from handeye.evals.miniwob.sets import WEBGUM_56


def test_sets_have_names() -> None:
    assert select("all") == names()
    assert select("five") == FIVE
    assert select("oracles") == tuple(ORACLES)
    assert select("webgum-56") == WEBGUM_56


def test_names_are_taken_in_order_and_once() -> None:
    assert select("enter-text, click-tab,enter-text,") == ("enter-text", "click-tab")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clik-tab", "did you mean click-tab"),
        ("hover-shape", "none of the 125 tasks"),
        (" , ", "no task is named"),
        ("zzzz", "give names, or all, five, oracles, webgum-56"),
    ],
)
def test_what_is_no_task_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnknownTask, match=message):
        select(text)


def test_tasks_without_an_oracle_are_refused_where_one_should_play() -> None:
    with pytest.raises(UnknownTask, match="no oracle plays book-flight:"):
        select("click-tab,book-flight", oracle=True)


def test_oracles_are_of_tasks() -> None:
    assert set(ORACLES) <= set(names())
    assert set(ALTERNATIVES) <= set(ORACLES)
    assert set(FIVE) <= set(ORACLES)
    assert len(ORACLES) >= 100


def test_step_limits() -> None:
    assert step_limit("click-tab") == 10
    assert step_limit("click-checkboxes-large") > 10
    assert set(MORE_STEPS) <= set(names())
