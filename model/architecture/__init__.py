"""Qwen2.5-VL as its report tells it: the vision transformer, the decoder, and what they are made of.

Public modules: `config` (`ModelConfig`), `network` (`Qwen2_5_VL`), `windows` (`Grid`).
"""
