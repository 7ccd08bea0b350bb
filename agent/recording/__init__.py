"""Records what a person does as a trajectory, with the same loop and the same journal as a policy.

Public modules: `record`.
"""
