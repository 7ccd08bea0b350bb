"""Recording what a person does on a screen.

From outside: `recorder` (the contract), `browser` and `desktop` (the two recorders), and `events`.
"""
