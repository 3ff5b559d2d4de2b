"""The commands, one module a noun; only the module of the command that is run gets loaded."""
