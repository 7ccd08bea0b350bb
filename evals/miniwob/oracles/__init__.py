"""The oracles by the name of their task, one module a kind."""

from collections.abc import Mapping
from typing import Final

from handeye.evals.miniwob.oracle import Alternatives, Oracle
from handeye.evals.miniwob.oracles import buttons, choices, links, places, typing

ORACLES: Final[Mapping[str, Oracle]] = {
    "click-button": buttons.click_button,
    "click-button-sequence": buttons.click_button_sequence,
    "click-checkboxes": choices.click_checkboxes,
    "click-color": places.click_color,
    "click-dialog": buttons.click_dialog,
    "click-dialog-2": buttons.click_dialog_2,
    "click-link": links.click_link,
    "click-option": choices.click_option,
    "click-tab": links.click_tab,
    "click-test": buttons.click_test,
    "click-test-2": buttons.click_test_2,
    "click-widget": places.click_widget,
    "enter-password": typing.enter_password,
    "enter-text": typing.enter_text,
    "focus-text": typing.focus_text,
    "focus-text-2": typing.focus_text_2,
    "grid-coordinate": places.grid_coordinate,
    "login-user": typing.login_user,
}

ALTERNATIVES: Final[Mapping[str, Alternatives]] = {
    "click-button": buttons.click_button_alternatives,
    "click-checkboxes": choices.click_checkboxes_alternatives,
    "click-color": places.click_color_alternatives,
    "click-dialog-2": buttons.click_dialog_2_alternatives,
    "click-link": links.click_link_alternatives,
    "click-option": choices.click_option_alternatives,
    "click-tab": links.click_tab_alternatives,
    "click-test-2": buttons.click_test_2_alternatives,
    "click-widget": places.click_widget_alternatives,
    "focus-text-2": typing.focus_text_2_alternatives,
    "grid-coordinate": places.grid_coordinate_alternatives,
}
