"""`grade`: the WHO grade of a value, or of a file of values, with the reason and the source."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping

from aml_maint.cli import values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.parser import WrongUse
from aml_maint.domain.errors import BadInput, RowProblem
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.toxicity import GradeVerdict, find_item, grade_entry
from aml_maint.services.library import toxicity_items

LARGEST_BATCH = 50 * 1024 * 1024  # bytes


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("item", metavar="ITEM", nargs="?", help="cli.help.item")
    parser.add_argument("value", metavar="VALUE", nargs="?", help="cli.help.value")
    parser.add_argument("unit", metavar="UNIT", nargs="?", help="cli.help.unit")
    parser.add_argument("--uln", metavar="X", help="cli.help.uln")
    parser.add_argument("--batch", metavar="FILE", help="cli.help.batch")


def _grade(options: Namespace) -> Answer:
    typed = (options.item, options.value, options.unit)
    if options.batch is not None:
        if any(word is not None for word in (*typed, options.uln)):
            raise WrongUse(say("cli.batch_or_value"))
        return _batch(options.batch)
    if None in typed:
        missing = next(
            name for name, word in zip(("ITEM", "VALUE", "UNIT"), typed, strict=True) if not word
        )
        raise WrongUse(say("cli.wrong_use.missing", what=missing))
    verdict = _verdict(*typed, options.uln)
    return Answer(_data(verdict), lambda words: _lines(words, verdict))


def _verdict(item: str, value: str, unit: str, uln: str | None) -> GradeVerdict:
    found = find_item(toxicity_items(), item)
    return grade_entry(found, value, unit, values.optional_decimal(uln, "uln"))


def _data(verdict: GradeVerdict) -> dict[str, object]:
    return {
        "item": verdict.item.id,
        "grade": None if verdict.grade is None else int(verdict.grade),
        "reason": verdict.reason,
        "source": verdict.source,
    }


def _lines(words: Catalogue, verdict: GradeVerdict) -> Iterable[str]:
    grade = "–" if verdict.grade is None else str(int(verdict.grade))
    yield words.text("cli.grade", item=verdict.item.term, grade=grade)
    yield words.text(verdict.reason)
    yield words.text("cli.source", source=verdict.source)


def _batch(path: str) -> Answer:
    """Grade every row of a JSON file; one that can't be read refuses them all."""
    verdicts: list[GradeVerdict] = []
    problems: list[RowProblem] = []
    for number, row in enumerate(_rows(values.content(path, LARGEST_BATCH)), 1):
        try:
            verdicts.append(_verdict_of(row))
        except BadInput as error:
            problems.append(RowProblem(number, error.field or "item", error.message))
    if problems:
        raise BadInput(say("cli.batch_rows", count=len(problems)), rows=tuple(problems))
    return Answer(
        [_data(verdict) for verdict in verdicts],
        lambda words: (line for verdict in verdicts for line in _lines(words, verdict)),
    )


def _rows(content: bytes) -> list[object]:
    try:
        # Numbers stay text, so that 0.10 keeps its digits and 0.1 its value.
        rows = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise BadInput(say("cli.not_json"), hint=say("cli.batch.hint"), field="file") from error
    if not isinstance(rows, list):
        raise BadInput(say("cli.not_a_list"), hint=say("cli.batch.hint"), field="file")
    return rows


def _verdict_of(row: object) -> GradeVerdict:
    if not isinstance(row, Mapping):
        raise BadInput(say("cli.batch.hint"), field="item")
    texts: dict[str, str] = {}
    for name in ("item", "value", "unit", "uln"):
        cell = row.get(name)
        if cell is None and name == "uln":
            continue
        if not isinstance(cell, str) or not cell.strip():
            raise BadInput(say("import.missing_value"), field=name)
        texts[name] = cell
    return _verdict(texts["item"], texts["value"], texts["unit"], texts.get("uln"))


COMMANDS = {"grade": Command(_arguments, _grade)}
