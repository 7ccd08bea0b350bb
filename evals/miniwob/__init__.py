"""MiniWoB++ in our own browser, from pixels alone."""
