"""UI-Venus-Navi and UI-Venus-1.5: a thought, a call and a conclusion in tags.

Public modules: `dialect` (`WEB`, `MOBILE`, `WEB_1_5`, `MOBILE_1_5`).
"""
