"""`worklist`: what is due on a day, patient by patient."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.services.dose_view import DoseView
from aml_maint.services.findings import CheckDue
from aml_maint.services.saving import save_document
from aml_maint.services.ward_list_print import ward_list, ward_list_pdf
from aml_maint.services.worklist import Section, Worklist, WorkRow, worklist


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="cli.help.date")
    parser.add_argument("--pdf", metavar="FILE", help="cli.help.worklist_pdf")


def _worklist(options: Namespace) -> Answer:
    if options.pdf is not None:
        return _paper(options)
    day = values.optional_day(options.date, "date")
    with seat.ward(options) as place:
        found = worklist(place, day)
    data = {
        "date": found.day,
        "now": found.now.local,
        "rows": [_row(row) for row in found.rows],
        "checks": [_check(check) for check in found.checks],
    }
    return Answer(data, lambda words: _lines(words, found))


def _paper(options: Namespace) -> Answer:
    """Today's list as pages to print."""
    out = Path(options.pdf)
    if options.date is not None:
        raise BadInput(say("worklist.error.day_of_paper"), field="date")
    if out.suffix.casefold() != ".pdf":
        raise BadInput(say("sheet_print.error.suffix", file=out.name or str(out)), field="pdf")
    with seat.ward(options) as place:
        found = ward_list(place)
    content = ward_list_pdf(found, options.language)
    save_document(out, content)
    data = {
        "worklist": str(out),
        "patients": len(found.patients),
        "language": options.language,
        "size": len(content),
    }
    return Answer(data, lambda words: [words.text("cli.sheet_written", file=str(out))])


def _row(row: WorkRow) -> dict[str, object]:
    served = row.pair.premedication
    return {
        "section": row.section,
        "mrn": row.patient.mrn,
        "family_name": row.patient.family_name,
        "given_name": row.patient.given_name,
        "similar_name": row.has_similar_name,
        "cycle": row.cycle,
        "cycle_day": row.day,
        **_dose(row.pair.main),
        "premedication": _dose(served) if served else None,
    }


def _dose(view: DoseView) -> dict[str, object]:
    planned, gate = view.planned, view.gate
    return {
        "component": planned.id.component,
        "date": planned.on,
        "slot": planned.id.slot,
        "planned": planned.at,
        "state": view.state,
        "dose": {
            "value": planned.dose.value if planned.dose else None,
            "unit": planned.dose.unit if planned.dose else planned.component.drug.dose_unit,
        },
        "gate": {"verdict": gate.state, "reason": gate.reason} if gate else None,
    }


def _check(check: CheckDue) -> dict[str, object]:
    return {"mrn": check.patient.mrn, "kind": check.kind, "reason": check.reason}


def _lines(words: Catalogue, found: Worklist) -> Iterable[str]:
    yield words.text("cli.worklist", day=found.day)
    for section in Section:
        rows = found.section(section)
        if rows:
            yield ""
            yield words.text(f"section.{section.value}")
            yield from table(_cells(words, row) for row in rows)
    if found.checks:
        yield ""
        yield words.text("cli.worklist.checks")
        yield from table(
            (f"  {check.patient.mrn}", words.text(check.reason)) for check in found.checks
        )
    if not found.rows and not found.checks:
        yield words.text("cli.worklist.empty")


def _cells(words: Catalogue, row: WorkRow) -> tuple[str, ...]:
    planned = row.pair.main.planned
    amount: Message = dose_text(planned.dose) if planned.dose else say("cli.dose_to_be_entered")
    # What is left to resolve is of earlier days, too.
    day = f"{words.short_day(planned.at)} " if row.section is Section.TO_RESOLVE else ""
    return (
        f"  {day}{planned.at:%H:%M}",
        row.patient.mrn,
        row.patient.full_name,
        words.text(planned.component.drug.name),
        words.text(amount),
        words.text(f"state.{row.pair.main.state.value}"),
    )


COMMANDS = {"worklist": Command(_arguments, _worklist)}
