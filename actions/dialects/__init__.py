"""How families of models write actions, one module or folder for each.

Public modules: `dialect` (what a dialect is), `catalog` (all of them, by name), `unified` (our own JSON step), and a
folder for each family of models.
"""
