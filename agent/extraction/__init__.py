"""Extraction: an image of a form or an invoice in, an instance of a pydantic model out.

Public modules: `extract` (`extract`, `ExtractionFailed`), `schema` (a model from a JSON schema).
"""
