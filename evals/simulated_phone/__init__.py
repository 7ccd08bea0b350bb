"""Tasks on the simulated phone, modelled on AndroidWorld."""
