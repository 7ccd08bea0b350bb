"""Reading the weights of a checkpoint.

From outside: `read` (`load_weights`).
"""
