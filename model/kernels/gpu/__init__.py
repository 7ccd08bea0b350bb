"""The parts of a token step and of the vision part as Triton kernels. Importing a module of this folder imports Triton.

Triton compiles for a GPU. In its interpreter, which runs on the CPU, the same functions can be tried without one.
Public modules: `kernels` (`TritonKernels`).
"""
