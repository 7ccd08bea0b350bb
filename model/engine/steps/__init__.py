"""Forward passes that are faster than those of the modules, and are tested equal to them.

Public modules: `decode` (`TokenDecoder`), `encode` (`encode`), `static` (`StaticDecoder`), `static_vision`
(`StaticVision`).
"""
