"""Questions a screen asks before it writes, each opened without stopping the program."""
