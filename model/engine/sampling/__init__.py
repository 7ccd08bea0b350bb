"""How the next token is chosen.

Public modules: `sample` (`Sampling`), `masked` (`Masked`, `Constraint`), `digits` (`DigitProbabilities`).
"""
