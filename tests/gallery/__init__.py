"""Every screen and dialog of the program, shown and drawn: the one list of them.

`python -m tests.gallery FOLDER` draws all of them for people to look at. The tests that ask
something of every screen walk the same list.
"""
