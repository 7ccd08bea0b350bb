"""The profiles, one module for each family of checkpoints; `PROFILES` of each is what the catalog lists."""
