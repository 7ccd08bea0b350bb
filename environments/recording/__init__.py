"""Recording what a person does on a screen.

Public modules: `recorder` (the contract), `browser` and `desktop` (the two recorders), and `events`.
"""
