"""LoRA adapters: small matrices that change the layers of a checkpoint, in folders as peft writes them.

Public modules: `adapter` (`Adapter`), `apply` (`make_ready`, `merge`, `keep`), `find` (`find_adapter`), `read`
(`read_adapter`).
"""
