"""Image-text models of other architectures, as transformers runs them.

Public modules: `load` (`load_transformers`), `model` (`TransformersModel`).
"""
