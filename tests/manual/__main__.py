"""Writes the chapters that the code knows: rules, settings, keys, commands, exported data.

python -m tests.manual [--pictures]

With `--pictures` it draws the pictures of the manual anew instead, from the demo ward.
"""

from __future__ import annotations

import sys

from tests.manual.chapters import MANUAL, written
from tests.manual.pictures import draw


def main(arguments: list[str]) -> int:
    """Write every chapter, or draw every picture, in both languages."""
    if arguments == ["--pictures"]:
        draw(MANUAL / "pictures")
        return 0
    if arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    for language, name, text in written():
        (MANUAL / language / f"{name}.md").write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
