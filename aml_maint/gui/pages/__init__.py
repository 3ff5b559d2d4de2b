"""The screens that the main window shows one at a time."""
