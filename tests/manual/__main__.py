"""Writes the chapters that the code knows: rules, settings, keys, commands, exported data."""

from __future__ import annotations

import sys

from tests.manual.chapters import MANUAL, written


def main() -> int:
    """Write every chapter in both languages."""
    for language, name, text in written():
        (MANUAL / language / f"{name}.md").write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
