"""The texts that `dumpsys` prints, one module for each group of services."""
