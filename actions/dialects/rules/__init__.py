"""The rule of the replies of a dialect, derived from what it writes.

Known actions are written, and what is known of them is found again in the text: it shows how the dialect writes points,
texts, keys and times, so that there is no second list of its calls. Public modules: `grammar` (the rule for a screen).
"""
