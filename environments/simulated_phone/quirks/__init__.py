"""Ways in which real phones differ from this one, by name: each is a small file that says which reports it stands for.

Public modules: `catalog`, which finds quirks by name, and `quirk`, what a quirk is made of.
"""
