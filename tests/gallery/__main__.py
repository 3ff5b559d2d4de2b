"""Draws every screen and dialog into a folder, with contact sheets to look them over.

python -m tests.gallery FOLDER [--language en] [--theme dark] [--size 1366x768] [--scale 200]
                               [--only NAME] [--demo FILE]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.gallery", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=("en", "zh"), action="append")
    parser.add_argument("--theme", choices=("light", "dark"), action="append")
    parser.add_argument("--size", default="1366x768", help="of the window, in pixels")
    parser.add_argument("--scale", type=int, default=100, help="size of the text in percent")
    parser.add_argument("--only", default="", help="part of a scene's name; several with commas")
    parser.add_argument("--demo", type=Path, help="a demo ward to keep and use again")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Draw what was asked for; 1 if a scene could not be shown."""
    wanted = _read(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.gallery.drawing import Drawing

    with tempfile.TemporaryDirectory(prefix="gallery-") as own:
        drawing = Drawing(
            wanted.folder,
            Path(own),
            languages=tuple(wanted.language or ("en", "zh")),
            themes=tuple(wanted.theme or ("light", "dark")),
            size=tuple(int(side) for side in wanted.size.split("x")),
            scale=wanted.scale,
            only=tuple(filter(None, wanted.only.split(","))),
        )
        faults = drawing.draw(wanted.demo)
    for name, fault in faults.items():
        sys.stderr.write(f"{name}: {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
