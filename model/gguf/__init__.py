"""Checkpoints in llama.cpp's format: a GGUF file of the language model, and one of the vision part (mmproj) beside it.

Public modules: `pair` (`find_pair`), `description` (`describe`), `fill` (`read_network`), `origins` (`stored_origins`).
"""
