"""What a token step and the vision part compute beside their products of whole weights: as plain PyTorch, and as
kernels for a GPU.

Public modules: `kernels` (`Kernels`), `choose` (`choose`), `twin` (`TorchKernels`), `int4` (`Int4`, `pack`).
"""
