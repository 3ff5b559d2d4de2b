"""Writes the chapters of the manual that say what the code says: `python -m tests.manual`."""
