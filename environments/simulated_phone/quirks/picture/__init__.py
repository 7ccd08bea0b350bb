"""What `screencap` sends: which panel, in which size, turned how, with what before it."""
