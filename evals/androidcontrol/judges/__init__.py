"""The judges of AndroidControl: one file for each published protocol.

Public modules: `catalog`.
"""
