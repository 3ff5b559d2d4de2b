"""Start of the program: the command line decides; the window is loaded only when asked for."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the program and return its exit code; without arguments it opens the window."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] == "demo":
        from aml_maint.gui.app import run

        return run(arguments)
    from aml_maint.cli.main import run as run_command

    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
