"""`figures`: every figure and table of a cohort as files, each with definition, n and day."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from aml_maint.cli import seat, values
from aml_maint.cli.cohort_options import add_cohort_options, chosen
from aml_maint.cli.command import Answer, Command
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import LANGUAGES, Catalogue, Language, say
from aml_maint.domain.outcome_words import USUAL_MONTHS
from aml_maint.reports.figures.sheet import Paper
from aml_maint.services.cohort import cohort
from aml_maint.services.cohort_figures import EXHIBITS, Choice, FileKind, write_files
from aml_maint.services.figure_release import is_recorded, leaving, note_figures, released
from aml_maint.services.language import catalogue
from aml_maint.services.saving import new_folder


class Picture(StrEnum):
    """What the drawings are written as; the values are CSV in any case."""

    SVG = "svg"
    PNG = "png"


class Theme(StrEnum):
    """For which paper they are drawn."""

    LIGHT = "light"
    DARK = "dark"


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--out", required=True, metavar="DIR", help="cli.help.figures_out")
    add("--lang", choices=LANGUAGES, help="cli.help.figures_lang")
    add("--format", default=Picture.SVG.value, metavar="WORD", help="cli.help.figures_format")
    add("--theme", default=Theme.LIGHT.value, metavar="WORD", help="cli.help.figures_theme")
    add("--identified", action="store_true", help="cli.help.figures_identified")
    add("--at", nargs="+", action="extend", metavar="N", help="cli.help.cohort_at")
    add_cohort_options(parser)


def _figures(options: Namespace) -> Answer:
    wanted, counting, grouping = chosen(options)
    months = tuple(values.whole(text, "at") for text in options.at or ()) or USUAL_MONTHS
    choice = Choice(counting, grouping, months)
    picture: FileKind = values.word(options.format, Picture, "format").value
    theme: Paper = values.word(options.theme, Theme, "theme").value
    language: Language = options.lang or options.language
    words, identified = catalogue(language), options.identified
    written: list[str] = []
    with seat.ward(options) as place:
        found = cohort(place, wanted, counting.cut_off)
        names = leaving(found, list(EXHIBITS), identified=identified)
        found = released(place, found, names, identified=identified)
        with _folder(Path(options.out)) as folder:
            if is_recorded(found, names, identified=identified):
                note_figures(place, found, names, uuid4(), identified=identified)
            for name in names:
                kinds: tuple[FileKind, ...] = (picture, "csv")
                made = write_files(found, choice, name, kinds, words, folder, theme)
                written += [path.name for path in made]
    data = {
        "out": options.out,
        "n": len(found.members),
        "language": language,
        "identified": bool(identified),
        "files": written,
    }

    def lines(words: Catalogue) -> Iterable[str]:
        yield words.text("cli.figures.done", count=len(written), folder=options.out)

    notes = () if len(names) == len(EXHIBITS) else (say("figures_dialog.holds_dates"),)
    return Answer(data, lines, notes)


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A folder that is there, or a new one, which is whole or not at all."""
    if path.is_dir():
        yield path
    elif path.exists():
        raise BadInput(say("saving.exists", file=str(path)), field="out")
    else:
        with new_folder(path) as folder:
            yield folder


COMMANDS = {"figures": Command(_arguments, _figures)}
