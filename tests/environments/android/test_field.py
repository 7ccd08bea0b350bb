"""Which field takes the keys, and how it is found again."""

import xml.etree.ElementTree as ElementTree

from handeye.environments.android.field import fields_of


def _tree(*nodes: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<hierarchy>{''.join(f'<node {node} />' for node in nodes)}</hierarchy>")


_EDIT = 'class="android.widget.EditText" package="a"'


def test_a_field_is_found_again_among_equal_ones() -> None:
    first = fields_of(_tree(f'{_EDIT} text="1"', f'{_EDIT} text="2" focused="true"', f'{_EDIT} text="3"'))
    assert first.focused is not None and first.focused.text == "2"
    moved = fields_of(_tree(f'{_EDIT} text="1" focused="true"', f'{_EDIT} text="20"', f'{_EDIT} text="3"'))
    again = moved.again(first.focused)
    assert again is not None and again.text == "20"
    assert fields_of(_tree()).again(first.focused) is None


def test_what_else_may_take_keys() -> None:
    assert fields_of(_tree('class="android.webkit.WebView"')).web
    assert fields_of(_tree('class="android.view.SurfaceView" focused="true"')).other
    assert fields_of(_tree('class="com.termux.view.TerminalView" focused="true"')).other
    plain = fields_of(_tree('class="androidx.recyclerview.widget.RecyclerView" focused="true"', _EDIT))
    assert (plain.web, plain.other, plain.focused) == (False, False, None)
    assert fields_of(_tree(f'{_EDIT} password="true" focused="true"')).all[0].password
