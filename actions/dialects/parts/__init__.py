"""What dialects share: the actions of one reply in order, keys of a browser's window, scrolling, tool calls."""
