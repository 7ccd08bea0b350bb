"""Reading the weights of a checkpoint.

Public modules: `read` (`load_weights`).
"""
