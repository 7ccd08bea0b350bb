"""The programs in the phone's /system/bin, one module for each program or group of related ones.

Public module: `table`, which finds a command by name.
"""
