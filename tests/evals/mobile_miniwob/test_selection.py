import pytest

from handeye.evals.errors import UnknownTask
from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.mobile_miniwob.names import MINIWOB, MINIWOB_SUBSET
from handeye.evals.mobile_miniwob.oracles import TOUCH_ORACLES, WITHOUT_ORACLE
from handeye.evals.mobile_miniwob.selection import select


def test_families_have_the_names_of_android_world() -> None:
    assert select("miniwob") == MINIWOB
    assert select("miniwob_subset") == MINIWOB_SUBSET
    assert select("oracles") == tuple(TOUCH_ORACLES)


def test_what_is_left_out_is_in_no_family_and_cannot_be_named() -> None:
    assert set(MINIWOB) - set(select("miniwob", left_out=("drag-item",))) == {"drag-item"}
    assert "drag-item" not in select("oracles", left_out=("drag-item",))
    with pytest.raises(UnknownTask, match="--android-world FOLDER"):
        select("click-test,drag-item", left_out=("drag-item",))


@pytest.mark.parametrize(
    ("text", "message"),
    [("clik-test", "did you mean click-test"), ("hot-cold", "there is no task"), ("zzzz", "miniwob, miniwob_subset")],
)
def test_what_is_no_task_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnknownTask, match=message):
        select(text)


def test_a_task_without_an_oracle_is_refused_with_the_reason_where_one_should_play() -> None:
    with pytest.raises(UnknownTask, match=r"drag-box \(the page drags with jQuery UI"):
        select("click-test,drag-box", oracle=True)
    assert select("drag-box") == ("drag-box",)


def test_every_task_has_an_oracle_or_a_reason_why_not() -> None:
    assert set(TOUCH_ORACLES) | set(WITHOUT_ORACLE) == set(MINIWOB)
    assert not set(TOUCH_ORACLES) & set(WITHOUT_ORACLE)
    mouse_only = {name for name in WITHOUT_ORACLE if name in ORACLES}
    assert mouse_only == {"drag-box", "resize-textarea", "highlight-text", "highlight-text-2"}
