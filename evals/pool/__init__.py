"""Workers that share the jobs of a run: processes here, or actors of a Ray cluster.

Public modules: `crew`, `processes`, `ray_cluster`, `remaining`, `run`.
"""
