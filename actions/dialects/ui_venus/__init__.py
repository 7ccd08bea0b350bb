"""UI-Venus-Navi: a thought, a call and a conclusion in tags.

Public modules: `dialect` (`WEB`, `MOBILE`).
"""
