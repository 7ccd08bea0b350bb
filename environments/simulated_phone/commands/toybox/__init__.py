"""The programs that every Unix has, as Android's toybox has them: files, text, processes, the machine, the network."""
