"""Start of the program: the command line decides; the window is loaded only when asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from aml_maint.files import WARD_FILE

# Options that the window takes too; each is followed by its value.
WINDOW_OPTIONS = ("--database", "--language", "--theme", "--render", "--check-pages")


def main() -> int:
    """Run the program and return its exit code; without a command it opens the window."""
    arguments = sys.argv[1:]
    if opens_window(arguments):
        from aml_maint.gui.app import run

        return run(arguments)
    from aml_maint.cli.main import run as run_command

    return run_command(arguments)


def opens_window(arguments: Sequence[str]) -> bool:
    """Is no command named, but at most the demo ward or a ward file, as by a double click?"""
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, _ = word.partition("=")
        if name in WINDOW_OPTIONS:
            if not equals and rest:
                rest.pop(0)
        elif word.startswith("-"):
            return False
        else:
            return word == "demo" or word.casefold().endswith(WARD_FILE)
    return True


if __name__ == "__main__":
    sys.exit(main())
