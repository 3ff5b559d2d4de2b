"""What can be written behind the program's name to open its window."""

from __future__ import annotations

import argparse
from pathlib import Path

from aml_maint.domain.messages import LANGUAGES
from aml_maint.files import WARD_FILE
from aml_maint.gui.words import system_language
from aml_maint.services.language import catalogue


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """The options of the window; argparse says what is wrong with others and ends the program."""
    texts = catalogue(system_language())
    parser = argparse.ArgumentParser("aml-maint", description=texts.text("app.purpose"))
    parser.add_argument(
        "ward", nargs="?", type=_ward, metavar="demo|FILE", help=texts.text("app.help.demo")
    )
    parser.add_argument("--database", type=Path, help=texts.text("app.help.database"))
    parser.add_argument("--language", choices=LANGUAGES, help=texts.text("app.help.language"))
    parser.add_argument(
        "--theme", choices=("light", "dark", "system"), help=texts.text("app.help.theme")
    )
    parser.add_argument("--render", type=Path, metavar="FOLDER", help=texts.text("app.help.render"))
    # What `self-test` starts: nothing for people.
    parser.add_argument("--check-pages", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if isinstance(options.ward, Path):
        options.database, options.ward = options.database or options.ward, None
    return options


def _ward(word: str) -> str | Path:
    """The demo ward, or the ward file of a path, as a file manager hands it over."""
    if word == "demo":
        return word
    if not word.casefold().endswith(WARD_FILE):
        raise argparse.ArgumentTypeError(word)
    return Path(word)
