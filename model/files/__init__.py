"""The files of a checkpoint: reading its JSON, finding its folder, fetching it from the hub.

Public modules: `fields` (`Section`, `read_object`), `adapter` (`holds_adapter`, `named_base`), `hub` (`download`,
`download_adapter`), `ranks` (`read_ranks`).
"""
