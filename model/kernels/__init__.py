"""What a token step computes beside its products of whole weights: as plain PyTorch, and as kernels for a GPU.

Public modules: `kernels` (`Kernels`), `choose` (`choose`), `twin` (`TorchKernels`), `int4` (`Int4`, `pack`).
"""
