"""Alternative names that models use for actions and fields, if the meaning is unambiguous.

Only names: the schema defines the actions, and a test checks every name here against it.
"""

from collections.abc import Mapping

from handeye.actions.schema import ACTIONS

Values = Mapping[str, object]

_NAMES: dict[str, tuple[str, Values]] = {
    "left_click": ("click", {}),
    "tap": ("click", {}),
    "right_click": ("click", {"button": "right"}),
    "middle_click": ("click", {"button": "middle"}),
    "double_click": ("click", {"count": 2}),
    "double_tap": ("click", {"count": 2}),
    "triple_click": ("click", {"count": 3}),
    "hover": ("move", {}),
    "mouse_move": ("move", {}),
    "move_to": ("move", {}),
    "long_click": ("long_press", {}),
    "swipe": ("drag", {}),
    "drag_and_drop": ("drag", {}),
    "type_text": ("type", {}),
    "input_text": ("type", {}),
    "input": ("type", {}),
    "key": ("press", {}),
    "hotkey": ("press", {}),
    "keypress": ("press", {}),
    "press_key": ("press", {}),
    "hold_key": ("hold", {}),
    "sleep": ("wait", {}),
    "open": ("open_app", {}),
    "launch_app": ("open_app", {}),
    "goto": ("navigate", {}),
    "open_url": ("navigate", {}),
    "go_back": ("back", {}),
    "navigate_back": ("back", {}),
    "go_home": ("home", {}),
    "navigate_home": ("home", {}),
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "point": ("coordinate", "coordinates", "position", "location", "bbox", "box"),
    "path": ("points",),
    "box": ("region", "bbox"),
    "text": ("content", "value"),
    "keys": ("key",),
    "count": ("clicks", "num_clicks"),
    "seconds": ("time", "duration"),
    "name": ("app", "app_name"),
    "url": ("address",),
    "dx": ("scroll_x", "delta_x"),
    "dy": ("scroll_y", "delta_y"),
    "index": ("tab", "tab_index"),
}
_ENDS = (("start", "end"), ("from", "to"), ("start_point", "end_point"), ("coordinate", "coordinate2"))


def _squeeze(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


_BY_SQUEEZED = {_squeeze(name): meant for name, meant in _NAMES.items()} | {
    _squeeze(name): (name, {}) for name in ACTIONS
}


def canonical_members(members: Values) -> dict[str, object]:
    """Return the members of an action under the names of the schema; unknown names stay unchanged.

    Members that are null are dropped: a model that writes every field means the default.
    """
    given = {name: value for name, value in members.items() if value is not None}
    kind = given.get("type")
    if not isinstance(kind, str):
        return given
    kind, implied = _BY_SQUEEZED.get(_squeeze(kind), (kind, {}))
    given = {**implied, **given, "type": kind}
    if kind not in ACTIONS:
        return given
    fields = ACTIONS[kind].model_fields
    if "point" in fields and "point" not in given and {"x", "y"} <= given.keys():
        given["point"] = [given.pop("x"), given.pop("y")]
    for start, end in _ENDS:
        if "path" in fields and "path" not in given and {start, end} <= given.keys():
            given["path"] = [given.pop(start), given.pop(end)]
    for name, others in _FIELDS.items():
        for other in others:
            if name in fields and name not in given and other in given and other not in fields:
                given[name] = given.pop(other)
    return given
