"""Tasks on the simulated phone, in the manner of AndroidWorld."""
