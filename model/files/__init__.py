"""The files of a checkpoint: reading its JSON, finding its folder, fetching it from the hub.

Public modules: `fields` (`Section`, `read_object`), `adapter` (`refuse_adapter`), `hub` (`download`).
"""
