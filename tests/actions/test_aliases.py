import pytest

from handeye.actions.aliases import _BY_SQUEEZED, _ENDS, _FIELDS, _NAMES, canonical_members
from handeye.actions.schema import ACTION_TYPES, ACTIONS

FIELDS = {field for model in ACTIONS.values() for field in model.model_fields}


def test_every_alias_means_something_in_the_schema() -> None:
    for kind, implied in _BY_SQUEEZED.values():
        assert kind in ACTION_TYPES
        assert implied.keys() <= ACTIONS[kind].model_fields.keys()
    assert _FIELDS.keys() <= FIELDS


def test_no_alias_hides_a_name_of_the_schema() -> None:
    assert not _NAMES.keys() & ACTION_TYPES
    assert {kind for kind, _ in _BY_SQUEEZED.values()} == ACTION_TYPES
    assert not {name for pair in _ENDS for name in pair} & FIELDS


@pytest.mark.parametrize("kind", sorted(ACTION_TYPES))
def test_the_names_of_the_schema_stay(kind: str) -> None:
    members = {"type": kind} | {field: [1, 2] for field in ACTIONS[kind].model_fields if field != "type"}
    assert canonical_members(members) == members
    assert canonical_members({"type": kind.replace("_", "").upper()}) == {"type": kind}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"type": "double_click", "coordinate": [1, 2]}, {"type": "click", "count": 2, "point": [1, 2]}),
        ({"type": "right-click", "x": 0, "y": 0}, {"type": "click", "button": "right", "point": [0, 0]}),
        ({"type": "swipe", "start": [1, 2], "end": [3, 4]}, {"type": "drag", "path": [[1, 2], [3, 4]]}),
        ({"type": "longPress", "point": [1, 2], "duration": 2}, {"type": "long_press", "point": [1, 2], "seconds": 2}),
        ({"type": "zoom", "bbox": [1, 2, 3, 4]}, {"type": "zoom", "box": [1, 2, 3, 4]}),
        ({"type": "launch_app", "app": "Maps"}, {"type": "open_app", "name": "Maps"}),
        ({"type": "new_tab", "url": None}, {"type": "new_tab"}),
        ({"type": "done"}, {"type": "done"}),
        ({"point": [1, 2]}, {"point": [1, 2]}),
        (
            {"type": "click", "point": [1, 2], "bbox": [1, 2, 3, 4]},
            {"type": "click", "point": [1, 2], "bbox": [1, 2, 3, 4]},
        ),
    ],
)
def test_aliases(written: dict[str, object], meant: dict[str, object]) -> None:
    assert canonical_members(written) == meant
