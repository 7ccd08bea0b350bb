"""Run llama.cpp's server, as the package xllamacpp holds it, until the standard input ends.

Its address is the first line on the standard output, once the model is loaded.

Usage: llama_cpp_serve.py MODEL [--mmproj FILE] [--image-min-tokens N] [--image-max-tokens N] [--key KEY]
"""

import argparse
import os
import sys

import xllamacpp

CONTEXT = 4096
"""Tokens."""

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--mmproj", default="")
    parser.add_argument("--image-min-tokens", type=int, default=-1)
    parser.add_argument("--image-max-tokens", type=int, default=-1)
    parser.add_argument("--key")
    options = parser.parse_args()
    params = xllamacpp.CommonParams()
    params.model.path = options.model
    params.mmproj.path = options.mmproj
    params.image_min_tokens, params.image_max_tokens = options.image_min_tokens, options.image_max_tokens
    params.api_keys = [options.key] if options.key else []
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.fit_params = False  # the context is as long as it is asked for, and not as the memory allows
    # As exact as handeye's engine: neither keys and values of 16 bits, nor attention in another order.
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # also while it generates
